package io.tiphys.server.streams;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** WebSocket frames as clients send them: masked. */
final class ClientFrames {
  private static final byte[] MASK = {1, 2, 4, 8};

  private ClientFrames() {}

  /** A whole frame; its first byte is the last-fragment bit and the kind. */
  static ByteBuf frame(int first, byte[] payload) {
    ByteBuf frame = head(first, payload.length);
    for (int i = 0; i < payload.length; i++) {
      frame.writeByte(payload[i] ^ MASK[i % MASK.length]);
    }
    return frame;
  }

  /** What precedes a payload of so many bytes. */
  static ByteBuf head(int first, long length) {
    ByteBuf head = Unpooled.buffer();
    head.writeByte(first);
    if (length >= 0 && length <= 125) {
      head.writeByte(0x80 | (int) length);
    } else if (length >= 0 && length <= 0xffff) {
      head.writeByte(0x80 | 126).writeShort((int) length);
    } else {
      head.writeByte(0x80 | 127).writeLong(length);
    }
    return head.writeBytes(MASK);
  }
}
