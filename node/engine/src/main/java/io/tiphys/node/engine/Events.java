package io.tiphys.node.engine;

import io.tiphys.node.cri.ContainerEvent;
import io.tiphys.node.cri.ContainerEventStream;
import io.tiphys.node.cri.CriException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Hands each event to every reader. A reader that does not keep up is cut off and told so. */
final class Events {
  /** Several for each of the most pods a node holds (110 by default) to come at once. */
  private static final int BACKLOG = 4096;

  private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();

  ContainerEventStream subscribe() {
    Subscription subscription = new Subscription();
    subscriptions.add(subscription);
    return subscription;
  }

  boolean isHeard() {
    return !subscriptions.isEmpty();
  }

  void publish(ContainerEvent event) {
    subscriptions.forEach(subscription -> subscription.offer(event));
  }

  void close() {
    subscriptions.forEach(Subscription::close);
  }

  private final class Subscription implements ContainerEventStream {
    private final Deque<ContainerEvent> backlog = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean closed;
    private boolean overrun;

    void offer(ContainerEvent event) {
      lock.lock();
      try {
        if (closed) {
          return;
        }
        if (backlog.size() == BACKLOG) {
          overrun = true;
          backlog.clear();
          close();
          return;
        }
        backlog.add(event);
        changed.signal();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public @Nullable ContainerEvent next() throws InterruptedException {
      lock.lock();
      try {
        while (backlog.isEmpty() && !closed) {
          changed.await();
        }
        if (overrun) {
          overrun = false;
          throw new CriException(
              CriException.Code.RESOURCE_EXHAUSTED, "more than " + BACKLOG + " events unread");
        }
        return backlog.poll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      subscriptions.remove(this);
      lock.lock();
      try {
        closed = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
