package io.tiphys.controllers.kit.services;

import io.tiphys.base.Clock;
import io.tiphys.client.ObjectKey;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Keeps the work for a large service apart in time: each pass looks at all of its pods, and while
 * many start each of them would cause one. Thread-safe.
 */
public final class Spacing {
  /** A service of more addresses is too costly to be gone through for each pod of many. */
  static final int LARGE = 100;

  /** How far apart passes over large ones are; half of what names may lag behind readiness. */
  private static final Duration DISTANCE = Duration.ofMillis(50);

  private final Clock clock;

  /** When, by the monotonic clock, a large service was last gone through. */
  private final Map<ObjectKey, Long> passedAt = new ConcurrentSkipListMap<>();

  public Spacing(Clock clock) {
    this.clock = clock;
  }

  /** How long to leave the service alone; not positive if it may be gone through now. */
  public Duration rest(ObjectKey service) {
    Long passed = passedAt.get(service);
    return passed == null ? Duration.ZERO : DISTANCE.minusNanos(clock.nanoTime() - passed);
  }

  /** The service was gone through. */
  public void passed(ObjectKey service, int addresses) {
    if (addresses > LARGE) {
      passedAt.put(service, clock.nanoTime());
    } else {
      passedAt.remove(service);
    }
  }

  /** The service is gone. */
  public void forget(ObjectKey service) {
    passedAt.remove(service);
  }
}
