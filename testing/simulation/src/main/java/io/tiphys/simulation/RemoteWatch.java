package io.tiphys.simulation;

import io.tiphys.client.WatchEvent;
import io.tiphys.client.WatchStream;
import io.tiphys.simulation.runtime.SimulatedProcess;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The client's end of a watch. */
final class RemoteWatch<T> implements WatchStream<T> {
  private final SimulatedProcess client;
  private final Consumer<WatchEvent<T>> onEvent;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Deque<WatchEvent<T>> events = new ArrayDeque<>();
  private boolean ended;
  private Runnable onClose = () -> {};

  /**
   * @param onEvent told of each event as it is read
   */
  RemoteWatch(SimulatedProcess client, Consumer<WatchEvent<T>> onEvent) {
    this.client = client;
    this.onEvent = onEvent;
  }

  SimulatedProcess client() {
    return client;
  }

  void onClose(Runnable action) {
    onClose = action;
  }

  /** Returns whether anybody still listens. */
  boolean offer(WatchEvent<T> event) {
    lock.lock();
    try {
      if (ended || !client.isAlive()) {
        return false;
      }
      events.add(event);
      arrived.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more comes; what has come is still read. */
  void end() {
    lock.lock();
    try {
      ended = true;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable WatchEvent<T> next() throws InterruptedException {
    WatchEvent<T> event = take();
    if (event != null) {
      onEvent.accept(event);
    }
    return event;
  }

  private @Nullable WatchEvent<T> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (events.isEmpty()) {
        if (ended) {
          return null;
        }
        arrived.await();
      }
      return events.poll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    end();
    onClose.run();
  }
}
