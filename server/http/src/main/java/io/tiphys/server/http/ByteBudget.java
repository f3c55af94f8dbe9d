package io.tiphys.server.http;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that all connections together may hold of the bodies of requests. Thread-safe. */
final class ByteBudget {
  private final long all;
  private final AtomicLong free;

  ByteBudget(long bytes) {
    all = bytes;
    free = new AtomicLong(bytes);
  }

  /** Takes {@code bytes} if there are so many left. */
  boolean take(int bytes) {
    if (free.addAndGet(-bytes) >= 0) {
      return true;
    }
    free.addAndGet(bytes);
    return false;
  }

  void giveBack(int bytes) {
    free.addAndGet(bytes);
  }

  /** Bytes that are taken now. */
  long taken() {
    return all - free.get();
  }
}
