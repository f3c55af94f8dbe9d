package io.tiphys.client;

import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keys of things to look at. A key waits once however often it is added; a key that is added while
 * it is worked on waits until that is {@link #done}, so no two workers have the same key. Checked
 * against client-go/util/workqueue (queue.go, delaying_queue.go, rate_limiting_queue.go).
 *
 * <p>Its bound is the number of distinct keys.
 */
public final class WorkQueue<K> implements Lifecycle {
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<K> queue = new ArrayDeque<>();

  /** What is to be looked at, in {@link #queue} unless it is worked on. */
  private final Set<K> dirty = new LinkedHashSet<>();

  private final Set<K> processing = new LinkedHashSet<>();
  private final Map<K, Delayed> delayed = new LinkedHashMap<>();
  private final RetryRate<K> retries;
  private boolean shutDown;

  private record Delayed(long readyAtNanos, Clock.Timer timer) {}

  public WorkQueue(Clock clock) {
    this.clock = clock;
    retries = new RetryRate<>(clock);
  }

  /** Adds a key unless it waits already; does nothing after {@link #close}. */
  public void add(K key) {
    lock.lock();
    try {
      if (shutDown || !dirty.add(key) || processing.contains(key)) {
        return;
      }
      queue.add(key);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Adds a key after a delay; of several delays the one that ends first counts. */
  public void addAfter(K key, Duration delay) {
    if (!delay.isPositive()) {
      add(key);
      return;
    }
    lock.lock();
    try {
      if (shutDown) {
        return;
      }
      long readyAt = clock.nanoTime() + delay.toNanos();
      Delayed before = delayed.get(key);
      if (before != null) {
        if (before.readyAtNanos - readyAt <= 0) {
          return;
        }
        before.timer.cancel();
      }
      delayed.put(key, new Delayed(readyAt, clock.schedule(delay, () -> ready(key, readyAt))));
    } finally {
      lock.unlock();
    }
  }

  private void ready(K key, long readyAt) {
    lock.lock();
    try {
      Delayed due = delayed.get(key);
      if (due == null || due.readyAtNanos != readyAt) {
        return;
      }
      delayed.remove(key);
    } finally {
      lock.unlock();
    }
    add(key);
  }

  /** Adds a key that failed, after a delay that grows from failure to failure. */
  public void addRateLimited(K key) {
    Duration delay;
    lock.lock();
    try {
      delay = retries.next(key);
    } finally {
      lock.unlock();
    }
    addAfter(key, delay);
  }

  /** Forgets the failures of a key: its next failure is its first. */
  public void forget(K key) {
    lock.lock();
    try {
      retries.forget(key);
    } finally {
      lock.unlock();
    }
  }

  /** How often a key failed since it was last forgotten. */
  public int failures(K key) {
    lock.lock();
    try {
      return retries.failures(key);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Blocks for the next key. Whoever takes a key must call {@link #done} with it.
   *
   * @return null when the queue is closed and empty
   */
  public @Nullable K take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (queue.isEmpty() && !shutDown) {
        changed.await();
      }
      K key = queue.poll();
      if (key != null) {
        dirty.remove(key);
        processing.add(key);
      }
      return key;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the work on a key; if it was added meanwhile, it waits again. */
  public void done(K key) {
    lock.lock();
    try {
      processing.remove(key);
      if (dirty.contains(key)) {
        queue.add(key);
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many keys wait now. */
  public int size() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more keys; those that wait are still given out. */
  @Override
  public void close() {
    lock.lock();
    try {
      shutDown = true;
      delayed.values().forEach(due -> due.timer.cancel());
      delayed.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
