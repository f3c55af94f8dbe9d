package io.tiphys.server.http;

import java.util.concurrent.atomic.AtomicInteger;

/** How many connections have left HTTP: exec, attach, port-forward. Thread-safe. */
final class Sessions {
  private final int most;
  private final AtomicInteger open = new AtomicInteger();

  Sessions(int most) {
    this.most = most;
  }

  /** Takes a place if there is one. */
  boolean begin() {
    if (open.incrementAndGet() <= most) {
      return true;
    }
    open.decrementAndGet();
    return false;
  }

  void end() {
    open.decrementAndGet();
  }
}
