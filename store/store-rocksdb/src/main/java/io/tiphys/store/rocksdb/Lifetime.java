package io.tiphys.store.rocksdb;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;

/**
 * A key that ends. The deadline is by the wall clock, since only that one goes on while the store
 * is closed; should it have jumped back meanwhile, the key still lives no longer than its whole
 * time to live from the next opening on.
 *
 * @param revision the write that gave the key its time to live
 */
record Lifetime(String key, long revision, long deadlineMillis, long timeToLiveMillis) {
  /** Longer ones count as this, which keeps the sums within range. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  static Lifetime from(Instant now, String key, long revision, Duration timeToLive) {
    long millis = (timeToLive.compareTo(LONGEST) > 0 ? LONGEST : timeToLive).toMillis();
    return new Lifetime(key, revision, now.toEpochMilli() + millis, millis);
  }

  Duration remaining(Instant now) {
    return Duration.ofMillis(Math.clamp(deadlineMillis - now.toEpochMilli(), 0L, timeToLiveMillis));
  }

  byte[] encode() {
    return ByteBuffer.allocate(3 * Long.BYTES)
        .putLong(revision)
        .putLong(deadlineMillis)
        .putLong(timeToLiveMillis)
        .array();
  }

  static Lifetime decode(byte[] place, byte[] stored) {
    ByteBuffer in = ByteBuffer.wrap(stored);
    return new Lifetime(Layout.mortalKey(place), in.getLong(), in.getLong(), in.getLong());
  }
}
