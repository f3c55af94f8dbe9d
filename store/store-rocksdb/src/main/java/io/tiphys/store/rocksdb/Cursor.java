package io.tiphys.store.rocksdb;

import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Walks over one unchanging view of the database. Used by one thread. */
final class Cursor implements AutoCloseable {
  private final RocksIterator iterator;
  private final byte[] flags = new byte[1];

  Cursor(RocksDB db) {
    iterator = db.newIterator();
  }

  /** Goes to the first place at or after {@code target}; null when there is none. */
  byte @Nullable [] seek(byte[] target) throws RocksDBException {
    iterator.seek(target);
    return place();
  }

  /** Goes to the last place at or before {@code target}; null when there is none. */
  byte @Nullable [] seekBack(byte[] target) throws RocksDBException {
    iterator.seekForPrev(target);
    return place();
  }

  byte @Nullable [] next() throws RocksDBException {
    iterator.next();
    return place();
  }

  private byte @Nullable [] place() throws RocksDBException {
    if (iterator.isValid()) {
      return iterator.key();
    }
    iterator.status();
    return null;
  }

  byte[] value() {
    return iterator.value();
  }

  /** Goes to a key's newest version that is not younger than {@code revision}. */
  @Nullable Version version(byte[] versionsOfKey, long revision) throws RocksDBException {
    byte[] place = seek(Layout.version(versionsOfKey, revision));
    return place != null && Layout.isVersionOf(versionsOfKey, place)
        ? Version.decode(place, value())
        : null;
  }

  /** Whether the version this cursor is at is a deletion, without copying its value. */
  boolean atDeletion() {
    iterator.value(flags);
    return Version.isDeleted(flags[0]);
  }

  @Override
  public void close() {
    iterator.close();
  }
}
