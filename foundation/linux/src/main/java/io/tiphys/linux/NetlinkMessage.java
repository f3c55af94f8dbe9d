package io.tiphys.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A netlink message being written: header, a fixed struct, then attributes; see netlink(7). */
final class NetlinkMessage {
  static final int HEADER_BYTES = 16;
  static final int REQUEST = 1;
  static final int ACK = 4;
  static final int DUMP = 0x300;
  static final int CREATE = 0x400;
  static final int EXCLUSIVE = 0x200;
  static final int REPLACE = 0x100;

  /** Of every attribute type, the bits above are flags. */
  private static final int TYPE_MASK = 0x3fff;

  private static final int NESTED = 0x8000;

  /** Our requests take a few hundred bytes. */
  private static final int LIMIT = 4096;

  private final ByteBuffer bytes = ByteBuffer.allocate(LIMIT).order(ByteOrder.nativeOrder());

  NetlinkMessage(int type, int flags) {
    bytes.putInt(0).putShort((short) type).putShort((short) (flags | REQUEST)).putInt(0).putInt(0);
  }

  /** The struct ifinfomsg: link requests begin with it. */
  NetlinkMessage link(int family, int index, int flags, int change) {
    bytes.put((byte) family).put((byte) 0).putShort((short) 0);
    bytes.putInt(index).putInt(flags).putInt(change);
    return this;
  }

  NetlinkMessage bytes(int... values) {
    for (int value : values) {
      bytes.put((byte) value);
    }
    return this;
  }

  NetlinkMessage int32(int value) {
    bytes.putInt(value);
    return this;
  }

  /** Attributes as the kernel wrote them. */
  NetlinkMessage raw(byte[] attributes) {
    bytes.put(attributes);
    return align();
  }

  NetlinkMessage attribute(int type, byte[] value) {
    bytes.putShort((short) (4 + value.length)).putShort((short) type).put(value);
    return align();
  }

  NetlinkMessage attribute(int type, int value) {
    bytes.putShort((short) 8).putShort((short) type).putInt(value);
    return this;
  }

  NetlinkMessage attribute(int type, byte value) {
    return attribute(type, new byte[] {value});
  }

  NetlinkMessage attribute(int type, String value) {
    return attribute(type, (value + "\0").getBytes(StandardCharsets.UTF_8));
  }

  NetlinkMessage nested(int type, Consumer<NetlinkMessage> content) {
    int start = bytes.position();
    bytes.putShort((short) 0).putShort((short) (type | NESTED));
    content.accept(this);
    bytes.putShort(start, (short) (bytes.position() - start));
    return this;
  }

  private NetlinkMessage align() {
    while (bytes.position() % 4 != 0) {
      bytes.put((byte) 0);
    }
    return this;
  }

  /** The whole message. */
  byte[] finish(int sequence) {
    bytes.putInt(0, bytes.position()).putInt(8, sequence);
    byte[] out = new byte[bytes.position()];
    bytes.get(0, out);
    return out;
  }

  /** Hands every attribute from the buffer's position to its limit on, each as its own buffer. */
  static void eachAttribute(ByteBuffer in, BiConsumer<Integer, ByteBuffer> visit) {
    int at = in.position();
    while (at + 4 <= in.limit()) {
      int length = Short.toUnsignedInt(in.getShort(at));
      if (length < 4 || at + length > in.limit()) {
        return;
      }
      ByteBuffer value = in.slice(at + 4, length - 4).order(ByteOrder.nativeOrder());
      visit.accept(in.getShort(at + 2) & TYPE_MASK, value);
      at += (length + 3) & ~3;
    }
  }

  static String text(ByteBuffer value) {
    int length = value.remaining();
    while (length > 0 && value.get(length - 1) == 0) {
      length--;
    }
    byte[] out = new byte[length];
    value.get(0, out);
    return new String(out, StandardCharsets.UTF_8);
  }

  static byte[] rest(ByteBuffer value) {
    byte[] out = new byte[value.remaining()];
    value.get(value.position(), out);
    return out;
  }
}
