package io.tiphys.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes one protobuf message to a growing array; what the generated records are written with.
 *
 * <pre>{@code
 * int mark = out.beginMessage(1);
 * metadata.writeProto(out);
 * out.endMessage(mark);
 * out.writeInt32(2, replicas);
 * }</pre>
 *
 * <p>Writes what it is told, empty values too: what is absent is for the caller to know.
 */
public final class ProtoWriter {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** The longest varint. */
  private static final int MAX_VARINT = 10;

  private byte[] buffer;
  private int size;

  public ProtoWriter() {
    this(512);
  }

  /**
   * @param expectedSize in bytes; a good guess saves copies
   */
  public ProtoWriter(int expectedSize) {
    buffer = new byte[Math.max(16, expectedSize)];
  }

  public void writeString(int field, String value) {
    int length = value.length();
    reserve(2 * MAX_VARINT + 3 * length);
    putVarint((long) field << 3 | ProtoReader.LENGTH_DELIMITED);
    if (length <= 0x7f && putAscii(value, length)) {
      return;
    }
    byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
    putVarint(encoded.length);
    System.arraycopy(encoded, 0, buffer, size, encoded.length);
    size += encoded.length;
  }

  public void writeBytes(int field, Bytes value) {
    reserve(2 * MAX_VARINT + value.size());
    putVarint((long) field << 3 | ProtoReader.LENGTH_DELIMITED);
    putVarint(value.size());
    System.arraycopy(value.array(), 0, buffer, size, value.size());
    size += value.size();
  }

  public void writeInt32(int field, int value) {
    writeInt64(field, value);
  }

  public void writeInt64(int field, long value) {
    reserve(2 * MAX_VARINT);
    putVarint((long) field << 3 | ProtoReader.VARINT);
    putVarint(value);
  }

  public void writeBool(int field, boolean value) {
    writeInt64(field, value ? 1 : 0);
  }

  public void writeDouble(int field, double value) {
    reserve(MAX_VARINT + 8);
    putVarint((long) field << 3 | ProtoReader.FIXED64);
    LONGS.set(buffer, size, Double.doubleToRawLongBits(value));
    size += 8;
  }

  /**
   * Begins a nested message: a field, a list's element or a map's entry (key 1, value 2).
   *
   * @return what {@link #endMessage} must be given
   */
  public int beginMessage(int field) {
    reserve(MAX_VARINT + 1);
    putVarint((long) field << 3 | ProtoReader.LENGTH_DELIMITED);
    return ++size;
  }

  /** Ends the nested message that began at {@code mark}. */
  public void endMessage(int mark) {
    int length = size - mark;
    // One byte was left for the length. A longer one moves the message: cheaper than to measure
    // every message before writing it.
    int more = varintSize(length) - 1;
    if (more > 0) {
      reserve(more);
      System.arraycopy(buffer, mark, buffer, mark + more, length);
    }
    size = mark - 1;
    putVarint(length);
    size += length;
  }

  /** Writes a {@code map<string, string>}, keys in order as Kubernetes does. */
  public void writeStringMap(int field, Map<String, String> map) {
    if (map.isEmpty()) {
      return;
    }
    Map<String, String> ordered = map.size() == 1 ? map : new TreeMap<>(map);
    ordered.forEach(
        (key, value) -> {
          int mark = beginMessage(field);
          writeString(1, key);
          writeString(2, value);
          endMessage(mark);
        });
  }

  /** What was written so far. */
  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, size);
  }

  private boolean putAscii(String value, int length) {
    int start = size + 1;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c > 0x7f) {
        return false;
      }
      buffer[start + i] = (byte) c;
    }
    buffer[size] = (byte) length;
    size = start + length;
    return true;
  }

  private void putVarint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      buffer[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    buffer[size++] = (byte) rest;
  }

  private static int varintSize(int value) {
    return value < 0 ? MAX_VARINT : (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
  }

  private void reserve(int count) {
    int needed = Math.addExact(size, count);
    if (needed > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(needed, buffer.length + (buffer.length >> 1)));
    }
  }
}
