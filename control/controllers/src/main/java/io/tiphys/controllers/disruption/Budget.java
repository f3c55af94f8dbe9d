package io.tiphys.controllers.disruption;

import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.Condition;
import io.tiphys.api.policy.v1.PodDisruptionBudget;
import io.tiphys.api.policy.v1.PodDisruptionBudgetSpec;
import io.tiphys.api.policy.v1.PodDisruptionBudgetStatus;
import io.tiphys.controllers.kit.Pods;
import io.tiphys.meta.IntOrString;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a budget's status should be. Checked against pkg/controller/disruption/disruption.go and
 * component-helpers/apps/poddisruptionbudget/helpers.go.
 *
 * @param recheckAt when a pod that was to be evicted counts again, if any is
 */
record Budget(PodDisruptionBudgetStatus status, List<Pod> notDeleted, @Nullable Instant recheckAt) {
  /** As upstream: an eviction that was granted is carried out by then, or was not. */
  static final Duration DELETION_TIMEOUT = Duration.ofMinutes(2);

  /**
   * @param scale how many pods the controllers of the pods want together; asked for where a share
   *     of them is meant
   */
  static Budget of(PodDisruptionBudget budget, List<Pod> pods, IntSupplier scale, Instant now) {
    int expected = 0;
    int desired = 0;
    PodDisruptionBudgetSpec spec = budget.spec();
    IntOrString maxUnavailable = spec.maxUnavailable();
    IntOrString minAvailable = spec.minAvailable();
    if (maxUnavailable != null) {
      expected = scale.getAsInt();
      desired = Math.max(0, expected - maxUnavailable.scaledValue(expected, true));
    } else if (minAvailable instanceof IntOrString.Int(int number)) {
      expected = pods.size();
      desired = number;
    } else if (minAvailable != null) {
      expected = scale.getAsInt();
      desired = minAvailable.scaledValue(expected, true);
    }
    Map<String, Instant> disrupted = new LinkedHashMap<>();
    List<Pod> notDeleted = new ArrayList<>();
    Instant recheckAt = null;
    int healthy = 0;
    for (Pod pod : pods) {
      if (pod.metadata().deletionTimestamp() != null) {
        continue;
      }
      Instant granted = budget.status().disruptedPods().get(pod.name());
      Instant deadline = granted == null ? null : granted.plus(DELETION_TIMEOUT);
      if (granted != null && deadline != null && deadline.isAfter(now)) {
        disrupted.put(pod.name(), granted);
        recheckAt = recheckAt == null || deadline.isBefore(recheckAt) ? deadline : recheckAt;
        continue;
      }
      if (granted != null) {
        notDeleted.add(pod);
      }
      if (Pods.isReady(pod)) {
        healthy++;
      }
    }
    // A budget without pods grants nothing: its first pods may be on their way.
    int allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
    PodDisruptionBudgetStatus status =
        budget.status().toBuilder()
            .observedGeneration(budget.metadata().generation())
            .disruptedPods(disrupted)
            .disruptionsAllowed(allowed)
            .currentHealthy(healthy)
            .desiredHealthy(desired)
            .expectedPods(expected)
            .build();
    Condition condition =
        Condition.builder()
            .type("DisruptionAllowed")
            .status(allowed > 0 ? "True" : "False")
            .reason(allowed > 0 ? "SufficientPods" : "InsufficientPods")
            .observedGeneration(budget.metadata().generation())
            .build();
    return new Budget(
        status.withConditions(with(status.conditions(), condition, now)), notDeleted, recheckAt);
  }

  /** When the status cannot be computed, nothing may be disturbed. */
  static PodDisruptionBudgetStatus failSafe(
      PodDisruptionBudget budget, String message, Instant now) {
    PodDisruptionBudgetStatus status = budget.status();
    Condition condition =
        Condition.builder()
            .type("DisruptionAllowed")
            .status("False")
            .reason("SyncFailed")
            .message(message)
            .observedGeneration(status.observedGeneration())
            .build();
    return status.toBuilder()
        .disruptionsAllowed(0)
        .conditions(with(status.conditions(), condition, now))
        .build();
  }

  private static List<Condition> with(List<Condition> before, Condition wanted, Instant now) {
    List<Condition> after = new ArrayList<>(before);
    for (int i = 0; i < after.size(); i++) {
      Condition old = after.get(i);
      if (old.type().equals(wanted.type())) {
        boolean turned = !old.status().equals(wanted.status());
        after.set(i, wanted.withLastTransitionTime(turned ? now : old.lastTransitionTime()));
        return after;
      }
    }
    after.add(wanted.withLastTransitionTime(now));
    return after;
  }
}
