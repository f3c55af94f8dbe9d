package io.tiphys.store.etcd;

import io.tiphys.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Has the feed come to where etcd is, for all who ask: one write at a time, and whoever asks while
 * it is under way is served by the next one, since it may be older than his question.
 */
final class Progress {
  private final LongSupplier touch;
  private final Reached reached;
  private final Queue<Runnable> asking = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean touching = new AtomicBoolean();

  /** Runs something when the feed has come to a revision. */
  @FunctionalInterface
  interface Reached {
    void then(long revision, Runnable action);
  }

  /**
   * @param touch has something happen in etcd that the feed will see; its revision
   */
  Progress(LongSupplier touch, Reached reached) {
    this.touch = touch;
    this.reached = reached;
  }

  /** Runs {@code action} when the feed is where etcd is now. */
  void ask(Runnable action) {
    asking.add(action);
    while (!asking.isEmpty() && touching.compareAndSet(false, true)) {
      try {
        serve();
      } catch (StoreException _) {
        // Whoever waits for progress waits a while, and then fails as the store does.
      } finally {
        touching.set(false);
      }
    }
  }

  private void serve() {
    List<Runnable> served = new ArrayList<>();
    for (Runnable action = asking.poll(); action != null; action = asking.poll()) {
      served.add(action);
    }
    if (!served.isEmpty()) {
      reached.then(touch.getAsLong(), () -> served.forEach(Runnable::run));
    }
  }
}
