package io.tiphys.server.resources;

import io.tiphys.base.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A clock that stands still until it is told to move; timers run on the thread that moves it. */
public final class ManualClock implements Clock {
  private final List<Pending> pending = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-01T00:00:00Z");
  private long nanos;
  private long scheduled;

  /** Moves time forward and runs what falls due, in order. */
  public void advance(Duration duration) {
    long target;
    synchronized (this) {
      target = nanos + duration.toNanos();
    }
    for (Pending due = takeDue(target); due != null; due = takeDue(target)) {
      due.task().run();
    }
    synchronized (this) {
      moveTo(target);
    }
  }

  private synchronized @Nullable Pending takeDue(long target) {
    Pending first =
        pending.stream()
            .min(Comparator.comparingLong(Pending::atNanos).thenComparingLong(Pending::order))
            .orElse(null);
    if (first == null || first.atNanos() > target) {
      return null;
    }
    pending.remove(first);
    moveTo(Math.max(nanos, first.atNanos()));
    return first;
  }

  private void moveTo(long target) {
    now = now.plusNanos(target - nanos);
    nanos = target;
  }

  @Override
  public synchronized Instant now() {
    return now;
  }

  @Override
  public synchronized long nanoTime() {
    return nanos;
  }

  @Override
  public synchronized Timer schedule(Duration delay, Runnable task) {
    var entry = new Pending(nanos + delay.toNanos(), scheduled++, task);
    pending.add(entry);
    return () -> cancel(entry);
  }

  private synchronized void cancel(Pending entry) {
    pending.remove(entry);
  }

  @Override
  public void sleep(Duration duration) {
    advance(duration);
  }

  private record Pending(long atNanos, long order, Runnable task) {}
}
