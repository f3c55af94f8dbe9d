package io.tiphys.store.etcd;

import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.store.StoreException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks etcd how far it has come, once for all who ask while an answer is on its way: that answer
 * may be older than their question, the next one is not.
 */
final class ReadIndex implements Lifecycle {
  private final LongSupplier question;
  private final Loops.Loop loop;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition asked = lock.newCondition();
  private @Nullable CompletableFuture<Long> next;
  private boolean closed;

  /**
   * @param question blocks for the answer
   */
  ReadIndex(LongSupplier question, Loops loops) {
    this.question = question;
    loop = loops.start("etcd-read-index", this::run);
  }

  CompletableFuture<Long> ask() {
    lock.lock();
    try {
      if (closed) {
        return CompletableFuture.failedFuture(StoreException.closed());
      }
      if (next == null) {
        next = new CompletableFuture<>();
        asked.signal();
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  private void run() throws InterruptedException {
    while (true) {
      CompletableFuture<Long> answer = take();
      try {
        answer.complete(question.getAsLong());
      } catch (RuntimeException e) {
        answer.completeExceptionally(e);
      }
    }
  }

  private CompletableFuture<Long> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (next == null) {
        asked.await();
      }
      CompletableFuture<Long> taken = next;
      next = null;
      return taken;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      if (next != null) {
        next.completeExceptionally(StoreException.closed());
      }
    } finally {
      lock.unlock();
    }
    loop.close();
  }
}
