package io.tiphys.server.streams;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * What a client's messages carry, put on its lanes piece by piece as it arrives. The first byte of
 * a message numbers the lane. Checked against handle in upstream's
 * streaming/pkg/httpstream/wsstream/conn.go. Lives on the event loop.
 */
final class IncomingMessages {
  /** In version 5: the byte after it numbers a lane on which the client sends no more. */
  private static final int CLOSE_SIGNAL = 255;

  private static final int NONE = -1;

  private final List<SubStream> subStreams;
  private final boolean base64;
  private final boolean closeSignal;
  private Base64Pieces text = new Base64Pieces();
  private int number = NONE;
  private int ended = NONE;
  private boolean dropped;

  IncomingMessages(List<SubStream> subStreams, boolean base64, boolean closeSignal) {
    this.subStreams = subStreams;
    this.base64 = base64;
    this.closeSignal = closeSignal;
  }

  /** A message begins. */
  void begin() {
    text = new Base64Pieces();
    number = NONE;
    ended = NONE;
    dropped = false;
  }

  /** Takes a piece of the message; false when the client has broken the protocol. */
  boolean take(ByteBuf piece, boolean last) {
    if (number == NONE) {
      if (!piece.isReadable()) {
        return true;
      }
      number = piece.readUnsignedByte();
    }
    if (closeSignal && number == CLOSE_SIGNAL) {
      return signal(piece, last);
    }
    int subStream = base64 ? number - '0' : number;
    if (!dropped && subStream >= 0 && subStream < subStreams.size()) {
      pass(subStreams.get(subStream).incoming(), piece);
    }
    return true;
  }

  private void pass(Pipe pipe, ByteBuf piece) {
    if (!base64) {
      pipe.offer(piece);
      return;
    }
    try {
      pipe.offer(text.decode(piece));
    } catch (IllegalArgumentException e) {
      // Upstream drops a message that it cannot read and goes on.
      dropped = true;
    }
  }

  private boolean signal(ByteBuf piece, boolean last) {
    if (piece.isReadable() && ended == NONE) {
      ended = piece.readUnsignedByte();
    }
    if (piece.isReadable() || ended >= subStreams.size()) {
      return false;
    }
    if (last && ended != NONE) {
      subStreams.get(ended).incoming().end();
    }
    return !last || ended != NONE;
  }
}
