package io.tiphys.controllers.disruption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tiphys.api.AppsV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.PolicyV1;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.Condition;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.policy.v1.PodDisruptionBudget;
import io.tiphys.api.policy.v1.PodDisruptionBudgetSpec;
import io.tiphys.api.policy.v1.PodDisruptionBudgetStatus;
import io.tiphys.controllers.kit.ControllerRefs;
import io.tiphys.controllers.kit.World;
import io.tiphys.meta.IntOrString;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BudgetTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<Pod> TWO_OF_THREE =
      List.of(
          World.running(World.pod("a", "a"), "10.0.0.1", true),
          World.running(World.pod("b", "a"), "10.0.0.2", true),
          World.running(World.pod("c", "a"), "10.0.0.3", false));

  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void whatMayBeDisturbed() {
    // min available, max unavailable → desired, allowed; three pods are wanted, two are healthy
    assertThat(decided(IntOrString.of(1), null)).containsExactly(3, 1, 2, 1);
    assertThat(decided(IntOrString.of(2), null)).containsExactly(3, 2, 2, 0);
    assertThat(decided(IntOrString.of("50%"), null)).containsExactly(3, 2, 2, 0);
    assertThat(decided(null, IntOrString.of(2))).containsExactly(3, 1, 2, 1);
    assertThat(decided(null, IntOrString.of("100%"))).containsExactly(3, 0, 2, 2);
    assertThat(decided(null, IntOrString.of(9))).containsExactly(3, 0, 2, 2);
  }

  private static List<Integer> decided(
      @Nullable IntOrString minAvailable, @Nullable IntOrString maxUnavailable) {
    PodDisruptionBudgetStatus status =
        Budget.of(budget(minAvailable, maxUnavailable), TWO_OF_THREE, () -> 3, NOW).status();
    return List.of(
        status.expectedPods(),
        status.desiredHealthy(),
        status.currentHealthy(),
        status.disruptionsAllowed());
  }

  @Test
  void anEvictedPodCountsNoMoreUntilItShouldHaveBeenGone() {
    PodDisruptionBudget budget = budget(IntOrString.of(1), null);
    budget =
        budget.withStatus(
            PodDisruptionBudgetStatus.EMPTY.withDisruptedPods(Map.of("a", NOW, "gone", NOW)));
    Budget soon = Budget.of(budget, TWO_OF_THREE, () -> 3, NOW.plusSeconds(1));
    assertThat(soon.status().currentHealthy()).isEqualTo(1);
    assertThat(soon.status().disruptionsAllowed()).isZero();
    assertThat(soon.status().disruptedPods()).containsOnlyKeys("a");
    assertThat(soon.recheckAt()).isEqualTo(NOW.plus(Budget.DELETION_TIMEOUT));
    assertThat(soon.status().conditions())
        .extracting(Condition::type, Condition::status, Condition::reason)
        .containsExactly(tuple("DisruptionAllowed", "False", "InsufficientPods"));

    Budget late = Budget.of(budget, TWO_OF_THREE, () -> 3, NOW.plus(Budget.DELETION_TIMEOUT));
    assertThat(late.status().currentHealthy()).isEqualTo(2);
    assertThat(late.notDeleted()).extracting(Pod::name).containsExactly("a");
  }

  @Test
  void followsItsPodsAndTheirController() throws InterruptedException {
    ReplicaSet set = world.source.put(AppsV1.REPLICASETS, World.replicaSet("rs", 4, "a"));
    for (Pod pod : TWO_OF_THREE) {
      world.source.put(
          CoreV1.PODS,
          pod.withMetadata(pod.metadata().withOwnerReferences(List.of(ControllerRefs.of(set)))));
    }
    world.source.put(PolicyV1.PODDISRUPTIONBUDGETS, budget(null, IntOrString.of("75%")));
    world.open(DisruptionController::open);
    PodDisruptionBudget judged =
        world.await(
            PolicyV1.PODDISRUPTIONBUDGETS,
            "ns",
            "b",
            budget -> budget.status().disruptionsAllowed() == 1);
    assertThat(judged.status().expectedPods()).isEqualTo(4);
    assertThat(judged.status().desiredHealthy()).isEqualTo(1);

    world.source.put(
        CoreV1.PODS,
        World.running(
            TWO_OF_THREE
                .get(2)
                .withMetadata(
                    TWO_OF_THREE
                        .get(2)
                        .metadata()
                        .withOwnerReferences(List.of(ControllerRefs.of(set).withUid("another")))),
            "10.0.0.3",
            true));
    PodDisruptionBudget unknown =
        world.await(
            PolicyV1.PODDISRUPTIONBUDGETS,
            "ns",
            "b",
            budget -> budget.status().disruptionsAllowed() == 0);
    assertThat(unknown.status().conditions())
        .extracting(Condition::reason, Condition::message)
        .containsExactly(tuple("SyncFailed", "found no controllers for pod \"c\""));
  }

  private static PodDisruptionBudget budget(
      @Nullable IntOrString minAvailable, @Nullable IntOrString maxUnavailable) {
    return PodDisruptionBudget.builder()
        .metadata(World.meta("ns", "b"))
        .spec(
            PodDisruptionBudgetSpec.builder()
                .minAvailable(minAvailable)
                .maxUnavailable(maxUnavailable)
                .selector(LabelSelector.EMPTY.withMatchLabels(Map.of("app", "a")))
                .build())
        .build();
  }
}
