package io.tiphys.server.audit;

import io.tiphys.base.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Lets so many pass in a second: client-go's token bucket. For one thread. */
final class Pace {
  private final BatchedAudit.@Nullable Throttle throttle;
  private final Clock clock;
  private double tokens;
  private long countedAt;

  Pace(BatchedAudit.@Nullable Throttle throttle, Clock clock) {
    this.throttle = throttle;
    this.clock = clock;
    tokens = throttle == null ? 0 : throttle.burst();
    countedAt = clock.nanoTime();
  }

  void await() throws InterruptedException {
    if (throttle == null) {
      return;
    }
    long now = clock.nanoTime();
    double seconds = (now - countedAt) / 1e9;
    tokens = Math.min(throttle.burst(), tokens + seconds * throttle.perSecond()) - 1;
    countedAt = now;
    if (tokens < 0) {
      clock.sleep(Duration.ofNanos((long) (-tokens / throttle.perSecond() * 1e9)));
    }
  }
}
