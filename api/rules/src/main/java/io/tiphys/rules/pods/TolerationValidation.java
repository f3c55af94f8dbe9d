package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Toleration;
import io.tiphys.meta.Names;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with tolerations; checked against ValidateTolerations. */
public final class TolerationValidation {
  private static final List<String> OPERATORS = List.of("Equal", "Exists");

  /** Upstream's answer to Lt and Gt while the gate TaintTolerationComparisonOperators is off. */
  private static final List<String> GATED_OPERATORS = List.of("Equal", "Exists", "Lt", "Gt");

  private static final List<String> EFFECTS =
      List.of("NoSchedule", "PreferNoSchedule", "NoExecute");

  private TolerationValidation() {}

  public static List<FieldError> of(List<Toleration> tolerations, FieldPath path) {
    List<FieldError> errors = new ArrayList<>();
    for (int i = 0; i < tolerations.size(); i++) {
      check(tolerations.get(i), path.index(i), errors);
    }
    return errors;
  }

  private static void check(Toleration toleration, FieldPath path, List<FieldError> errors) {
    FieldPath operator = path.child("operator");
    if (!toleration.key().isEmpty()) {
      Names.qualifiedName(toleration.key())
          .forEach(w -> errors.add(FieldError.invalid(path.child("key"), toleration.key(), w)));
    } else if (!toleration.operator().equals("Exists")) {
      errors.add(
          FieldError.invalid(
              operator,
              toleration.operator(),
              "operator must be Exists when `key` is empty, which means \"match all values and all"
                  + " keys\""));
    }
    if (toleration.tolerationSeconds() != null && !toleration.effect().equals("NoExecute")) {
      errors.add(
          FieldError.invalid(
              path.child("effect"),
              toleration.effect(),
              "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    }
    switch (toleration.operator()) {
      case "", "Equal" -> {
        List<String> wrong = Names.labelValue(toleration.value());
        if (!wrong.isEmpty()) {
          errors.add(FieldError.invalid(operator, toleration.value(), String.join(";", wrong)));
        }
      }
      case "Exists" -> {
        if (!toleration.value().isEmpty()) {
          errors.add(
              FieldError.invalid(
                  operator, toleration.value(), "value must be empty when `operator` is 'Exists'"));
        }
      }
      case "Lt", "Gt" ->
          errors.add(FieldError.notSupported(operator, toleration.operator(), GATED_OPERATORS));
      default -> errors.add(FieldError.notSupported(operator, toleration.operator(), OPERATORS));
    }
    if (!toleration.effect().isEmpty() && !EFFECTS.contains(toleration.effect())) {
      errors.add(FieldError.notSupported(path.child("effect"), toleration.effect(), EFFECTS));
    }
  }
}
