package io.tiphys.controllers.garbage;

import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.controllers.kit.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Which pods nobody else will remove. Checked against pkg/controller/podgc/gc_controller.go.
 *
 * @param lost bound to a node that is gone
 * @param unscheduled deleted before they had a node that could end them
 * @param outOfService being deleted on a node that was declared dead
 * @param surplus ended long ago, beyond what is kept
 */
record PodGarbage(
    List<Pod> lost, List<Pod> unscheduled, List<Pod> outOfService, List<Pod> surplus) {
  /** As upstream's terminated-pod-gc-threshold. */
  static final int KEPT = 12500;

  /** As upstream: a node may be seen after its pods. */
  static final Duration QUARANTINE = Duration.ofSeconds(40);

  private static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

  /**
   * @param missingSince node names without a node, and since when; kept by the caller, changed here
   */
  static PodGarbage among(
      List<Pod> pods, List<Node> nodes, Map<String, Instant> missingSince, Instant now) {
    Set<String> known = new LinkedHashSet<>();
    Map<String, Node> dead = new LinkedHashMap<>();
    for (Node node : nodes) {
      known.add(node.name());
      if (node.spec().taints().stream().anyMatch(taint -> taint.key().equals(OUT_OF_SERVICE))) {
        dead.put(node.name(), node);
      }
    }
    Set<String> missing = new LinkedHashSet<>();
    for (Pod pod : pods) {
      String name = pod.spec().nodeName();
      if (!name.isEmpty() && !known.contains(name)) {
        missing.add(name);
        missingSince.putIfAbsent(name, now);
      }
    }
    missingSince.keySet().retainAll(missing);
    PodGarbage found =
        new PodGarbage(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (Pod pod : pods) {
      String name = pod.spec().nodeName();
      Instant since = missingSince.get(name);
      boolean ending = pod.metadata().deletionTimestamp() != null;
      if (since != null && !since.plus(QUARANTINE).isAfter(now)) {
        found.lost.add(pod);
      } else if (ending && name.isEmpty()) {
        found.unscheduled.add(pod);
      } else if (ending && dead.containsKey(name) && !isReady(dead.get(name))) {
        found.outOfService.add(pod);
      } else if (Pods.isTerminal(pod) && !ending) {
        found.surplus.add(pod);
      }
    }
    found.surplus.sort(
        Comparator.comparing(
                (Pod pod) ->
                    Objects.requireNonNullElse(pod.metadata().creationTimestamp(), Instant.EPOCH))
            .thenComparing(Pod::name));
    int kept = Math.min(KEPT, found.surplus.size());
    found.surplus.subList(found.surplus.size() - kept, found.surplus.size()).clear();
    return found;
  }

  private static boolean isReady(Node node) {
    return node.status().conditions().stream()
        .anyMatch(
            condition -> condition.type().equals("Ready") && condition.status().equals("True"));
  }
}
