package io.tiphys.base.testing;

import io.tiphys.base.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * The one clock of all tests: it stands still until a test moves it. Timers run on the thread that
 * moves it, in the order of their times, each at its own time; a timer set while the clock moves is
 * run too if it falls due. Sleepers wait until the clock has moved so far.
 */
public final class ManualClock implements Clock {
  private static final Instant DEFAULT_START = Instant.parse("2026-01-01T00:00:00Z");

  private final PriorityQueue<Due> timers =
      new PriorityQueue<>(Comparator.comparingLong(Due::nanos).thenComparingLong(Due::order));
  private final Instant start;
  private final boolean movedBySleepers;
  private long nanos;
  private long orders;

  private record Due(long nanos, long order, Runnable task) {}

  public ManualClock() {
    this(DEFAULT_START);
  }

  public ManualClock(Instant start) {
    this(start, false);
  }

  private ManualClock(Instant start, boolean movedBySleepers) {
    this.start = start;
    this.movedBySleepers = movedBySleepers;
  }

  /** One that whoever sleeps moves on, for code that sleeps on the test's own thread. */
  public static ManualClock movedBySleepers() {
    return new ManualClock(DEFAULT_START, true);
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
    if (movedBySleepers) {
      advance(duration);
      return;
    }
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

  /**
   * Moves the clock to the next timer and runs what falls due then; to {@code latest} if there is
   * none before.
   *
   * @return whether there was one
   */
  public boolean advanceToNext(long latest) {
    long target;
    synchronized (this) {
      Due first = timers.peek();
      target = first == null ? latest : Math.min(latest, Math.max(nanos, first.nanos));
    }
    boolean any = false;
    for (Due due = next(target); due != null; due = next(target)) {
      due.task.run();
      any = true;
    }
    return any;
  }

  /** How many timers and sleepers wait. */
  public synchronized int waiting() {
    return timers.size();
  }

  private synchronized @Nullable Due next(long target) {
    Due due = timers.peek();
    if (due == null || due.nanos > target) {
      nanos = Math.max(nanos, target);
      return null;
    }
    nanos = Math.max(nanos, due.nanos);
    return timers.poll();
  }
}
