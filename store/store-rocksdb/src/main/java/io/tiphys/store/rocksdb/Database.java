package io.tiphys.store.rocksdb;

import io.tiphys.base.Lifecycle;
import io.tiphys.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The open RocksDB, guarded so that nobody touches its native memory once it is closed, and able to
 * be opened anew after a failed write. Thread-safe.
 */
final class Database implements Lifecycle {
  private static final System.Logger LOG = System.getLogger(Database.class.getName());

  /**
   * Free space needed before a database that ran out of it is opened anew: opening writes the
   * memory tables out and begins new logs. With less it would fail and cost reading as well.
   */
  private static final long SPACE_TO_REOPEN = 2 * Tuning.MEMTABLE_BYTES;

  private final Path folder;
  private final Tuning tuning = new Tuning();
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final WriteOptions unhurried = new WriteOptions().setLowPri(true);

  /** Held shared while the database is used, exclusively while it is closed or opened anew. */
  private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();

  private @Nullable RocksDB db;
  private boolean closed;

  Database(Path folder) {
    this.folder = folder;
    try {
      db = RocksDB.open(tuning.options(), folder.toString());
    } catch (RocksDBException e) {
      freeNative();
      throw failure(e);
    }
  }

  /** Runs {@code work} on the open database; what it opens must be closed when it returns. */
  <T> T read(Work<T> work) {
    use.readLock().lock();
    try {
      return work.on(open());
    } catch (RocksDBException e) {
      throw failure(e);
    } finally {
      use.readLock().unlock();
    }
  }

  /** Returns when the batch is on the disk. */
  void writeSynced(WriteBatch batch) {
    write(synced, batch);
  }

  /** Returns when the value is on the disk. */
  void writeSynced(byte[] place, byte[] value) {
    use.readLock().lock();
    try {
      open().put(synced, place, value);
    } catch (RocksDBException e) {
      throw failure(e);
    } finally {
      use.readLock().unlock();
    }
  }

  /** Writes what may be lost in a crash and gives way to more urgent work. */
  void writeUnhurried(WriteBatch batch) {
    write(unhurried, batch);
  }

  private void write(WriteOptions options, WriteBatch batch) {
    use.readLock().lock();
    try {
      open().write(options, batch);
    } catch (RocksDBException e) {
      throw failure(e);
    } finally {
      use.readLock().unlock();
    }
  }

  private RocksDB open() {
    if (db == null) {
      throw closed
          ? StoreException.closed()
          : new StoreException("the store in " + folder + " cannot be read");
    }
    return db;
  }

  /**
   * Opens the database anew after a failed write, since only its files know what became of that
   * write. Falls back to reading only.
   *
   * @throws StoreException when it still cannot be written
   */
  void reopen() {
    long usable = usableSpace();
    if (usable < SPACE_TO_REOPEN) {
      throw noSpace(
          "%d MB free, %d needed to go on".formatted(usable >> 20, SPACE_TO_REOPEN >> 20));
    }
    use.writeLock().lock();
    try {
      if (closed) {
        throw StoreException.closed();
      }
      closeDb();
      db = RocksDB.open(tuning.options(), folder.toString());
      LOG.log(System.Logger.Level.INFO, "the store in {0} takes writes again", folder);
    } catch (RocksDBException e) {
      db = openReadOnly();
      throw failure(e);
    } finally {
      use.writeLock().unlock();
    }
  }

  private @Nullable RocksDB openReadOnly() {
    try {
      return RocksDB.openReadOnly(tuning.options(), folder.toString());
    } catch (RocksDBException e) {
      LOG.log(System.Logger.Level.ERROR, "the store in " + folder + " cannot even be read", e);
      return null;
    }
  }

  private long usableSpace() {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      throw new StoreException("cannot ask for the free space of " + folder + ": " + e, e);
    }
  }

  private StoreException failure(RocksDBException e) {
    Status status = e.getStatus();
    if (status != null && status.getSubCode() == Status.SubCode.NoSpace) {
      return noSpace(e.getMessage());
    }
    return new StoreException("the store in " + folder + " failed: " + e.getMessage(), e);
  }

  private StoreException noSpace(@Nullable String detail) {
    return new StoreException(
        StoreException.Reason.NO_SPACE,
        "no space left for the store in " + folder + ": free some on its disk (" + detail + ")");
  }

  @Override
  public void close() {
    use.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        closeDb();
        freeNative();
      }
    } finally {
      use.writeLock().unlock();
    }
  }

  private void closeDb() {
    if (db != null) {
      db.close();
      db = null;
    }
  }

  private void freeNative() {
    synced.close();
    unhurried.close();
    tuning.close();
  }

  /** Something done on the open database. */
  @FunctionalInterface
  interface Work<T> {
    T on(RocksDB db) throws RocksDBException;
  }
}
