package io.tiphys.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Reads one protobuf message, field by field; what the generated records are read with.
 *
 * <pre>{@code
 * for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
 *   switch (tag) {
 *     case 1 << 3 | 2 -> metadata = ObjectMeta.readProto(in.readMessage());
 *     case 2 << 3 -> replicas = in.readInt32();
 *     default -> in.skip(tag);
 *   }
 * }
 * }</pre>
 *
 * <p>Every fault of the input throws {@link CodecException}, in the words of the decoders that
 * Kubernetes generates (gogo/protobuf).
 */
public final class ProtoReader {
  /** Wire type of 32 and 64 bit integers, booleans and enums. */
  public static final int VARINT = 0;

  /** Wire type of doubles. */
  public static final int FIXED64 = 1;

  /** Wire type of strings, bytes, messages and map entries. */
  public static final int LENGTH_DELIMITED = 2;

  private static final int GROUP_START = 3;
  private static final int GROUP_END = 4;
  private static final int FIXED32 = 5;

  /**
   * Messages within messages. Only JSONSchemaProps nests at will, two messages a level; a thousand
   * is far beyond any real schema and far within the smallest stack.
   */
  private static final int MAX_DEPTH = 1000;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] input;
  private final int limit;
  private final int depth;
  private int position;

  /** Reads {@code input}, which must not change meanwhile. */
  public ProtoReader(byte[] input) {
    this(input, 0, input.length);
  }

  /** Reads {@code length} bytes of {@code input} from {@code offset} on. */
  public ProtoReader(byte[] input, int offset, int length) {
    this(input, offset, offset + length, 0);
  }

  private ProtoReader(byte[] input, int position, int limit, int depth) {
    this.input = input;
    this.position = position;
    this.limit = limit;
    this.depth = depth;
  }

  /** The next field's number and wire type as {@code number << 3 | wireType}; 0 at the end. */
  public int readTag() {
    if (position == limit) {
      return 0;
    }
    int tag = (int) readVarint();
    if (tag >>> 3 == 0) {
      throw new CodecException(
          "proto: illegal tag " + (tag >>> 3) + " (wire type " + (tag & 7) + ")");
    }
    return tag;
  }

  /** Whether the message, or the packed list opened by {@link #readMessage}, has been read. */
  public boolean atEnd() {
    return position == limit;
  }

  public String readString() {
    int length = readLength();
    String value = new String(input, position, length, StandardCharsets.UTF_8);
    position += length;
    return value;
  }

  public Bytes readBytes() {
    int length = readLength();
    byte[] value = new byte[length];
    System.arraycopy(input, position, value, 0, length);
    position += length;
    return Bytes.wrap(value);
  }

  public int readInt32() {
    return (int) readVarint();
  }

  public long readInt64() {
    return readVarint();
  }

  public boolean readBool() {
    return readVarint() != 0;
  }

  public double readDouble() {
    need(8);
    double value = Double.longBitsToDouble((long) LONGS.get(input, position));
    position += 8;
    return value;
  }

  /** A reader of the nested message that comes next; this one goes on behind it. */
  public ProtoReader readMessage() {
    if (depth == MAX_DEPTH) {
      throw new CodecException("proto: exceeded maximum recursion depth");
    }
    int length = readLength();
    int start = position;
    position += length;
    return new ProtoReader(input, start, position, depth + 1);
  }

  /** Reads one entry of a {@code map<string, string>} into {@code map}. */
  public void readStringEntry(Map<String, String> map) {
    ProtoReader entry = readMessage();
    String key = "";
    String value = "";
    for (int tag = entry.readTag(); tag != 0; tag = entry.readTag()) {
      switch (tag) {
        case 1 << 3 | LENGTH_DELIMITED -> key = entry.readString();
        case 2 << 3 | LENGTH_DELIMITED -> value = entry.readString();
        default -> entry.skip(tag);
      }
    }
    map.put(key, value);
  }

  /** Passes over the value of the field whose {@code tag} was read last. */
  public void skip(int tag) {
    // Groups are counted, not recursed into: hostile input may nest them without end.
    int groups = 0;
    int current = tag;
    while (true) {
      switch (current & 7) {
        case VARINT -> readVarint();
        case FIXED64 -> advance(8);
        case LENGTH_DELIMITED -> advance(readLength());
        case GROUP_START -> groups++;
        case GROUP_END -> {
          if (groups-- == 0) {
            throw new CodecException("proto: unexpected end of group");
          }
        }
        case FIXED32 -> advance(4);
        default -> throw new CodecException("proto: illegal wireType " + (current & 7));
      }
      if (groups == 0) {
        return;
      }
      current = readTag();
      if (current == 0) {
        throw truncated();
      }
    }
  }

  private long readVarint() {
    if (position < limit && input[position] >= 0) {
      return input[position++];
    }
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      need(1);
      byte next = input[position++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new CodecException("proto: integer overflow");
  }

  private int readLength() {
    long length = readVarint();
    if (length < 0) {
      throw new CodecException("proto: negative length found during unmarshaling");
    }
    if (length > limit - position) {
      throw truncated();
    }
    return (int) length;
  }

  private void advance(int count) {
    need(count);
    position += count;
  }

  private void need(int count) {
    if (limit - position < count) {
      throw truncated();
    }
  }

  private static CodecException truncated() {
    return new CodecException("unexpected EOF");
  }
}
