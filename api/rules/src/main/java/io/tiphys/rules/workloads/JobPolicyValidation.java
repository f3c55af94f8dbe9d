package io.tiphys.rules.workloads;

import static java.util.Objects.requireNonNullElse;

import io.tiphys.api.batch.v1.JobSpec;
import io.tiphys.api.batch.v1.PodFailurePolicy;
import io.tiphys.api.batch.v1.PodFailurePolicyOnExitCodesRequirement;
import io.tiphys.api.batch.v1.PodFailurePolicyOnPodConditionsPattern;
import io.tiphys.api.batch.v1.PodFailurePolicyRule;
import io.tiphys.api.batch.v1.SuccessPolicy;
import io.tiphys.api.batch.v1.SuccessPolicyRule;
import io.tiphys.api.core.v1.Container;
import io.tiphys.meta.GoText;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * When a job has failed or succeeded before all its pods have; checked against
 * validatePodFailurePolicy and validateSuccessPolicy in pkg/apis/batch/validation.
 */
final class JobPolicyValidation {
  private static final List<String> ACTIONS = List.of("Count", "FailIndex", "FailJob", "Ignore");
  private static final List<String> OPERATORS = List.of("In", "NotIn");
  private static final List<String> STATUSES = List.of("False", "True", "Unknown");

  /** Upstream's maxPodFailurePolicyRules, -OnPodConditionsPatterns and maxSuccessPolicyRule. */
  private static final int MAX_RULES = 20;

  /** Upstream's maxPodFailurePolicyOnExitCodesValues. */
  private static final int MAX_EXIT_CODES = 255;

  /** Upstream's maxJobSuccessPolicySucceededIndexesLimit. */
  private static final int MAX_INDEXES_LENGTH = 64 * 1024;

  private final Checks checks;
  private final JobSpec spec;

  JobPolicyValidation(Checks checks, JobSpec spec) {
    this.checks = checks;
    this.spec = spec;
  }

  void failure(PodFailurePolicy policy, FieldPath path) {
    FieldPath rules = path.child("rules");
    atMost(policy.rules(), MAX_RULES, rules);
    for (int i = 0; i < policy.rules().size(); i++) {
      rule(policy.rules().get(i), rules.index(i));
    }
  }

  private void atMost(List<?> items, int most, FieldPath path) {
    if (items.size() > most) {
      checks.add(FieldError.tooMany(path, items.size(), most));
    }
  }

  private void rule(PodFailurePolicyRule rule, FieldPath path) {
    FieldPath action = path.child("action");
    if (rule.action().equals("FailIndex")) {
      if (spec.backoffLimitPerIndex() == null) {
        checks.invalid(action, rule.action(), "requires the backoffLimitPerIndex to be set");
      }
    } else {
      oneOf(rule.action(), ACTIONS, action);
    }
    PodFailurePolicyOnExitCodesRequirement codes = rule.onExitCodes();
    if (codes != null) {
      exitCodes(codes, path.child("onExitCodes"));
    }
    boolean conditions = !rule.onPodConditions().isEmpty();
    if (conditions) {
      conditions(rule.onPodConditions(), path.child("onPodConditions"));
    }
    if (codes != null && conditions) {
      checks.invalid(
          path,
          FieldError.OMITTED,
          "specifying both OnExitCodes and OnPodConditions is not supported");
    }
    if (codes == null && !conditions) {
      checks.invalid(
          path,
          FieldError.OMITTED,
          "specifying one of OnExitCodes and OnPodConditions is required");
    }
  }

  /** As {@link Checks#oneOf}, but what is missing is told its choices. */
  private void oneOf(String value, List<String> known, FieldPath path) {
    if (value.isEmpty()) {
      checks.required(
          path,
          known.stream()
              .map(GoText::quote)
              .collect(Collectors.joining(" ", "valid values: [", "]")));
    } else {
      checks.supported(path, value, known);
    }
  }

  private void conditions(List<PodFailurePolicyOnPodConditionsPattern> patterns, FieldPath path) {
    atMost(patterns, MAX_RULES, path);
    for (int i = 0; i < patterns.size(); i++) {
      String type = patterns.get(i).type();
      checks.each(path.index(i).child("type"), type, Names.qualifiedName(type));
      oneOf(patterns.get(i).status(), STATUSES, path.index(i).child("status"));
    }
  }

  private void exitCodes(PodFailurePolicyOnExitCodesRequirement codes, FieldPath path) {
    oneOf(codes.operator(), OPERATORS, path.child("operator"));
    String container = codes.containerName();
    if (container != null && !hasContainer(container)) {
      checks.invalid(
          path.child("containerName"),
          container,
          "must be one of the container or initContainer names in the pod template");
    }
    FieldPath values = path.child("values");
    if (codes.values().isEmpty()) {
      checks.invalid(values, null, "at least one value is required");
    } else {
      atMost(codes.values(), MAX_EXIT_CODES, values);
    }
    Set<Integer> seen = new HashSet<>();
    boolean ordered = true;
    for (int i = 0; i < codes.values().size(); i++) {
      Integer value = codes.values().get(i);
      if (codes.operator().equals("In") && value == 0) {
        checks.invalid(values.index(i), value, "must not be 0 for the In operator");
      }
      if (!seen.add(value)) {
        checks.add(FieldError.duplicate(values.index(i), value));
      }
      ordered &= i == 0 || codes.values().get(i - 1) <= value;
    }
    if (!ordered) {
      checks.invalid(values, codes.values(), "must be ordered");
    }
  }

  private boolean hasContainer(String name) {
    return spec.template().spec().containers().stream().map(Container::name).anyMatch(name::equals)
        || spec.template().spec().initContainers().stream()
            .map(Container::name)
            .anyMatch(name::equals);
  }

  void success(SuccessPolicy policy, FieldPath path) {
    if (!"Indexed".equals(spec.completionMode())) {
      checks.invalid(
          path,
          GoStructs.show("batch.SuccessPolicy", policy::write),
          "requires indexed completion mode");
      return;
    }
    FieldPath rules = path.child("rules");
    if (policy.rules().isEmpty()) {
      checks.required(
          rules, "at least one rules must be specified when the successPolicy is specified");
    }
    atMost(policy.rules(), MAX_RULES, rules);
    for (int i = 0; i < policy.rules().size(); i++) {
      rule(policy.rules().get(i), rules.index(i));
    }
  }

  private void rule(SuccessPolicyRule rule, FieldPath path) {
    String indexes = rule.succeededIndexes();
    Integer count = rule.succeededCount();
    // Upstream panics without completions, which are asked for elsewhere.
    int completions = requireNonNullElse(spec.completions(), Integer.MAX_VALUE);
    if (count == null && indexes == null) {
      checks.required(path, "at least one of succeededCount or succeededIndexes must be specified");
    }
    int total = 0;
    if (indexes != null) {
      FieldPath at = path.child("succeededIndexes");
      if (indexes.getBytes(StandardCharsets.UTF_8).length > MAX_INDEXES_LENGTH) {
        checks.add(FieldError.tooLong(at, MAX_INDEXES_LENGTH));
      }
      IndexRanges ranges = IndexRanges.of(indexes, completions);
      total = ranges.problem().isEmpty() ? ranges.total() : 0;
      if (!ranges.problem().isEmpty()) {
        checks.invalid(at, indexes, "error parsing succeededIndexes: " + ranges.problem());
      }
    }
    if (count != null) {
      FieldPath at = path.child("succeededCount");
      checks.notNegative(at, count);
      if (count > completions) {
        checks.invalid(
            at,
            count,
            "must be less than or equal to %d (the number of specified completions)"
                .formatted(completions));
      }
      if (indexes != null && count > total) {
        checks.invalid(
            at,
            count,
            ("must be less than or equal to %d (the number of indexes in the specified"
                    + " succeededIndexes field)")
                .formatted(total));
      }
    }
  }
}
