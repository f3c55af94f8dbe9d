package io.tiphys.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Names met lately, so that a field name or a label key is one {@code String} however often it is
 * read: no garbage, and its hash is known to the {@code switch} that follows.
 *
 * <p>Races are harmless: an entry is immutable, and losing one costs a copy. Foreign names may push
 * ours out; they cost time, not memory.
 */
final class NameTable {
  static final NameTable SHARED = new NameTable();

  /** The built-in kinds have some 1,500 names; the rest is for label and annotation keys. */
  private static final int SLOTS = 8192;

  /** Longer than any field name; what is longer is hardly a name. */
  private static final int MAX_LENGTH = 96;

  private static final byte[] NOTHING = {};

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /**
   * A name; its first and last eight bytes tell names of up to sixteen apart.
   *
   * @param ascii empty if head and tail say it all
   */
  private record Entry(long head, long tail, int length, byte[] ascii, String name) {}

  private final @Nullable Entry[] slots = new Entry[SLOTS];

  /** The name spelled by {@code length} bytes of ASCII. */
  String get(byte[] input, int from, int length) {
    if (length == 0) {
      return "";
    }
    if (length > MAX_LENGTH || from + 8 > input.length) {
      return new String(input, from, length, StandardCharsets.ISO_8859_1);
    }
    long head = (long) LONGS.get(input, from);
    long tail = 0;
    if (length >= 8) {
      tail = (long) LONGS.get(input, from + length - 8);
    } else {
      head &= (1L << (8 * length)) - 1;
    }
    long hash = (head * 0x9E3779B97F4A7C15L ^ tail) * 0xC2B2AE3D27D4EB4FL + length;
    int slot = (int) ((hash ^ hash >>> 29) >>> 20) & (SLOTS - 1);
    for (int i = 0; i < 2; i++) {
      Entry entry = slots[slot ^ i];
      if (entry != null
          && entry.head == head
          && entry.tail == tail
          && entry.length == length
          && (length <= 16 || Arrays.equals(entry.ascii, 0, length, input, from, from + length))) {
        return entry.name;
      }
    }
    byte[] ascii = Arrays.copyOfRange(input, from, from + length);
    String name = new String(ascii, StandardCharsets.ISO_8859_1);
    slots[slot ^ 1] = slots[slot];
    slots[slot] = new Entry(head, tail, length, length <= 16 ? NOTHING : ascii, name);
    return name;
  }
}
