package io.tiphys.base;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The machine's own clock. */
public final class SystemClock implements Clock {
  private final ScheduledThreadPoolExecutor timers;

  public SystemClock() {
    timers =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("timers").factory());
    timers.setRemoveOnCancelPolicy(true);
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    ScheduledFuture<?> future =
        timers.schedule(
            () -> Thread.ofVirtual().name("timer").start(task),
            delay.toNanos(),
            TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    Thread.sleep(duration);
  }
}
