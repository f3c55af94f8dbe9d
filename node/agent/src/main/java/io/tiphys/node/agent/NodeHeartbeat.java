package io.tiphys.node.agent;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoordinationV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.coordination.v1.Lease;
import io.tiphys.api.coordination.v1.LeaseSpec;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.NodeStatus;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.client.Source;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps the node's object and lease: registers it, renews the lease every ten seconds, writes the
 * status when it changed or five minutes have passed. Checked against
 * pkg/kubelet/kubelet_node_status.go.
 */
final class NodeHeartbeat implements Lifecycle {
  private static final String LEASES = "kube-node-lease";
  private static final int LEASE_SECONDS = 40;
  private static final Duration RENEWAL = Duration.ofSeconds(10);
  private static final Duration REPORT = Duration.ofMinutes(5);
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  /** As upstream's nodeStatusUpdateRetry: how often in a row another writer may be faster. */
  private static final int ATTEMPTS = 5;

  private final KubeletConfig config;
  private final Source source;
  private final NodeFacts facts;
  private final Clock clock;
  private final Loops loops;
  private final Closer running = new Closer();
  private boolean labelled;

  NodeHeartbeat(KubeletConfig config, Source source, NodeFacts facts, Clock clock, Loops loops) {
    this.config = config;
    this.source = source;
    this.facts = facts;
    this.clock = clock;
    this.loops = loops;
  }

  /** Registers the node, then keeps it. Neither loop's trouble keeps the other from its work. */
  void start() {
    running.add(loops.start("node-status", config.nodeName(), () -> repeat(this::report)));
    running.add(loops.start("node-lease", config.nodeName(), () -> repeat(this::renew)));
  }

  @Override
  public void close() {
    running.close();
  }

  private void repeat(Runnable round) throws InterruptedException {
    while (true) {
      round.run();
      clock.sleep(RENEWAL);
    }
  }

  private void report() {
    for (int attempt = 1; ; attempt++) {
      try {
        putRight();
        return;
      } catch (ApiFailure e) {
        if (e.code() != CONFLICT || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** What counts is what the API has now, not what this node once wrote. */
  private void putRight() {
    Node present = registered();
    NodeStatus wanted = facts.status(present.status());
    if (!NodeFacts.same(wanted, present.status()) || isOld(present.status())) {
      source.updateStatus(CoreV1.NODES, present.withStatus(wanted));
    }
  }

  private boolean isOld(NodeStatus status) {
    return status.conditions().stream()
        .filter(condition -> condition.type().equals("Ready"))
        .noneMatch(
            condition ->
                condition.lastHeartbeatTime() != null
                    && condition.lastHeartbeatTime().plus(REPORT).isAfter(clock.now()));
  }

  /** The node's object; its labels are what this node says once after each start. */
  private Node registered() {
    Node present;
    try {
      present = source.get(CoreV1.NODES, "", config.nodeName());
    } catch (ApiFailure e) {
      if (e.code() != NOT_FOUND) {
        throw e;
      }
      present = source.create(CoreV1.NODES, facts.node());
    }
    Map<String, String> labels = new HashMap<>(present.metadata().labels());
    labels.putAll(facts.labels());
    if (!labelled && !labels.equals(present.metadata().labels())) {
      present =
          source.update(CoreV1.NODES, present.withMetadata(present.metadata().withLabels(labels)));
    }
    labelled = true;
    return present;
  }

  private void renew() {
    Lease present;
    try {
      present = source.get(CoordinationV1.LEASES, LEASES, config.nodeName());
    } catch (ApiFailure e) {
      if (e.code() != NOT_FOUND) {
        throw e;
      }
      source.create(
          CoordinationV1.LEASES,
          Lease.builder()
              .metadata(ObjectMeta.builder().namespace(LEASES).name(config.nodeName()).build())
              .spec(
                  LeaseSpec.builder()
                      .holderIdentity(config.nodeName())
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
