package io.tiphys.server.streams;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.List;

/**
 * Reads a client's frames (RFC 6455, section 5). Some clients send a whole file as one frame, so
 * what has arrived of a frame is passed on at once, as fragments of its message: no frame is ever
 * held whole.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write ends the channel, and that is seen
final class WebSocketFrameReader extends ByteToMessageDecoder {
  /** DefaultMaxPayloadBytes of golang.org/x/net/websocket, which upstream's servers read with. */
  static final int MAX_FRAME_BYTES = 32 << 20;

  /** The protocol's own limit; what tells the shorter lengths from the longer forms, too. */
  private static final int MAX_CONTROL_BYTES = 125;

  private static final int TWO_BYTE_LENGTH = 126;
  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  private final byte[] mask = new byte[4];
  private State state = State.HEAD;
  private boolean inMessage;
  private int opcode;
  private boolean last;
  private int length;
  private int taken;

  private enum State {
    HEAD,
    PAYLOAD,
    /** The client has said goodbye or broken the protocol: nothing it sends counts any more. */
    OVER
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    switch (state) {
      case HEAD -> head(ctx, in, out);
      case PAYLOAD -> payload(ctx, in, out);
      case OVER -> in.skipBytes(in.readableBytes());
    }
  }

  private void head(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    int start = in.readerIndex();
    if (in.readableBytes() < 2) {
      return;
    }
    int first = in.getUnsignedByte(start);
    int second = in.getUnsignedByte(start + 1);
    boolean masked = (second & 0x80) != 0;
    int shortLength = second & 0x7f;
    int lengthBytes = shortLength <= MAX_CONTROL_BYTES ? 0 : shortLength == TWO_BYTE_LENGTH ? 2 : 8;
    if (in.readableBytes() < 2 + lengthBytes + mask.length) {
      return;
    }
    in.skipBytes(2);
    long announced =
        switch (lengthBytes) {
          case 0 -> shortLength;
          case 2 -> in.readUnsignedShort();
          default -> in.readLong();
        };
    in.readBytes(mask);
    opcode = first & 0x0f;
    last = (first & 0x80) != 0;
    if (!masked || (first & 0x70) != 0 || !fits(announced)) {
      violated(ctx, WebSocketCloseStatus.PROTOCOL_ERROR);
    } else if (announced < 0 || announced > MAX_FRAME_BYTES) {
      violated(ctx, WebSocketCloseStatus.MESSAGE_TOO_BIG);
    } else {
      length = (int) announced;
      taken = 0;
      state = State.PAYLOAD;
      if (opcode <= BINARY) {
        inMessage = !last;
      }
      if (length == 0) {
        payload(ctx, in, out);
      }
    }
  }

  /** Whether such a frame may come now. */
  private boolean fits(long announced) {
    return switch (opcode) {
      case CONTINUATION -> inMessage;
      case TEXT, BINARY -> !inMessage;
      case CLOSE, PING, PONG -> last && announced >= 0 && announced <= MAX_CONTROL_BYTES;
      default -> false;
    };
  }

  private void violated(ChannelHandlerContext ctx, WebSocketCloseStatus status) {
    state = State.OVER;
    ctx.writeAndFlush(new CloseWebSocketFrame(status));
    GracefulClose.linger(ctx.channel());
  }

  private void payload(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    boolean control = opcode > BINARY;
    if (control && in.readableBytes() < length) {
      return;
    }
    boolean begins = taken == 0;
    ByteBuf piece = unmasked(ctx, in, Math.min(in.readableBytes(), length - taken));
    boolean complete = taken == length;
    if (complete) {
      state = opcode == CLOSE ? State.OVER : State.HEAD;
    }
    out.add(control ? control(piece) : fragment(begins, complete && last, piece));
  }

  private ByteBuf unmasked(ChannelHandlerContext ctx, ByteBuf in, int count) {
    ByteBuf piece = ctx.alloc().heapBuffer(count);
    in.readBytes(piece, count);
    byte[] bytes = piece.array();
    int offset = piece.arrayOffset();
    for (int i = 0; i < count; i++) {
      bytes[offset + i] ^= mask[(taken + i) & 3];
    }
    taken += count;
    return piece;
  }

  private WebSocketFrame control(ByteBuf payload) {
    return switch (opcode) {
      case PING -> new PingWebSocketFrame(payload);
      case PONG -> new PongWebSocketFrame(payload);
      default -> new CloseWebSocketFrame(true, 0, payload);
    };
  }

  private WebSocketFrame fragment(boolean begins, boolean ends, ByteBuf piece) {
    if (!begins || opcode == CONTINUATION) {
      return new ContinuationWebSocketFrame(ends, 0, piece);
    }
    return opcode == TEXT
        ? new TextWebSocketFrame(ends, 0, piece)
        : new BinaryWebSocketFrame(ends, 0, piece);
  }
}
