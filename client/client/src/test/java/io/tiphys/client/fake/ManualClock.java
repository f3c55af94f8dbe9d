package io.tiphys.client.fake;

import io.tiphys.base.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;

/**
 * A clock that stands still until a test moves it. Timers run on the thread that moves it, in the
 * order of their times, each at its own time; a timer set while the clock moves is run too if it
 * falls due.
 */
public final class ManualClock implements Clock {
  private final PriorityQueue<Due> timers =
      new PriorityQueue<>(Comparator.comparingLong(Due::nanos).thenComparingLong(Due::order));
  private final Instant start;
  private long nanos;
  private long orders;

  private record Due(long nanos, long order, Runnable task) {}

  public ManualClock() {
    this(Instant.parse("2026-01-01T00:00:00Z"));
  }

  public ManualClock(Instant start) {
    this.start = start;
  }

  @Override
  public synchronized Instant now() {
    return start.plusNanos(nanos);
  }

  @Override
  public synchronized long nanoTime() {
    return nanos;
  }

  @Override
  public synchronized Timer schedule(Duration delay, Runnable task) {
    Due due = new Due(nanos + Math.max(0, delay.toNanos()), orders++, task);
    timers.add(due);
    return () -> cancel(due);
  }

  private synchronized void cancel(Due due) {
    timers.remove(due);
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    Timer timer = schedule(duration, over::countDown);
    try {
      over.await();
    } finally {
      timer.cancel();
    }
  }

  /** Moves the clock and runs what falls due on the way. */
  public void advance(Duration duration) {
    long target = nanoTime() + duration.toNanos();
    for (Due due = next(target); due != null; due = next(target)) {
      due.task.run();
    }
  }

  /** How many timers and sleepers wait. */
  public synchronized int waiting() {
    return timers.size();
  }

  private synchronized @org.jspecify.annotations.Nullable Due next(long target) {
    Due due = timers.peek();
    if (due == null || due.nanos > target) {
      nanos = Math.max(nanos, target);
      return null;
    }
    nanos = Math.max(nanos, due.nanos);
    return timers.poll();
  }
}
