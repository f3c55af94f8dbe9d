package io.tiphys.simulation;

import io.tiphys.simulation.runtime.SimulatedProcess;
import io.tiphys.store.Watch;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A watch of the store by a server that may be killed: a thread of the disk waits in the store, and
 * the server's waits here, for a killed thread stays in whatever queue it stands.
 */
final class DiskWatch implements Watch {
  private final Watch watch;
  private final SimulatedProcess disk;
  private final Faults faults;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Deque<Batch> batches = new ArrayDeque<>();
  private @Nullable Next end;

  DiskWatch(Watch watch, SimulatedProcess disk, Faults faults) {
    this.watch = watch;
    this.disk = disk;
    this.faults = faults;
    disk.start("disk-watch", this::follow);
  }

  private void follow() {
    try {
      Next next = watch.next();
      while (next instanceof Batch batch) {
        Delays.upTo(disk, faults.feedDelayMillis);
        tell(batch);
        next = watch.next();
      }
      tell(next);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(Next next) {
    lock.lock();
    try {
      if (next instanceof Batch batch) {
        batches.add(batch);
      } else if (end == null) {
        end = next;
      }
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Next next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        Batch batch = batches.poll();
        if (batch != null) {
          return batch;
        }
        if (end != null) {
          return end;
        }
        arrived.await();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void requestProgress() {
    watch.requestProgress();
  }

  @Override
  public void close() {
    watch.close();
    tell(new Closed());
  }
}
