package io.tiphys.controllers.nodelifecycle;

import io.tiphys.api.core.v1.Node;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How fast nodes may be given up. Where most of a zone is silent, it is rather the network or we
 * who are broken, and nothing is gained by moving pods. Checked against handleDisruption,
 * ComputeZoneState and setLimiterInZone in
 * pkg/controller/nodelifecycle/node_lifecycle_controller.go.
 */
final class Zones {
  /** As upstream's node-eviction-rate: one node in ten seconds. */
  static final Duration INTERVAL = Duration.ofSeconds(10);

  /** As upstream's secondary-node-eviction-rate, for large zones that are partly silent. */
  static final Duration SLOW_INTERVAL = Duration.ofSeconds(100);

  /** As upstream's large-cluster-size-threshold: smaller zones that are partly silent wait. */
  static final int LARGE = 50;

  /** As upstream's unhealthy-zone-threshold. */
  static final double UNHEALTHY_SHARE = 0.55;

  private final Map<String, Long> nextAt = new LinkedHashMap<>();
  private final Map<String, Count> counts = new LinkedHashMap<>();

  private record Count(int nodes, int silent) {
    boolean isFullyDisrupted() {
      return nodes > 0 && silent == nodes;
    }

    boolean isPartlyDisrupted() {
      return silent > 2 && (double) silent / nodes >= UNHEALTHY_SHARE;
    }
  }

  static String of(Node node) {
    Map<String, String> labels = node.metadata().labels();
    return labels.getOrDefault("topology.kubernetes.io/region", "")
        + ":"
        + labels.getOrDefault("topology.kubernetes.io/zone", "");
  }

  /** Looks at all nodes anew. */
  void count(Collection<Node> nodes) {
    counts.clear();
    for (Node node : nodes) {
      if (!node.metadata().labels().containsKey("node.kubernetes.io/exclude-disruption")) {
        int silent = Health.ready(node).equals("True") ? 0 : 1;
        counts.merge(
            of(node),
            new Count(1, silent),
            (left, right) -> new Count(left.nodes + right.nodes, left.silent + right.silent));
      }
    }
    nextAt.keySet().retainAll(counts.keySet());
  }

  /** Whether a node of the zone may be given up now; if so, the next one waits. */
  boolean admits(Node node, long nowNanos) {
    String zone = of(node);
    boolean allSilent =
        !counts.isEmpty() && counts.values().stream().allMatch(Count::isFullyDisrupted);
    Count count = counts.getOrDefault(zone, new Count(1, 1));
    Duration interval = INTERVAL;
    if (!count.isFullyDisrupted() && count.isPartlyDisrupted()) {
      if (count.nodes <= LARGE) {
        return false;
      }
      interval = SLOW_INTERVAL;
    }
    Long at = nextAt.get(zone);
    if (allSilent || (at != null && nowNanos - at < 0)) {
      return false;
    }
    nextAt.put(zone, nowNanos + interval.toNanos());
    return true;
  }
}
