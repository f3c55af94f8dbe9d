package io.tiphys.client;

import io.tiphys.base.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long a failed item waits: its own delay doubles with each failure, and all items together
 * draw on one bucket. Checked against DefaultControllerRateLimiter in
 * client-go/util/workqueue/default_rate_limiters.go. Not thread-safe.
 */
final class RetryRate<K> {
  private static final double FIRST_DELAY_NANOS = 5e6;
  private static final Duration MAX_DELAY = Duration.ofSeconds(1000);
  private static final double BUCKET = 100;
  private static final double BUCKET_PER_SECOND = 10;

  private final Clock clock;
  private final Map<K, Integer> failures = new LinkedHashMap<>();
  private double tokens = BUCKET;
  private long filledAt;

  RetryRate(Clock clock) {
    this.clock = clock;
    filledAt = clock.nanoTime();
  }

  Duration next(K item) {
    int failed = failures.merge(item, 1, Integer::sum);
    double own =
        Math.min(FIRST_DELAY_NANOS * Math.pow(2, failed - 1), (double) MAX_DELAY.toNanos());
    return Duration.ofNanos(Math.max((long) own, reserve()));
  }

  /** Takes one token, which may be one still to come; returns the nanoseconds until then. */
  private long reserve() {
    long now = clock.nanoTime();
    tokens = Math.min(BUCKET, tokens + (now - filledAt) / 1e9 * BUCKET_PER_SECOND) - 1;
    filledAt = now;
    return tokens >= 0 ? 0 : (long) (-tokens / BUCKET_PER_SECOND * 1e9);
  }

  void forget(K item) {
    failures.remove(item);
  }

  int failures(K item) {
    return failures.getOrDefault(item, 0);
  }
}
