package io.tiphys.controllers.nodelifecycle;

import io.tiphys.api.coordination.v1.Lease;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.NodeCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether a node reports. Only news count, and the time since the last of them is measured by our
 * own clock: neither clocks that differ nor a process that was away can make a live node look dead.
 * Checked against tryUpdateNodeHealth in pkg/controller/nodelifecycle/node_lifecycle_controller.go.
 */
final class Health {
  /** As upstream's node-monitor-grace-period. */
  static final Duration GRACE = Duration.ofSeconds(50);

  /** As upstream's node-startup-grace-period: from creation to the first report. */
  static final Duration STARTUP_GRACE = Duration.ofSeconds(60);

  private static final List<String> REPORTED =
      List.of("Ready", "MemoryPressure", "DiskPressure", "PIDPressure");

  private Health() {}

  /**
   * The last sign of life.
   *
   * @param uid of the node
   * @param atNanos when we saw it, by the monotonic clock
   */
  record Sign(String uid, @Nullable Instant heartbeat, @Nullable Instant renewal, long atNanos) {
    /** What is seen now, as of then if it is nothing new. */
    static Sign of(Node node, @Nullable Lease lease, @Nullable Sign before, long nowNanos) {
      NodeCondition ready = condition(node, "Ready");
      Instant heartbeat = ready == null ? null : ready.lastHeartbeatTime();
      Instant renewal = lease == null ? null : lease.spec().renewTime();
      boolean old =
          before != null
              && Objects.equals(heartbeat, before.heartbeat)
              && !isLater(renewal, before.renewal);
      long since = before != null && old ? before.atNanos : nowNanos;
      return new Sign(node.metadata().uid(), heartbeat, renewal, since);
    }

    private static boolean isLater(@Nullable Instant renewal, @Nullable Instant before) {
      return renewal != null && (before == null || renewal.isAfter(before));
    }
  }

  static @Nullable NodeCondition condition(Node node, String type) {
    for (NodeCondition condition : node.status().conditions()) {
      if (condition.type().equals(type)) {
        return condition;
      }
    }
    return null;
  }

  /** {@code True}, {@code False} or {@code Unknown}, which it also is when nothing is known. */
  static String ready(Node node) {
    NodeCondition ready = condition(node, "Ready");
    return ready == null ? "Unknown" : ready.status();
  }

  static boolean isOverdue(Node node, Sign sign, long nowNanos) {
    Duration grace = condition(node, "Ready") == null ? STARTUP_GRACE : GRACE;
    return nowNanos - sign.atNanos > grace.toNanos();
  }

  /** The conditions of a node that is overdue: all it reported itself is unknown now. */
  static List<NodeCondition> unknown(Node node, Instant now) {
    List<NodeCondition> conditions = new ArrayList<>(node.status().conditions());
    for (String type : REPORTED) {
      NodeCondition known = condition(node, type);
      if (known == null) {
        conditions.add(
            NodeCondition.builder()
                .type(type)
                .status("Unknown")
                .reason("NodeStatusNeverUpdated")
                .message("Kubelet never posted node status.")
                .lastHeartbeatTime(node.metadata().creationTimestamp())
                .lastTransitionTime(now)
                .build());
      } else if (!known.status().equals("Unknown")) {
        conditions.set(
            conditions.indexOf(known),
            known.toBuilder()
                .status("Unknown")
                .reason("NodeStatusUnknown")
                .message("Kubelet stopped posting node status.")
                .lastTransitionTime(now)
                .build());
      }
    }
    return conditions;
  }
}
