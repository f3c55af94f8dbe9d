package io.tiphys.store.etcd;

import io.tiphys.base.Clock;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Lets so many do something at once; others wait, by the clock of the store, and not for ever. */
final class Permits {
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Guarded by {@link #lock}. */
  private int free;

  Permits(int count, Clock clock) {
    free = count;
    this.clock = clock;
  }

  /** Guarded by {@link #lock}. */
  private static final class Deadline {
    private boolean passed;
  }

  /** False when none was given back in time. */
  boolean acquire(Duration patience) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (free == 0 && !awaitFree(patience)) {
        return false;
      }
      free--;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean awaitFree(Duration patience) throws InterruptedException {
    Deadline deadline = new Deadline();
    Clock.Timer timer = clock.schedule(patience, () -> expire(deadline));
    try {
      while (free == 0 && !deadline.passed) {
        changed.await();
      }
      return free > 0;
    } finally {
      timer.cancel();
    }
  }

  private void expire(Deadline deadline) {
    lock.lock();
    try {
      deadline.passed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void release() {
    lock.lock();
    try {
      free++;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }
}
