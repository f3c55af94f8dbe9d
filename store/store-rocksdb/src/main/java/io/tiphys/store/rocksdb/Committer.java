package io.tiphys.store.rocksdb;

import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.store.Store.Outcome;
import io.tiphys.store.Store.Put;
import io.tiphys.store.Store.Txn;
import io.tiphys.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The one thread that writes. Writers queue; it takes all that wait, has them made durable with one
 * sync and lets the writers go. While one sync runs the next group gathers, so throughput grows
 * with the number of writers and none waits for more than two syncs.
 */
final class Committer implements Lifecycle {
  /** Writers that may wait; more of them wait outside. Far more than request handlers exist. */
  private static final int QUEUE = 4096;

  /** Writes in one group: a sync costs about as much as writing some hundred objects. */
  private static final int GROUP = 512;

  /** Bytes in one group: half a memory table; one write alone may be larger. */
  private static final long GROUP_BYTES = Tuning.MEMTABLE_BYTES / 2;

  private final BlockingQueue<Pending> queue = new ArrayBlockingQueue<>(QUEUE);
  private final Step step;
  private final Loops.Loop worker;
  private volatile boolean closed;

  Committer(Step step, Loops loops) {
    this.step = step;
    this.worker = loops.startOnPlatform("store-committer", this::run);
  }

  /** Returns when the write is durable, or refused. */
  Outcome commit(Txn txn) {
    var pending = new Pending(txn, new CompletableFuture<>());
    enqueue(pending);
    if (closed && queue.remove(pending)) {
      throw closedFailure();
    }
    try {
      return pending.answer.join();
    } catch (CompletionException e) {
      // The cause was made on the committer's thread; a trace from here says who wrote.
      throw e.getCause() instanceof StoreException known
          ? new StoreException(known)
          : new StoreException("a write failed", e);
    }
  }

  private void enqueue(Pending pending) {
    if (closed) {
      throw closedFailure();
    }
    try {
      queue.put(pending);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted before the write began", e);
    }
  }

  private static StoreException closedFailure() {
    return StoreException.closed();
  }

  private void run() throws InterruptedException {
    while (!closed) {
      commitGroup(takeGroup());
    }
  }

  private List<Pending> takeGroup() throws InterruptedException {
    List<Pending> group = new ArrayList<>();
    Pending next = queue.take();
    long bytes = 0;
    while (next != null) {
      group.add(next);
      bytes += bytes(next.txn);
      next = group.size() < GROUP && bytes < GROUP_BYTES ? queue.poll() : null;
    }
    return group;
  }

  private static long bytes(Txn txn) {
    long bytes = 0;
    for (Put put : txn.puts()) {
      bytes += put.key().length() + put.value().length;
    }
    return bytes;
  }

  private void commitGroup(List<Pending> group) {
    try {
      List<Outcome> outcomes = step.commit(group.stream().map(Pending::txn).toList());
      for (int i = 0; i < group.size(); i++) {
        group.get(i).answer.complete(outcomes.get(i));
      }
    } catch (RuntimeException | Error e) {
      group.forEach(pending -> pending.answer.completeExceptionally(e));
    }
  }

  /** Ends the thread after the group it works on; whoever waits then gets an exception. */
  @Override
  public void close() {
    closed = true;
    worker.close();
    for (Pending next = queue.poll(); next != null; next = queue.poll()) {
      next.answer.completeExceptionally(closedFailure());
    }
  }

  /** Makes a group of transactions durable and visible. */
  @FunctionalInterface
  interface Step {
    /**
     * @return an outcome per transaction
     */
    List<Outcome> commit(List<Txn> txns);
  }

  private record Pending(Txn txn, CompletableFuture<Outcome> answer) {}
}
