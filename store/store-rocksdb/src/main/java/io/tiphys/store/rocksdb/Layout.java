package io.tiphys.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * How things lie in RocksDB. Everything is in one sorted space, told apart by its first byte:
 *
 * <pre>
 *   'e' key 00 01 ~revision → flags createRevision value   every version of every key
 *   'r' revision [index]    → key                          the log: which keys a revision changed
 *   't' key                 → revision deadline timeToLive keys that end, in wall-clock millis
 *   'm' name                → revision                     marks: compacted, swept
 * </pre>
 *
 * <p>A value is written once. The inverted revision puts a key's newest version first, so a range
 * at any revision is one forward scan in key order without an index in memory, opening a store
 * costs the same whatever its size, and the version before a change is the next one in the scan.
 * (etcd keeps revision → value on disk and an index of all keys in memory, which it builds at every
 * start and from which every range jumps to each value.) Zero bytes in keys become {@code 00 ff},
 * so that the terminator keeps the order of keys.
 */
final class Layout {
  /** The version of this layout; raise it with every change that older programs cannot read. */
  static final int FORMAT = 2;

  static final byte[] COMPACTED = {'m', 'c'};
  static final byte[] SWEPT = {'m', 's'};
  static final byte[] FIRST_MORTAL = {'t'};

  private static final byte ENTRY = 'e';
  private static final byte LOG = 'r';
  private static final byte MORTAL = 't';
  private static final byte END = 1;
  private static final byte ESCAPED = (byte) 0xff;

  private Layout() {}

  /** What all versions of a key begin with. */
  static byte[] versionsOf(String key) {
    byte[] utf8 = key.getBytes(UTF_8);
    int zeros = 0;
    for (byte b : utf8) {
      zeros += b == 0 ? 1 : 0;
    }
    ByteBuffer out = ByteBuffer.allocate(utf8.length + zeros + 3).put(ENTRY);
    for (byte b : utf8) {
      out.put(b);
      if (b == 0) {
        out.put(ESCAPED);
      }
    }
    return out.put((byte) 0).put(END).array();
  }

  /** Where the newest version lies that is not younger than {@code revision}. */
  static byte[] version(byte[] versionsOfKey, long revision) {
    int length = versionsOfKey.length;
    return ByteBuffer.wrap(Arrays.copyOf(versionsOfKey, length + Long.BYTES))
        .putLong(length, ~revision)
        .array();
  }

  /** The same key's version that is not younger than {@code revision}. */
  static byte[] atRevision(byte[] version, long revision) {
    byte[] place = version.clone();
    ByteBuffer.wrap(place).putLong(place.length - Long.BYTES, ~revision);
    return place;
  }

  /** The first place after all versions of the key that {@code version} is one of. */
  static byte[] afterVersions(byte[] version) {
    byte[] after = Arrays.copyOf(version, version.length - Long.BYTES);
    after[after.length - 1] = END + 1;
    return after;
  }

  static boolean isEntry(byte[] place) {
    return place[0] == ENTRY;
  }

  static boolean sameKey(byte[] version, byte[] other) {
    int length = version.length - Long.BYTES;
    return other.length == version.length && Arrays.equals(version, 0, length, other, 0, length);
  }

  static boolean isVersionOf(byte[] versionsOfKey, byte[] place) {
    int length = versionsOfKey.length;
    return place.length == length + Long.BYTES
        && Arrays.equals(versionsOfKey, 0, length, place, 0, length);
  }

  static long revisionOf(byte[] version) {
    return ~ByteBuffer.wrap(version).getLong(version.length - Long.BYTES);
  }

  static String keyOf(byte[] version) {
    int end = version.length - Long.BYTES - 2;
    byte[] utf8 = new byte[end - 1];
    int length = 0;
    for (int i = 1; i < end; i++) {
      utf8[length++] = version[i];
      if (version[i] == 0) {
        i++;
      }
    }
    return new String(utf8, 0, length, UTF_8);
  }

  /** Before all keys that a revision changed. */
  static byte[] log(long revision) {
    return ByteBuffer.allocate(1 + Long.BYTES).put(LOG).putLong(revision).array();
  }

  /**
   * Where the log has a key that a revision changed.
   *
   * @param index how many keys the same transaction changed before this one
   */
  static byte[] log(long revision, int index) {
    return index == 0
        ? log(revision)
        : ByteBuffer.allocate(1 + Long.BYTES + Short.BYTES)
            .put(LOG)
            .putLong(revision)
            .putShort((short) index)
            .array();
  }

  static boolean isLog(byte[] place) {
    return place[0] == LOG;
  }

  static long logRevision(byte[] place) {
    return ByteBuffer.wrap(place).getLong(1);
  }

  static byte[] mortal(String key) {
    byte[] utf8 = key.getBytes(UTF_8);
    return ByteBuffer.allocate(1 + utf8.length).put(MORTAL).put(utf8).array();
  }

  static boolean isMortal(byte[] place) {
    return place[0] == MORTAL;
  }

  static String mortalKey(byte[] place) {
    return new String(place, 1, place.length - 1, UTF_8);
  }

  static byte[] number(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  static long number(byte[] bytes) {
    return ByteBuffer.wrap(bytes).getLong();
  }
}
