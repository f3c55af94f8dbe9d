package io.tiphys.server.cache;

import io.tiphys.base.Clock;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How far the cache has come, and who waits for it to come further. */
final class Freshness {
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private volatile long revision;
  private volatile boolean closed;

  /** Guarded by {@link #lock}: nobody is woken when nobody waits. */
  private int waiting;

  Freshness(Clock clock) {
    this.clock = clock;
  }

  long revision() {
    return revision;
  }

  void advance(long to) {
    revision = to;
    lock.lock();
    try {
      if (waiting > 0) {
        moved.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Wakes all who wait; they will wait no more. */
  void close() {
    lock.lock();
    try {
      closed = true;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Blocks until the cache has reached {@code target}; false when it has not in time. */
  boolean await(long target, Duration timeout) throws InterruptedException {
    if (revision >= target) {
      return true;
    }
    Deadline deadline = new Deadline();
    Clock.Timer timer = clock.schedule(timeout, () -> expire(deadline));
    lock.lockInterruptibly();
    try {
      waiting++;
      while (revision < target && !deadline.passed && !closed) {
        moved.await();
      }
      return revision >= target;
    } finally {
      waiting--;
      lock.unlock();
      timer.cancel();
    }
  }

  private void expire(Deadline deadline) {
    lock.lock();
    try {
      deadline.passed = true;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Guarded by {@link #lock}. */
  private static final class Deadline {
    private boolean passed;
  }
}
