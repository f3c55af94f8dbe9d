package io.tiphys.node.agent;

import io.tiphys.base.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * When what has failed may be tried again: ten seconds later, then twenty, up to five minutes; what
 * went well for ten minutes begins anew. Checked against client-go/util/flowcontrol/backoff.go.
 * Used by one pod's thread.
 */
final class Backoffs {
  static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** As upstream: twice the longest delay. */
  private static final Duration FORGOTTEN_AFTER = LONGEST.multipliedBy(2);

  private final Clock clock;
  private final Map<String, Entry> entries = new HashMap<>();

  private record Entry(Duration delay, long sinceNanos, Instant since, String error) {}

  Backoffs(Clock clock) {
    this.clock = clock;
  }

  /** How long {@code key} has to wait still since it failed; zero if it may go on. */
  Duration left(String key) {
    Entry entry = entries.get(key);
    return entry == null
        ? Duration.ZERO
        : positive(entry.delay.minusNanos(clock.nanoTime() - entry.sinceNanos));
  }

  /**
   * How long {@code key} has to wait still after something that ended at {@code end}; zero if it
   * may go on.
   */
  Duration leftSince(String key, Instant end) {
    Entry entry = entries.get(key);
    return entry == null || isForgotten(entry, end)
        ? Duration.ZERO
        : positive(entry.delay.minus(Duration.between(end, clock.now())));
  }

  private static Duration positive(Duration left) {
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static boolean isForgotten(Entry entry, Instant event) {
    return Duration.between(entry.since, event).compareTo(FORGOTTEN_AFTER) > 0;
  }

  /** The delay in force for {@code key}. */
  Duration delay(String key) {
    Entry entry = entries.get(key);
    return entry == null ? FIRST : entry.delay;
  }

  /** {@code key} has failed: the next try waits, longer each time. */
  void failed(String key) {
    failed(key, "");
  }

  /**
   * @param error what went wrong, for {@link #lastError}
   */
  void failed(String key, String error) {
    put(key, clock.now(), error);
  }

  /** {@code key} is tried again after something that ended at {@code end}. */
  void triedAfter(String key, Instant end) {
    put(key, end, "");
  }

  private void put(String key, Instant event, String error) {
    Entry before = entries.get(key);
    Duration delay =
        before == null || isForgotten(before, event) ? FIRST : before.delay.multipliedBy(2);
    if (delay.compareTo(LONGEST) > 0) {
      delay = LONGEST;
    }
    entries.put(key, new Entry(delay, clock.nanoTime(), clock.now(), error));
  }

  String lastError(String key) {
    Entry entry = entries.get(key);
    return entry == null ? "" : entry.error;
  }

  void forget(String key) {
    entries.remove(key);
  }

  /** {@code 10s}, {@code 2m40s}: as Go prints a duration. */
  static String text(Duration delay) {
    long minutes = delay.toMinutes();
    return minutes == 0 ? delay.toSeconds() + "s" : minutes + "m" + delay.toSecondsPart() + "s";
  }
}
