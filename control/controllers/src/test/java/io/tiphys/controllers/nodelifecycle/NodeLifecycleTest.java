package io.tiphys.controllers.nodelifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tiphys.api.CoordinationV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.coordination.v1.Lease;
import io.tiphys.api.coordination.v1.LeaseSpec;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.NodeCondition;
import io.tiphys.api.core.v1.NodeSpec;
import io.tiphys.api.core.v1.NodeStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Taint;
import io.tiphys.api.core.v1.Toleration;
import io.tiphys.controllers.kit.Pods;
import io.tiphys.controllers.kit.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeLifecycleTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final long GRACE = Health.GRACE.toNanos();

  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void eventsOfANodeNameItsUid() throws InterruptedException {
    Node node = world.source.put(CoreV1.NODES, Node.EMPTY.withMetadata(World.meta("", "new")));
    world.open(NodeLifecycleController::open);

    world.awaitThat(
        () ->
            world.source.all(CoreV1.EVENTS).stream()
                .anyMatch(
                    event ->
                        event.reason().equals("RegisteredNode")
                            && event.involvedObject().uid().equals(node.metadata().uid())));
  }

  @Test
  void aNodeIsOverdueWhenItsNewsStopAndOnlyThen() {
    Node node = node("n1", "True");
    // However old its heartbeat is when we first see it: that may be our own absence.
    Health.Sign first = Health.Sign.of(node, lease(-3600), null, 1000);
    assertThat(Health.isOverdue(node, first, 1000 + GRACE)).isFalse();
    assertThat(Health.isOverdue(node, first, 1001 + GRACE)).isTrue();
    Health.Sign renewed = Health.Sign.of(node, lease(-3590), first, 1000 + GRACE);
    assertThat(Health.isOverdue(node, renewed, 1001 + GRACE)).isFalse();
    Health.Sign same = Health.Sign.of(node, lease(-3590), renewed, 5000 + GRACE);
    assertThat(same).isEqualTo(renewed);
  }

  @Test
  void whatAnOverdueNodeReportedIsUnknown() {
    List<NodeCondition> conditions = Health.unknown(node("n1", "True"), NOW);
    assertThat(conditions)
        .extracting(
            NodeCondition::type,
            NodeCondition::status,
            NodeCondition::reason,
            NodeCondition::message)
        .contains(
            tuple("Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status."),
            tuple(
                "PIDPressure",
                "Unknown",
                "NodeStatusNeverUpdated",
                "Kubelet never posted node status."));
  }

  @Test
  void taintsFollowConditions() {
    Node node = node("n1", "False");
    Taint foreign = new Taint("example.com/mine", "", "NoSchedule", null);
    Taint stale = new Taint(Taints.UNREACHABLE, "", "NoSchedule", null);
    node =
        node.toBuilder()
            .spec(NodeSpec.builder().unschedulable(true).taints(List.of(foreign, stale)).build())
            .build();
    assertThat(Taints.scheduling(node, NOW))
        .extracting(Taint::key)
        .containsExactly("example.com/mine", Taints.NOT_READY, Taints.UNSCHEDULABLE);
    assertThat(Taints.executing(node, false, NOW)).isEqualTo(node.spec().taints());
    Node tainted = node.withSpec(node.spec().withTaints(Taints.executing(node, true, NOW)));
    assertThat(tainted.spec().taints().getLast())
        .isEqualTo(new Taint(Taints.NOT_READY, "", "NoExecute", NOW));
    Node silent = tainted.withStatus(node("n1", "Unknown").status());
    assertThat(Taints.executing(silent, false, NOW).getLast().key()).isEqualTo(Taints.UNREACHABLE);
    Node well = tainted.withStatus(node("n1", "True").status());
    assertThat(Taints.executing(well, false, NOW)).containsExactly(foreign, stale);
  }

  @Test
  void howLongAPodMayStay() {
    Taint taint = new Taint(Taints.UNREACHABLE, "", "NoExecute", null);
    Toleration fiveMinutes = new Toleration(Taints.UNREACHABLE, "Exists", "", "NoExecute", 300L);
    Toleration forEver = new Toleration("", "Exists", "", "", null);
    assertThat(Taints.stay(List.of(), List.of())).isEmpty();
    assertThat(Taints.stay(List.of(taint), List.of())).isEqualTo(Optional.of(Duration.ZERO));
    assertThat(Taints.stay(List.of(taint), List.of(fiveMinutes)))
        .isEqualTo(Optional.of(Duration.ofMinutes(5)));
    assertThat(Taints.stay(List.of(taint), List.of(forEver))).isEmpty();
    assertThat(
            Taints.stay(
                List.of(taint, new Taint("k", "v", "NoExecute", null)), List.of(fiveMinutes)))
        .isEqualTo(Optional.of(Duration.ZERO));
    assertThat(Taints.tolerates(new Toleration("k", "", "v", "", null), taint)).isFalse();
  }

  @Test
  void nodesAreGivenUpOneByOneAndNotAtAllWhenAllAreSilent() {
    Zones zones = new Zones();
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      nodes.add(node("n" + i, i < 2 ? "Unknown" : "True"));
    }
    zones.count(nodes);
    assertThat(zones.admits(nodes.get(0), 0)).isTrue();
    assertThat(zones.admits(nodes.get(1), 0)).isFalse();
    assertThat(zones.admits(nodes.get(1), Zones.INTERVAL.toNanos())).isTrue();

    Zones alone = new Zones();
    alone.count(List.of(nodes.get(0)));
    assertThat(alone.admits(nodes.get(0), 0)).isFalse();

    Zones partly = new Zones();
    nodes.replaceAll(node -> node.name().compareTo("n6") < 0 ? node(node.name(), "Unknown") : node);
    partly.count(nodes);
    assertThat(partly.admits(nodes.getFirst(), 0)).isFalse();
  }

  @Test
  void aSilentNodeIsMarkedAndItsPodsMoveAway() throws InterruptedException {
    world.source.put(CoreV1.NODES, node("n1", "True"));
    world.source.put(CoreV1.NODES, node("n2", "True"));
    world.source.put(CoreV1.NODES, node("n3", "True"));
    Pod pod = World.running(World.pod("p", "a"), "10.0.0.1", true);
    world.source.put(CoreV1.PODS, pod);
    world.open(NodeLifecycleController::open);
    world.open(TaintEvictionController::open);

    // Asked after changes of pods, for it changes nodes itself.
    world.awaitThat(
        () -> {
          beat("n2");
          beat("n3");
          return Health.ready(world.source.get(CoreV1.NODES, "", "n1")).equals("Unknown");
        });
    assertThat(world.clock.nanoTime()).isGreaterThan(GRACE);
    world.await(
        CoreV1.NODES,
        "",
        "n1",
        node ->
            node.spec().taints().stream()
                    .filter(taint -> taint.key().equals(Taints.UNREACHABLE))
                    .count()
                == 2);
    Pod moved = world.await(CoreV1.PODS, "ns", "p", p -> p.metadata().deletionTimestamp() != null);
    assertThat(Pods.isReady(moved)).isFalse();
    assertThat(Objects.requireNonNull(Pods.condition(moved, "DisruptionTarget")).reason())
        .isEqualTo("DeletionByTaintManager");

    beat("n1");
    world.await(CoreV1.NODES, "", "n1", node -> node.spec().taints().isEmpty());
  }

  /** What a node's agent does every now and then. */
  private void beat(String node) {
    NodeCondition ready =
        NodeCondition.builder()
            .type("Ready")
            .status("True")
            .lastHeartbeatTime(world.clock.now())
            .build();
    world.source.put(
        CoreV1.NODES,
        world
            .source
            .get(CoreV1.NODES, "", node)
            .withStatus(NodeStatus.EMPTY.withConditions(List.of(ready))));
    Lease present = world.source.find(CoordinationV1.LEASES, "kube-node-lease", node);
    LeaseSpec now = LeaseSpec.EMPTY.withRenewTime(world.clock.now());
    if (present == null) {
      world.source.put(
          CoordinationV1.LEASES,
          Lease.builder().metadata(World.meta("kube-node-lease", node)).spec(now).build());
    } else {
      world.source.update(CoordinationV1.LEASES, present.withSpec(now));
    }
  }

  private static Lease lease(long seconds) {
    return Lease.EMPTY.withSpec(LeaseSpec.EMPTY.withRenewTime(NOW.plusSeconds(seconds)));
  }

  private static Node node(String name, String ready) {
    return Node.builder()
        .metadata(World.meta("", name).withLabels(Map.of("topology.kubernetes.io/zone", "z")))
        .status(
            NodeStatus.EMPTY.withConditions(
                List.of(NodeCondition.builder().type("Ready").status(ready).build())))
        .build();
  }
}
