package io.tiphys.controllers.kit;

import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What controllers ask of a pod. Checked against pkg/controller/controller_utils.go and
 * pkg/api/v1/pod/util.go.
 */
public final class Pods {
  private Pods() {}

  /** Neither over nor about to be. */
  public static boolean isActive(Pod pod) {
    return !isTerminal(pod) && pod.metadata().deletionTimestamp() == null;
  }

  /** Over: all its containers have ended for good. */
  public static boolean isTerminal(Pod pod) {
    String phase = pod.status().phase();
    return phase.equals("Succeeded") || phase.equals("Failed");
  }

  /** On its way out and not over yet. */
  public static boolean isTerminating(Pod pod) {
    return !isTerminal(pod) && pod.metadata().deletionTimestamp() != null;
  }

  public static boolean isReady(Pod pod) {
    PodCondition ready = condition(pod, "Ready");
    return ready != null && ready.status().equals("True");
  }

  /** Ready, and for long enough. */
  public static boolean isAvailable(Pod pod, int minReadySeconds, Instant now) {
    PodCondition ready = condition(pod, "Ready");
    if (ready == null || !ready.status().equals("True")) {
      return false;
    }
    Instant since = ready.lastTransitionTime();
    return minReadySeconds == 0
        || (since != null && !since.plus(Duration.ofSeconds(minReadySeconds)).isAfter(now));
  }

  /**
   * When the next ready pod becomes available, or null if none is waiting for that. Checked against
   * FindMinNextPodAvailabilityCheck.
   */
  public static @Nullable Duration untilNextAvailable(
      List<Pod> pods, int minReadySeconds, Instant now) {
    Duration next = null;
    for (Pod pod : pods) {
      PodCondition ready = condition(pod, "Ready");
      if (ready == null
          || !ready.status().equals("True")
          || isAvailable(pod, minReadySeconds, now)) {
        continue;
      }
      Instant since = ready.lastTransitionTime() == null ? now : ready.lastTransitionTime();
      Duration left = Duration.between(now, since.plusSeconds(minReadySeconds));
      if (next == null || left.compareTo(next) < 0) {
        next = left;
      }
    }
    return next;
  }

  public static @Nullable PodCondition condition(Pod pod, String type) {
    for (PodCondition condition : pod.status().conditions()) {
      if (condition.type().equals(type)) {
        return condition;
      }
    }
    return null;
  }
}
