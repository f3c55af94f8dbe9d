package io.tiphys.store.rocksdb;

import io.tiphys.store.Store.Entry;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a key held from one revision on.
 *
 * @param deleted nothing: the key was deleted at this revision
 * @param mortal the key has a time to live
 */
record Version(Entry entry, boolean deleted, boolean mortal) {
  private static final int DELETED = 1;
  private static final int MORTAL = 2;
  private static final int HEADER = 1 + Long.BYTES;

  static Version decode(byte[] place, byte[] stored) {
    long created = ByteBuffer.wrap(stored).getLong(1);
    byte[] value = Arrays.copyOfRange(stored, HEADER, stored.length);
    var entry = new Entry(Layout.keyOf(place), value, created, Layout.revisionOf(place));
    return new Version(entry, isDeleted(stored[0]), (stored[0] & MORTAL) != 0);
  }

  byte[] encode() {
    byte[] value = entry.value();
    return ByteBuffer.allocate(HEADER + value.length)
        .put((byte) ((deleted ? DELETED : 0) | (mortal ? MORTAL : 0)))
        .putLong(entry.createRevision())
        .put(value)
        .array();
  }

  static boolean isDeleted(byte flags) {
    return (flags & DELETED) != 0;
  }

  static @Nullable Entry live(@Nullable Version version) {
    return version == null || version.deleted ? null : version.entry;
  }
}
