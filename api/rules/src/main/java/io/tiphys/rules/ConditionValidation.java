package io.tiphys.rules;

import io.tiphys.api.meta.v1.Condition;
import io.tiphys.meta.Names;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Conditions of the common form; checked against apis/meta/v1/validation: ValidateConditions. */
public final class ConditionValidation {
  private static final List<String> STATUSES = List.of("False", "True", "Unknown");
  private static final String REASON = "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?";
  private static final Pattern REASON_PATTERN = Pattern.compile(REASON);

  /** Upstream's maxReasonLen. */
  private static final int MAX_REASON = 1024;

  /** Upstream's maxMessageLen. */
  private static final int MAX_MESSAGE = 32 * 1024;

  private ConditionValidation() {}

  public static void check(Checks checks, List<Condition> conditions, FieldPath path) {
    Set<String> types = new HashSet<>();
    for (int i = 0; i < conditions.size(); i++) {
      FieldPath at = path.index(i);
      if (!types.add(conditions.get(i).type())) {
        checks.add(FieldError.duplicate(at.child("type"), conditions.get(i).type()));
      }
      check(checks, conditions.get(i), at);
    }
  }

  private static void check(Checks checks, Condition condition, FieldPath path) {
    checks.each(path.child("type"), condition.type(), Names.qualifiedName(condition.type()));
    checks.supported(path.child("status"), condition.status(), STATUSES);
    if (condition.observedGeneration() < 0) {
      checks.invalid(
          path.child("observedGeneration"),
          condition.observedGeneration(),
          "must be greater than or equal to zero");
    }
    if (condition.lastTransitionTime() == null) {
      checks.required(path.child("lastTransitionTime"));
    }
    reason(checks, condition.reason(), path.child("reason"));
    if (condition.message().length() > MAX_MESSAGE) {
      checks.add(FieldError.tooLong(path.child("message"), MAX_MESSAGE));
    }
  }

  private static void reason(Checks checks, String reason, FieldPath path) {
    if (reason.isEmpty()) {
      checks.required(path);
      return;
    }
    if (!REASON_PATTERN.matcher(reason).matches()) {
      checks.invalid(
          path,
          reason,
          Names.problem(
              "a condition reason must start with alphabetic character, optionally followed by a"
                  + " string of alphanumeric characters or '_,:', and must end with an"
                  + " alphanumeric character or '_'",
              REASON,
              "my_name",
              "MY_NAME",
              "MyName",
              "ReasonA,ReasonB",
              "ReasonA:ReasonB"));
    }
    if (reason.length() > MAX_REASON) {
      checks.add(FieldError.tooLong(path, MAX_REASON));
    }
  }
}
