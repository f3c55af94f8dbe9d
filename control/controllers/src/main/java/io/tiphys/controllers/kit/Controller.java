package io.tiphys.controllers.kit;

import io.tiphys.api.ApiFailure;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.client.WorkQueue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A named loop: workers take keys from a queue and reconcile them. A failed key comes back with
 * growing delays (see {@link WorkQueue}), however often it fails; upstream gives some up after 15
 * failures, which level-triggered work need not.
 */
public final class Controller<K> implements Lifecycle {
  private static final Logger log = System.getLogger(Controller.class.getName());

  private final String name;
  private final int workers;
  private final Reconciler<K> reconciler;
  private final WorkQueue<K> queue;
  private final Loops loops;
  private final List<Loops.Loop> running = new ArrayList<>();

  /**
   * @param workers how many keys are worked on at a time
   */
  public Controller(String name, int workers, Clock clock, Loops loops, Reconciler<K> reconciler) {
    this.name = name;
    this.workers = workers;
    this.reconciler = reconciler;
    this.queue = new WorkQueue<>(clock);
    this.loops = loops;
  }

  /** Has the key looked at soon. Keys may be added before the start. */
  public void enqueue(K key) {
    queue.add(key);
  }

  /** Starts the workers; the informers they read should have synced. */
  public synchronized void start() {
    for (int i = running.size(); i < workers; i++) {
      running.add(loops.start(name, String.valueOf(i), this::work));
    }
  }

  private void work() throws InterruptedException {
    while (step()) {
      // Until the queue is closed and empty.
    }
  }

  /**
   * Blocks for one key and reconciles it: what each worker does over and over, and what a test or a
   * simulation may do in its place.
   *
   * @return whether there was a key; false when the controller is closed
   */
  public boolean step() throws InterruptedException {
    K key = queue.take();
    if (key == null) {
      return false;
    }
    try {
      Result result = reconciler.reconcile(key);
      if (result instanceof Result.RetryLater) {
        queue.addRateLimited(key);
        return true;
      }
      queue.forget(key);
      if (result instanceof Result.RetryAfter(var delay)) {
        queue.addAfter(key, delay);
      }
    } catch (RuntimeException | Error e) {
      report(key, e);
      queue.addRateLimited(key);
    } finally {
      queue.done(key);
    }
    return true;
  }

  /** Reconciles what waits now and what that adds, on the calling thread; for tests. */
  public void drain() throws InterruptedException {
    while (queue.size() > 0) {
      step();
    }
  }

  private void report(K key, Throwable e) {
    // Losing a race against another writer is part of the game, and its cure is to look again.
    boolean expected = e instanceof ApiFailure failure && failure.isConflict();
    @Nullable Throwable trace = expected || e instanceof ApiFailure ? null : e;
    String message = name + ": error syncing " + key + ", requeuing: " + e.getMessage();
    log.log(expected ? Level.DEBUG : Level.WARNING, message, trace);
  }

  /** Takes no more keys, interrupts the workers and waits for them. */
  @Override
  public void close() {
    queue.close();
    List<Loops.Loop> started;
    synchronized (this) {
      started = List.copyOf(running);
    }
    started.forEach(Loops.Loop::stop);
    started.forEach(Loops.Loop::close);
  }
}
