package io.tiphys.rules.cluster;

import io.tiphys.api.PolicyV1;
import io.tiphys.api.policy.v1.PodDisruptionBudget;
import io.tiphys.api.policy.v1.PodDisruptionBudgetSpec;
import io.tiphys.api.policy.v1.PodDisruptionBudgetStatus;
import io.tiphys.meta.IntOrString;
import io.tiphys.rules.Checks;
import io.tiphys.rules.ConditionValidation;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.IntOrPercent;
import io.tiphys.rules.NameRule;
import io.tiphys.rules.SpecRules;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Disruption budgets; checked against pkg/apis/policy/validation/validation.go. */
public final class BudgetRules
    extends SpecRules<PodDisruptionBudget, PodDisruptionBudgetSpec, PodDisruptionBudgetStatus> {
  private static final List<String> EVICTION_POLICIES = List.of("AlwaysAllow", "IfHealthyBudget");

  public BudgetRules() {
    super(
        PolicyV1.PODDISRUPTIONBUDGETS,
        new Parts<>(
            PodDisruptionBudget::spec,
            PodDisruptionBudget::status,
            PodDisruptionBudget::withSpec,
            PodDisruptionBudget::withStatus,
            PodDisruptionBudgetStatus.EMPTY));
  }

  @Override
  public List<FieldError> validate(PodDisruptionBudget budget) {
    PodDisruptionBudgetSpec spec = budget.spec();
    Checks checks = new Checks();
    FieldPath path = FieldPath.of("spec");
    if (spec.minAvailable() != null && spec.maxUnavailable() != null) {
      checks.invalid(
          path,
          GoStructs.show("policy.PodDisruptionBudgetSpec", spec::write),
          "minAvailable and maxUnavailable cannot be both set");
    }
    amount(spec.minAvailable(), path.child("minAvailable"), checks);
    amount(spec.maxUnavailable(), path.child("maxUnavailable"), checks);
    checks.selector(path.child("selector"), spec.selector());
    checks.supported(
        path.child("unhealthyPodEvictionPolicy"),
        spec.unhealthyPodEvictionPolicy(),
        EVICTION_POLICIES);
    return checks.errors();
  }

  private static void amount(@Nullable IntOrString amount, FieldPath path, Checks checks) {
    IntOrPercent.check(checks, path, amount);
    IntOrPercent.atMostAll(checks, path, amount);
  }

  @Override
  protected List<FieldError> validateStatus(PodDisruptionBudget now, PodDisruptionBudget old) {
    PodDisruptionBudgetStatus status = now.status();
    Checks checks = new Checks();
    FieldPath path = FieldPath.of("status");
    ConditionValidation.check(checks, status.conditions(), path.child("conditions"));
    checks.notNegative(path.child("disruptionsAllowed"), status.disruptionsAllowed());
    checks.notNegative(path.child("currentHealthy"), status.currentHealthy());
    checks.notNegative(path.child("desiredHealthy"), status.desiredHealthy());
    checks.notNegative(path.child("expectedPods"), status.expectedPods());
    return checks.errors();
  }

  @Override
  public List<FieldError> validateUpdate(PodDisruptionBudget budget, PodDisruptionBudget old) {
    return validate(budget);
  }

  /** Upstream asks no more of a budget's name than that a path can end with it. */
  @Override
  public NameRule nameRule() {
    return NameRule.PATH_SEGMENT;
  }

  @Override
  public boolean allowUnconditionalUpdate() {
    return false;
  }
}
