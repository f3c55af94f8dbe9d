package io.tiphys.node.agent;

import io.tiphys.base.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * When what has failed may be tried again: ten seconds later, then twenty, up to five minutes, as
 * the kubelet's back-off. Used by one pod's thread.
 */
final class Backoffs {
  static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final Clock clock;
  private final Map<String, Entry> entries = new HashMap<>();

  private record Entry(Duration delay, long until, String error) {}

  Backoffs(Clock clock) {
    this.clock = clock;
  }

  /** How long {@code key} has to wait still; zero if it may go on. */
  Duration left(String key) {
    Entry entry = entries.get(key);
    long nanos = entry == null ? 0 : entry.until - clock.nanoTime();
    return Duration.ofNanos(Math.max(0, nanos));
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
    Entry before = entries.get(key);
    Duration delay = before == null ? FIRST : before.delay.multipliedBy(2);
    if (delay.compareTo(LONGEST) > 0) {
      delay = LONGEST;
    }
    entries.put(key, new Entry(delay, clock.nanoTime() + delay.toNanos(), error));
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
