package io.tiphys.simulation;

import io.tiphys.simulation.runtime.SimulatedProcess;
import io.tiphys.store.CompactedException;
import io.tiphys.store.Store;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A watch of the store by a server that may be killed: a thread of the disk waits in the store, and
 * the server's waits here, for a killed thread stays in whatever queue it stands.
 */
final class DiskWatch implements Store.Watch {
  private final Store.Watch watch;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Deque<List<Store.Event>> batches = new ArrayDeque<>();
  private boolean ended;
  private @Nullable CompactedException failure;

  DiskWatch(Store.Watch watch, SimulatedProcess disk) {
    this.watch = watch;
    disk.start("disk-watch", this::follow);
  }

  private void follow() {
    try {
      for (List<Store.Event> batch = watch.next(); batch != null; batch = watch.next()) {
        tell(batch, null);
      }
      tell(null, null);
    } catch (CompactedException e) {
      tell(null, e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(@Nullable List<Store.Event> batch, @Nullable CompactedException thrown) {
    lock.lock();
    try {
      if (batch == null) {
        ended = true;
        failure = thrown;
      } else {
        batches.add(batch);
      }
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable List<Store.Event> next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (batches.isEmpty()) {
        if (failure != null) {
          throw failure;
        }
        if (ended) {
          return null;
        }
        arrived.await();
      }
      return batches.poll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    watch.close();
    tell(null, null);
  }
}
