package io.tiphys.server.identity;

import io.tiphys.base.Clock;
import java.time.Duration;
import java.time.Instant;

/** A clock that a test moves by hand; it has no timers. */
public final class HandClock implements Clock {
  private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

  public void advance(Duration duration) {
    now = now.plus(duration);
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public long nanoTime() {
    return Duration.between(Instant.EPOCH, now).toNanos();
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    return () -> {};
  }

  @Override
  public void sleep(Duration duration) {
    advance(duration);
  }
}
