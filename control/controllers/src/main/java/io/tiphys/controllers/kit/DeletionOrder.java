package io.tiphys.controllers.kit;

import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which pods to do without first. Checked against ActivePodsWithRanks in
 * pkg/controller/controller_utils.go.
 */
public final class DeletionOrder {
  private static final String COST = "controller.kubernetes.io/pod-deletion-cost";

  private final Map<String, Integer> onNode = new LinkedHashMap<>();
  private final Instant now;

  /**
   * @param related the pods of all sets of the same owner: where many of them are, one may go
   */
  public DeletionOrder(Collection<Pod> related, Instant now) {
    this.now = now;
    for (Pod pod : related) {
      if (Pods.isActive(pod)) {
        onNode.merge(pod.spec().nodeName(), 1, Integer::sum);
      }
    }
  }

  /** The first to go first. */
  public List<Pod> sort(Collection<Pod> pods) {
    Comparator<Pod> order =
        Comparator.comparing((Pod pod) -> !pod.spec().nodeName().isEmpty())
            .thenComparingInt(DeletionOrder::phase)
            .thenComparing(Pods::isReady)
            .thenComparingInt(DeletionOrder::cost)
            .thenComparingInt(pod -> -onNode.getOrDefault(pod.spec().nodeName(), 0))
            .thenComparingLong(this::readyAge)
            .thenComparingInt(pod -> -restarts(pod.status().containerStatuses()))
            .thenComparingInt(pod -> -restarts(pod.status().initContainerStatuses()))
            .thenComparingLong(pod -> age(pod.metadata().creationTimestamp()))
            .thenComparing(pod -> pod.metadata().uid());
    return pods.stream().sorted(order).toList();
  }

  private static int phase(Pod pod) {
    return switch (pod.status().phase()) {
      case "Unknown" -> 1;
      case "Running" -> 2;
      default -> 0;
    };
  }

  /** An annotation that is no number costs nothing. */
  private static int cost(Pod pod) {
    String cost = pod.metadata().annotations().get(COST);
    try {
      return cost == null ? 0 : Integer.parseInt(cost);
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  private long readyAge(Pod pod) {
    PodCondition ready = Pods.condition(pod, "Ready");
    return ready != null && ready.status().equals("True") ? age(ready.lastTransitionTime()) : -1;
  }

  /**
   * Ages are compared by their order of magnitude: among pods about as old, chance decides, so that
   * not always the same zone loses its pods. What has no time goes first.
   */
  private long age(@Nullable Instant since) {
    if (since == null) {
      return -1;
    }
    long nanos = Duration.between(since, now).toNanos();
    return nanos <= 0 ? -1 : Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
  }

  private static int restarts(List<ContainerStatus> containers) {
    return containers.stream().mapToInt(ContainerStatus::restartCount).max().orElse(0);
  }
}
