package io.tiphys.store.engine;

import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Remembers when keys end and has them deleted then. Thread-safe. */
public final class Expirations implements Lifecycle {
  /** Pause before a deletion that failed (full disk, say) is tried again: no hurry, no storm. */
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final Clock clock;
  private final Action action;
  private final Map<String, Deadline> byKey = new HashMap<>();
  private final TreeSet<Deadline> byTime =
      new TreeSet<>(Comparator.comparingLong(Deadline::nanos).thenComparing(Deadline::key));
  private final long origin;
  private Clock.@Nullable Timer timer;
  private long timerNanos = Long.MAX_VALUE;
  private boolean closed;

  public Expirations(Clock clock, Action action) {
    this.clock = clock;
    this.action = action;
    this.origin = clock.nanoTime();
  }

  /** The key was written at {@code revision} and ends after {@code timeToLive}; null: never. */
  public synchronized void set(String key, long revision, @Nullable Duration timeToLive) {
    Deadline old = byKey.remove(key);
    if (old != null) {
      byTime.remove(old);
    }
    if (timeToLive != null && !closed) {
      add(new Deadline(key, revision, elapsed() + nanos(timeToLive)));
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (timer != null) {
      timer.cancel();
    }
  }

  private synchronized void add(Deadline deadline) {
    byKey.put(deadline.key(), deadline);
    byTime.add(deadline);
    arm();
  }

  /** Sets the timer to the earliest deadline unless it rings by then already. */
  private void arm() {
    if (closed || byTime.isEmpty() || byTime.first().nanos() >= timerNanos) {
      return;
    }
    if (timer != null) {
      timer.cancel();
    }
    timerNanos = byTime.first().nanos();
    Duration delay = Duration.ofNanos(Math.max(0, timerNanos - elapsed()));
    timer = clock.schedule(delay, this::expire);
  }

  private void expire() {
    for (Deadline deadline : takeDue()) {
      try {
        action.delete(deadline.key(), deadline.revision());
      } catch (StoreException e) {
        retry(deadline);
      }
    }
    rearm();
  }

  private synchronized List<Deadline> takeDue() {
    List<Deadline> due = new ArrayList<>();
    long now = elapsed();
    while (!closed && !byTime.isEmpty() && byTime.first().nanos() <= now) {
      Deadline deadline = byTime.removeFirst();
      byKey.remove(deadline.key());
      due.add(deadline);
    }
    return due;
  }

  private synchronized void retry(Deadline deadline) {
    if (!closed && !byKey.containsKey(deadline.key())) {
      add(new Deadline(deadline.key(), deadline.revision(), elapsed() + RETRY.toNanos()));
    }
  }

  private synchronized void rearm() {
    timerNanos = Long.MAX_VALUE;
    arm();
  }

  private long elapsed() {
    return clock.nanoTime() - origin;
  }

  /** Durations beyond the range of nanoseconds, 292 years, count as that. */
  private static long nanos(Duration duration) {
    try {
      return Math.min(duration.toNanos(), Long.MAX_VALUE / 2);
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE / 2;
    }
  }

  /** Deletes a key. */
  @FunctionalInterface
  public interface Action {
    /**
     * Deletes {@code key} if it was last changed at {@code revision}.
     *
     * @throws StoreException when it is to be tried again later
     */
    void delete(String key, long revision);
  }

  private record Deadline(String key, long revision, long nanos) {}
}
