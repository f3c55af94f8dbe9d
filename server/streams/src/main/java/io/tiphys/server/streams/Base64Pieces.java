package io.tiphys.server.streams;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Base64;

/** Base64 that comes in pieces of any length. Ends of lines are skipped, as Go's decoder does. */
final class Base64Pieces {
  private static final int GROUP = 4;

  private byte[] rest = {};
  private boolean padded;

  /**
   * What the piece completes.
   *
   * @throws IllegalArgumentException when it is no base64
   */
  byte[] decode(ByteBuf piece) {
    byte[] characters = Arrays.copyOf(rest, rest.length + piece.readableBytes());
    int count = rest.length;
    while (piece.isReadable()) {
      byte next = piece.readByte();
      if (next != '\r' && next != '\n') {
        characters[count++] = next;
      }
    }
    if (padded && count > 0) {
      throw new IllegalArgumentException("more base64 after its end");
    }
    int whole = count - count % GROUP;
    rest = Arrays.copyOfRange(characters, whole, count);
    padded = whole > 0 && characters[whole - 1] == '=';
    return Base64.getDecoder().decode(Arrays.copyOf(characters, whole));
  }
}
