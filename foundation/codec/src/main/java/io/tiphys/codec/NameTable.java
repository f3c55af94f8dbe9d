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

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private record Entry(byte[] ascii, String name) {}

  private final @Nullable Entry[] slots = new Entry[SLOTS];

  /** The name spelled by {@code length} bytes of ASCII. */
  String get(byte[] input, int from, int length) {
    if (length == 0) {
      return "";
    }
    if (length > MAX_LENGTH) {
      return new String(input, from, length, StandardCharsets.ISO_8859_1);
    }
    int slot = slot(input, from, length);
    Entry first = slots[slot];
    if (matches(first, input, from, length)) {
      return first.name;
    }
    Entry second = slots[slot ^ 1];
    if (matches(second, input, from, length)) {
      return second.name;
    }
    byte[] ascii = Arrays.copyOfRange(input, from, from + length);
    Entry entry = new Entry(ascii, new String(ascii, StandardCharsets.ISO_8859_1));
    slots[slot ^ 1] = first;
    slots[slot] = entry;
    return entry.name;
  }

  @org.jspecify.annotations.NullUnmarked
  private static boolean matches(Entry entry, byte[] input, int from, int length) {
    return entry != null
        && entry.ascii.length == length
        && Arrays.equals(entry.ascii, 0, length, input, from, from + length);
  }

  private static int slot(byte[] input, int from, int length) {
    long head;
    long tail;
    if (from + 8 <= input.length) {
      head = (long) LONGS.get(input, from);
      if (length >= 8) {
        tail = (long) LONGS.get(input, from + length - 8);
      } else {
        head &= (1L << (8 * length)) - 1;
        tail = head;
      }
    } else {
      head = 0;
      for (int i = from; i < from + length; i++) {
        head = head << 8 | input[i];
      }
      tail = 0;
    }
    long hash = (head * 0x9E3779B97F4A7C15L ^ tail) * 0xC2B2AE3D27D4EB4FL + length;
    return (int) ((hash ^ hash >>> 29) >>> 20) & (SLOTS - 1);
  }
}
