package io.tiphys.server.http;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Names for requests that their clients did not name. They must differ and may be guessed, so that
 * a counter behind a mixing function serves: one atomic step each, where a secure generator has a
 * lock that all requests would meet at. Thread-safe.
 */
final class AuditIds {
  /** The odd number nearest to 2^64 divided by the golden ratio: the steps visit every value. */
  private static final long STEP = 0x9e3779b97f4a7c15L;

  private static final long VERSION_4 = 0x4000L;
  private static final long VARIANT = 0x8000000000000000L;

  private final long high;
  private final AtomicLong low;

  AuditIds(RandomGenerator random) {
    high = random.nextLong();
    low = new AtomicLong(random.nextLong());
  }

  String next() {
    long step = low.addAndGet(STEP);
    long most = (mix(step ^ high) & ~0xf000L) | VERSION_4;
    long least = (mix(step) & 0x3fffffffffffffffL) | VARIANT;
    return new UUID(most, least).toString();
  }

  /** The finalizer of MurmurHash3: every bit of the input changes half of the output's. */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }
}
