package io.tiphys.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.store.StoreException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Gives back the space of compacted revisions, behind the writers' backs. It follows the log from
 * where it stopped last: a change makes the version before it superfluous, and a deletion itself as
 * well. So the work is that of the changes, however large the store is, and each small step leaves
 * the mark of its progress in the same batch.
 */
final class Sweeper implements Lifecycle {
  private static final System.Logger LOG = System.getLogger(Sweeper.class.getName());

  /** Changes per step: a batch of some kilobytes, which delays a commit by microseconds. */
  private static final int STEP = 256;

  private final Database database;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Loops.Loop worker;
  private long swept;
  private long target;
  private boolean paused;
  private boolean closed;

  /**
   * @param swept everything up to this revision was swept before
   * @param target sweep up to this one
   */
  Sweeper(Database database, long swept, long target, Loops loops) {
    this.database = database;
    this.swept = swept;
    this.target = target;
    this.worker = loops.startOnPlatform("store-sweeper", this::run);
  }

  /** Asks for a sweep up to a compacted revision; does not wait for it. */
  void sweep(long compacted) {
    lock.lock();
    try {
      target = Math.max(target, compacted);
      paused = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until everything asked for is swept. */
  void awaitIdle() throws InterruptedException {
    lock.lock();
    try {
      while (swept < target && !closed) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() throws InterruptedException {
    for (Span next = awaitWork(); next != null; next = awaitWork()) {
      trySweep(next);
    }
  }

  private void trySweep(Span span) {
    try {
      sweep(span);
    } catch (StoreException e) {
      LOG.log(System.Logger.Level.WARNING, "sweeping pauses until the next compaction", e);
      lock.lock();
      try {
        paused = true;
      } finally {
        lock.unlock();
      }
    }
  }

  private @Nullable Span awaitWork() throws InterruptedException {
    lock.lock();
    try {
      while ((swept == target || paused) && !closed) {
        changed.await();
      }
      return closed ? null : new Span(swept, Math.min(target, swept + STEP), target);
    } finally {
      lock.unlock();
    }
  }

  private void sweep(Span span) {
    try (var batch = new WriteBatch()) {
      database.read(
          db -> {
            collect(db, span, batch);
            return true;
          });
      database.writeUnhurried(batch);
    }
    lock.lock();
    try {
      swept = span.last;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static void collect(RocksDB db, Span span, WriteBatch batch) throws RocksDBException {
    try (var log = new Cursor(db);
        var versions = new Cursor(db)) {
      byte[] place = log.seek(Layout.log(span.after + 1));
      while (place != null && Layout.isLog(place) && Layout.logRevision(place) <= span.last) {
        String key = new String(log.value(), UTF_8);
        collect(versions, Layout.versionsOf(key), Layout.logRevision(place), batch);
        place = log.next();
      }
    }
    if (span.last == span.target) {
      batch.deleteRange(Layout.log(0), Layout.log(span.last + 1));
    }
    batch.put(Layout.SWEPT, Layout.number(span.last));
  }

  private static void collect(Cursor cursor, byte[] key, long revision, WriteBatch batch)
      throws RocksDBException {
    byte[] place = cursor.seek(Layout.version(key, revision));
    if (place == null || !Layout.isVersionOf(key, place)) {
      return;
    }
    if (Layout.revisionOf(place) == revision) {
      if (cursor.atDeletion()) {
        batch.delete(place);
      }
      place = cursor.next();
    }
    if (place != null && Layout.isVersionOf(key, place)) {
      batch.delete(place);
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    worker.close();
  }

  private record Span(long after, long last, long target) {}
}
