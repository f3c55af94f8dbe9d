package io.tiphys.server.registry;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tiphys.codec.ProtoWriter;
import java.io.ByteArrayOutputStream;

/** Heads and tails of protobuf messages whose content is sent from elsewhere. */
final class Varints {
  private static final byte[] MAGIC = {'k', '8', 's', 0};

  /** Field 2 of the envelope, length-delimited: the message itself. */
  private static final int RAW_TAG = 2 << 3 | 2;

  /** Empty contentEncoding and contentType, which upstream always writes. */
  static final byte[] ENVELOPE_TAIL = {3 << 3 | 2, 0, 4 << 3 | 2, 0};

  /** What a frame begins with: its length. */
  static final int FRAME_LENGTH_BYTES = 4;

  private Varints() {}

  /** The tag and length of a length-delimited field. */
  static byte[] tagged(int tag, long length) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(8);
    write(out, tag);
    write(out, length);
    return out.toByteArray();
  }

  /** All of an envelope up to its message of {@code length} bytes. */
  static byte[] envelopeHead(String apiVersion, String kind, long length) {
    ProtoWriter names = new ProtoWriter();
    int mark = names.beginMessage(1);
    names.writeString(1, apiVersion);
    names.writeString(2, kind);
    names.endMessage(mark);
    ByteArrayOutputStream out = new ByteArrayOutputStream(64);
    out.writeBytes(MAGIC);
    out.writeBytes(names.toByteArray());
    out.writeBytes(tagged(RAW_TAG, length));
    return out.toByteArray();
  }

  /**
   * The head of a frame of a watch: its length, the event's type and where its object begins.
   *
   * @param length of the object, envelope included
   */
  static byte[] eventHead(String type, long length) {
    byte[] name = type.getBytes(US_ASCII);
    byte[] raw = tagged(1 << 3 | 2, length);
    ByteArrayOutputStream event = new ByteArrayOutputStream(32);
    event.writeBytes(tagged(1 << 3 | 2, name.length));
    event.writeBytes(name);
    event.writeBytes(tagged(RAW_TAG, raw.length + length));
    event.writeBytes(raw);
    byte[] head = event.toByteArray();
    int frame = Math.toIntExact(head.length + length);
    byte[] result = new byte[head.length + FRAME_LENGTH_BYTES];
    for (int i = 0; i < FRAME_LENGTH_BYTES; i++) {
      result[i] = (byte) (frame >>> (24 - 8 * i));
    }
    System.arraycopy(head, 0, result, FRAME_LENGTH_BYTES, head.length);
    return result;
  }

  private static void write(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
