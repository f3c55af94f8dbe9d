package io.tiphys.server.fairness;

import io.tiphys.base.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A number of seats and a bounded queue before them. Those who wait stand in one line per user, and
 * a free seat goes to the lines in turn: a user with a thousand requests delays their own, not the
 * others. Thread-safe.
 */
final class Seats {
  private final Clock clock;
  private final Duration patience;
  private final int mostPerUser;
  private final int mostWaiting;
  private final ReentrantLock lock = new ReentrantLock();

  /** All below: guarded by {@link #lock}. */
  private int free;

  private int waiting;
  private final LinkedHashMap<String, ArrayDeque<Waiter>> lines = new LinkedHashMap<>();

  /**
   * @param patience how long one waits at most
   * @param mostPerUser how many requests of one user may wait
   */
  Seats(int seats, int mostWaiting, int mostPerUser, Duration patience, Clock clock) {
    this.free = seats;
    this.mostWaiting = mostWaiting;
    this.mostPerUser = mostPerUser;
    this.patience = patience;
    this.clock = clock;
  }

  /** Takes a seat if one is free and nobody waits for it. */
  boolean tryTake() {
    lock.lock();
    try {
      if (free == 0) {
        return false;
      }
      free--;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a seat; false when there are too many before, or when it takes too long. */
  boolean take(String user) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (free > 0) {
        free--;
        return true;
      }
      ArrayDeque<Waiter> line = lines.getOrDefault(user, new ArrayDeque<>());
      if (waiting >= mostWaiting || line.size() >= mostPerUser) {
        return false;
      }
      lines.putIfAbsent(user, line);
      Waiter waiter = new Waiter(lock.newCondition());
      line.add(waiter);
      waiting++;
      return await(user, line, waiter);
    } finally {
      lock.unlock();
    }
  }

  private boolean await(String user, ArrayDeque<Waiter> line, Waiter waiter)
      throws InterruptedException {
    Clock.Timer timer = clock.schedule(patience, () -> expire(waiter));
    try {
      while (!waiter.seated && !waiter.expired) {
        waiter.moved.await();
      }
      return waiter.seated;
    } catch (InterruptedException e) {
      if (waiter.seated) {
        pass();
      }
      throw e;
    } finally {
      timer.cancel();
      if (!waiter.seated) {
        waiting--;
        line.remove(waiter);
        if (line.isEmpty()) {
          lines.remove(user, line);
        }
      }
    }
  }

  private void expire(Waiter waiter) {
    lock.lock();
    try {
      waiter.expired = true;
      waiter.moved.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Gives a seat back. */
  void giveBack() {
    lock.lock();
    try {
      pass();
    } finally {
      lock.unlock();
    }
  }

  /** Hands a seat to the first of the next line, or keeps it free. */
  private void pass() {
    Map.Entry<String, ArrayDeque<Waiter>> next = lines.pollFirstEntry();
    if (next == null) {
      free++;
      return;
    }
    Waiter waiter = next.getValue().remove();
    if (!next.getValue().isEmpty()) {
      lines.putLast(next.getKey(), next.getValue());
    }
    waiting--;
    waiter.seated = true;
    waiter.moved.signal();
  }

  int waiting() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  /** Guarded by the lock. */
  private static final class Waiter {
    private final Condition moved;
    private boolean seated;
    private boolean expired;

    Waiter(Condition moved) {
      this.moved = moved;
    }
  }
}
