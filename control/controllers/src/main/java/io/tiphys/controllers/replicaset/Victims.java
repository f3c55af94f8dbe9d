package io.tiphys.controllers.replicaset;

import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.controllers.kit.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which pods go first when there are too many: those whose loss costs least. Checked against
 * ActivePodsWithRanks in pkg/controller/controller_utils.go.
 */
final class Victims {
  private static final String COST = "controller.kubernetes.io/pod-deletion-cost";

  private Victims() {}

  /**
   * The {@code count} least missed of {@code active}.
   *
   * @param related the pods of all ReplicaSets of the same owner, which decide what is crowded
   */
  static List<Pod> choose(List<Pod> active, Collection<Pod> related, int count, Instant now) {
    if (count >= active.size()) {
      return active;
    }
    Map<String, Integer> crowd = new HashMap<>();
    for (Pod pod : related) {
      if (Pods.isActive(pod)) {
        crowd.merge(pod.spec().nodeName(), 1, Integer::sum);
      }
    }
    Comparator<Pod> order =
        Comparator.<Pod, Boolean>comparing(pod -> !pod.spec().nodeName().isEmpty())
            .thenComparingInt(Victims::phase)
            .thenComparing(Pods::isReady)
            .thenComparingInt(Victims::cost)
            .thenComparingInt(pod -> -crowd.getOrDefault(pod.spec().nodeName(), 0))
            .thenComparingInt(pod -> Pods.isReady(pod) ? age(readySince(pod), now) : 0)
            .thenComparingInt(pod -> -restarts(pod))
            .thenComparingInt(pod -> age(pod.metadata().creationTimestamp(), now))
            .thenComparing(pod -> pod.metadata().uid());
    List<Pod> sorted = new ArrayList<>(active);
    sorted.sort(order);
    return List.copyOf(sorted.subList(0, count));
  }

  private static int phase(Pod pod) {
    return switch (pod.status().phase()) {
      case "Unknown" -> 1;
      case "Running" -> 2;
      default -> 0;
    };
  }

  private static int cost(Pod pod) {
    try {
      return Integer.parseInt(pod.metadata().annotations().getOrDefault(COST, "0"));
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  private static @Nullable Instant readySince(Pod pod) {
    PodCondition ready = Pods.condition(pod, "Ready");
    return ready == null ? null : ready.lastTransitionTime();
  }

  /** Ages of the same order of magnitude count as one, so that uids, a kind of chance, decide. */
  private static int age(@Nullable Instant since, Instant now) {
    if (since == null) {
      return -1;
    }
    long seconds = Math.max(0, Duration.between(since, now).toSeconds());
    return seconds == 0 ? 0 : 64 - Long.numberOfLeadingZeros(seconds);
  }

  private static int restarts(Pod pod) {
    return pod.status().containerStatuses().stream()
        .mapToInt(ContainerStatus::restartCount)
        .max()
        .orElse(0);
  }
}
