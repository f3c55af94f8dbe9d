package io.tiphys.node.hollow;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoordinationV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.coordination.v1.Lease;
import io.tiphys.api.coordination.v1.LeaseSpec;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.NodeCondition;
import io.tiphys.api.core.v1.NodeStatus;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.client.Source;
import io.tiphys.meta.Quantity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Keeps the node's object Ready and its lease renewed, as the kubelet does. */
final class HollowRegistration {
  private static final String LEASES = "kube-node-lease";
  private static final int LEASE_SECONDS = 40;

  /** As upstream's: a quarter of the lease. */
  private static final Duration RENEWAL = Duration.ofSeconds(10);

  private static final Map<String, Quantity> CAPACITY =
      Map.of(
          "cpu", Quantity.parse("32"), "memory", Quantity.parse("64Gi"), "pods", Quantity.of(110));

  private final String name;
  private final Source source;
  private final Clock clock;
  private final CountDownLatch registered = new CountDownLatch(1);

  HollowRegistration(String name, Source source, Clock clock) {
    this.name = name;
    this.source = source;
    this.clock = clock;
  }

  List<Lifecycle> start(Loops loops) {
    return List.of(
        loops.start("hollow-node", name, () -> repeat(this::report)),
        loops.start("hollow-lease", name, () -> repeat(this::renew)));
  }

  /** Blocks until the API knows the node. */
  void await() throws InterruptedException {
    registered.await();
  }

  private void repeat(Runnable round) throws InterruptedException {
    while (true) {
      try {
        round.run();
      } catch (ApiFailure _) {
        // Somebody was quicker or the API is away: the next round is soon enough.
      }
      clock.sleep(RENEWAL);
    }
  }

  private void report() {
    Node present;
    try {
      present = source.get(CoreV1.NODES, "", name);
    } catch (ApiFailure e) {
      if (!e.isNotFound()) {
        throw e;
      }
      present = source.create(CoreV1.NODES, node());
    }
    registered.countDown();
    NodeStatus status = present.status();
    boolean ready =
        status.conditions().stream()
            .anyMatch(c -> c.type().equals("Ready") && c.status().equals("True"));
    if (!ready) {
      source.updateStatus(CoreV1.NODES, present.withStatus(ready(status)));
    }
  }

  private Node node() {
    return Node.builder()
        .metadata(
            ObjectMeta.builder()
                .name(name)
                .labels(Map.of("kubernetes.io/hostname", name, "kubernetes.io/os", "linux"))
                .build())
        .status(ready(NodeStatus.EMPTY))
        .build();
  }

  private NodeStatus ready(NodeStatus before) {
    List<NodeCondition> conditions = new ArrayList<>(before.conditions());
    conditions.removeIf(condition -> condition.type().equals("Ready"));
    conditions.add(
        new NodeCondition(
            "Ready",
            "True",
            clock.now(),
            clock.now(),
            "KubeletReady",
            "kubelet is posting ready status"));
    return before.toBuilder()
        .capacity(CAPACITY)
        .allocatable(CAPACITY)
        .conditions(conditions)
        .build();
  }

  private void renew() {
    Lease present;
    try {
      present = source.get(CoordinationV1.LEASES, LEASES, name);
    } catch (ApiFailure e) {
      if (!e.isNotFound()) {
        throw e;
      }
      source.create(
          CoordinationV1.LEASES,
          Lease.builder()
              .metadata(ObjectMeta.builder().namespace(LEASES).name(name).build())
              .spec(
                  LeaseSpec.builder()
                      .holderIdentity(name)
                      .leaseDurationSeconds(LEASE_SECONDS)
                      .renewTime(clock.now())
                      .build())
              .build());
      return;
    }
    source.update(
        CoordinationV1.LEASES, present.withSpec(present.spec().withRenewTime(clock.now())));
  }
}
