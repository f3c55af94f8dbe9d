package io.tiphys.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.policy.v1.PodDisruptionBudget;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PreemptionTest {
  private final ClusterState cluster = new ClusterState();
  private final List<PodDisruptionBudget> budgets = new ArrayList<>();
  private final Placement placement = new Placement(new Random(1), () -> budgets);

  @Test
  void onlyThoseGoWhoseRoomIsNeeded() {
    nodes("n1");
    placed("small", "n1", 0, "500m", 1);
    placed("large", "n1", 0, "1", 2);
    placed("important", "n1", 100, "500m", 3);

    Placement.Preempt preempt = preempt(pod("p", 50, "1"));
    assertThat(preempt.node()).isEqualTo("n1");
    assertThat(names(preempt)).containsExactly("large");
    assertThat(preempt.message()).isEqualTo("0/1 nodes are available: 1 Insufficient cpu.");
    assertThat(cluster.nodes().getFirst().pods()).hasSize(3);
  }

  @Test
  void theNodeWithTheLeastImportantVictimsIsTaken() {
    nodes("n1", "n2", "n3");
    placed("a", "n1", 10, "2", 1);
    placed("b", "n2", 5, "2", 1);
    placed("c", "n3", 5, "1", 1);
    placed("d", "n3", 4, "1", 1);

    assertThat(names(preempt(pod("p", 50, "2")))).containsExactly("b");
  }

  @Test
  void amongEqualsTheYoungestGoes() {
    nodes("n1", "n2");
    placed("old", "n1", 0, "2", 1);
    placed("young", "n2", 0, "2", 2);

    assertThat(names(preempt(pod("p", 50, "2")))).containsExactly("young");
  }

  @Test
  void budgetsAreKeptWherePossible() {
    nodes("n1", "n2");
    placed("kept", "n1", 0, "2", 2);
    Pod free = onNode(pod("free", 10, "2"), "n2", 1);
    cluster.putPod(free.withMetadata(free.metadata().withLabels(Map.of("app", "other"))));
    budgets.add(
        PodDisruptionBudget.EMPTY
            .withMetadata(ObjectMeta.builder().namespace("default").name("b").build())
            .withSpec(
                PodDisruptionBudget.EMPTY
                    .spec()
                    .withSelector(LabelSelector.EMPTY.withMatchLabels(Samples.APP))));

    assertThat(names(preempt(pod("p", 50, "2")))).containsExactly("free");
  }

  @Test
  void nobodyGoesInVain() {
    nodes("n1", "n2");
    placed("low", "n1", 0, "1", 1);
    placed("high", "n1", 100, "1", 1);
    placed("higher", "n2", 100, "2", 1);

    assertThat(decide(pod("p", 50, "2")))
        .isEqualTo(
            new Placement.Unschedulable(
                "0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate,"
                    + " preemption: 0/2 nodes are available: 1 Insufficient cpu, 1 No preemption"
                    + " victims found for incoming pod."));
    Pod polite = pod("polite", 50, "1");
    polite = polite.withSpec(polite.spec().withPreemptionPolicy("Never"));
    assertThat(decide(polite))
        .isEqualTo(
            new Placement.Unschedulable(
                "0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate,"
                    + " preemption: not eligible due to preemptionPolicy=Never."));
  }

  @Test
  void itWaitsForEarlierVictimsAndKeepsTheirRoom() {
    nodes("n1");
    Pod victim = onNode(pod("victim", 0, "2"), "n1", 1);
    PodCondition preempted =
        PodCondition.builder()
            .type("DisruptionTarget")
            .status("True")
            .reason(Preemption.REASON)
            .build();
    cluster.putPod(
        victim
            .withMetadata(victim.metadata().withDeletionTimestamp(Instant.EPOCH))
            .withStatus(victim.status().withConditions(List.of(preempted))));
    Pod pod = pod("p", 50, "2");
    Pod nominated = pod.withStatus(pod.status().withNominatedNodeName("n1"));
    cluster.nominate(Candidate.of(nominated), "n1");

    assertThat(decide(nominated))
        .isEqualTo(
            new Placement.Waiting(
                "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate,"
                    + " preemption: not eligible due to a terminating pod on the nominated"
                    + " node."));
    cluster.removePod("uid-victim");
    assertThat(decide(pod("late", 50, "1"))).isInstanceOf(Placement.Unschedulable.class);
    assertThat(decide(pod("better", 51, "1"))).isInstanceOf(Placement.Place.class);
    assertThat(decide(nominated)).isInstanceOf(Placement.Place.class);
  }

  @Test
  void podsThatKeepOthersAwayMakeWay() {
    nodes("n1");
    cluster.putPod(onNode(Samples.apart(pod("alone", 0, "1")), "n1", 1));

    assertThat(names(preempt(Samples.apart(pod("p", 50, "1"))))).containsExactly("alone");
  }

  private Placement.Preempt preempt(Pod pod) {
    assertThat(decide(pod)).isInstanceOf(Placement.Preempt.class);
    return (Placement.Preempt) decide(pod);
  }

  private Placement.Decision decide(Pod pod) {
    return placement.decide(Candidate.of(pod), cluster, new PlacementTest.FewVolumes());
  }

  private static List<String> names(Placement.Preempt preempt) {
    return preempt.victims().stream().map(victim -> victim.pod().name()).toList();
  }

  private void nodes(String... names) {
    for (String name : names) {
      cluster.putNode(Samples.node(name));
    }
  }

  private void placed(String name, String node, int priority, String cpu, long startedAt) {
    cluster.putPod(onNode(pod(name, priority, cpu), node, startedAt));
  }

  private static Pod pod(String name, int priority, String cpu) {
    Pod pod = Samples.pod(name, Map.of("cpu", cpu));
    return pod.withSpec(pod.spec().withPriority(priority));
  }

  private static Pod onNode(Pod pod, String node, long startedAt) {
    return Samples.onNode(pod, node)
        .withStatus(pod.status().withStartTime(Instant.ofEpochSecond(startedAt)));
  }
}
