package io.tiphys.base;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Delays that grow by a factor from attempt to attempt, up to a ceiling, spread by a random share.
 *
 * @param initial the delay after the first failure
 * @param factor what each further failure multiplies it by, at least 1
 * @param jitter the largest random share added to a delay: 0.1 adds up to ten percent
 * @param max the ceiling, before the random share
 */
public record Backoff(Duration initial, double factor, double jitter, Duration max) {
  public Backoff {
    Invariant.check(!initial.isNegative() && max.compareTo(initial) >= 0, "0 <= initial <= max");
    Invariant.check(factor >= 1 && jitter >= 0, "factor >= 1 and jitter >= 0");
  }

  /** The delay before the next attempt after {@code failures} (at least 1) failures in a row. */
  public Duration delay(int failures, RandomGenerator random) {
    double nanos = (double) initial.toNanos() * Math.pow(factor, Math.max(0, failures - 1));
    nanos = Math.min(nanos, (double) max.toNanos());
    return Duration.ofNanos((long) (nanos * (1 + jitter * random.nextDouble())));
  }
}
