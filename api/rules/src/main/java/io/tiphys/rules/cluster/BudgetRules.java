package io.tiphys.rules.cluster;

import io.tiphys.api.PolicyV1;
import io.tiphys.api.policy.v1.PodDisruptionBudget;
import io.tiphys.api.policy.v1.PodDisruptionBudgetSpec;
import io.tiphys.api.policy.v1.PodDisruptionBudgetStatus;
import io.tiphys.codec.Json;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.SpecRules;
import java.util.List;

/** Disruption budgets; checked against pkg/apis/policy/validation/validation.go. */
public final class BudgetRules
    extends SpecRules<PodDisruptionBudget, PodDisruptionBudgetSpec, PodDisruptionBudgetStatus> {
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
    return spec.minAvailable() != null && spec.maxUnavailable() != null
        ? List.of(
            FieldError.invalid(
                FieldPath.of("spec"),
                Json.Obj.EMPTY,
                "minAvailable and maxUnavailable cannot be both set"))
        : List.of();
  }

  @Override
  public List<FieldError> validateUpdate(PodDisruptionBudget budget, PodDisruptionBudget old) {
    return validate(budget);
  }
}
