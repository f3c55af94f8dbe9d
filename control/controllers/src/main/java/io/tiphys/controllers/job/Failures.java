package io.tiphys.controllers.job;

import io.tiphys.api.core.v1.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many pods have failed since the last success, which is how long the next one waits. Checked
 * against pkg/controller/job/backoff_utils.go.
 */
record Failures(int sinceSuccess, @Nullable Instant last) {
  static final Failures NONE = new Failures(0, null);

  /** As upstream: failing pods should not keep a node busy. */
  private static final Duration FIRST = Duration.ofSeconds(10);

  private static final Duration LONGEST = Duration.ofMinutes(10);

  /** With pods that have ended since. */
  Failures with(List<Pod> succeeded, List<Pod> failed, Instant now) {
    if (succeeded.isEmpty() && failed.isEmpty()) {
      return this;
    }
    Instant success = last(succeeded, Instant.MIN, now);
    int count = succeeded.isEmpty() ? sinceSuccess : 0;
    Instant latest = succeeded.isEmpty() ? last : null;
    for (Pod pod : failed) {
      Instant at = JobPods.finishedAt(pod, now);
      if (at.isAfter(success)) {
        count++;
        latest = latest == null || at.isAfter(latest) ? at : latest;
      }
    }
    return new Failures(count, latest);
  }

  private static Instant last(List<Pod> pods, Instant otherwise, Instant now) {
    return pods.stream()
        .map(pod -> JobPods.finishedAt(pod, now))
        .max(Instant::compareTo)
        .orElse(otherwise);
  }

  /** How long a new pod still has to wait. */
  Duration remaining(Instant now) {
    if (sinceSuccess == 0 || last == null) {
      return Duration.ZERO;
    }
    Duration delay = FIRST;
    for (int i = 1; i < sinceSuccess && delay.compareTo(LONGEST) < 0; i++) {
      delay = delay.multipliedBy(2);
    }
    delay = delay.compareTo(LONGEST) < 0 ? delay : LONGEST;
    Duration left = Duration.between(now, last.plus(delay));
    return left.isNegative() ? Duration.ZERO : left;
  }
}
