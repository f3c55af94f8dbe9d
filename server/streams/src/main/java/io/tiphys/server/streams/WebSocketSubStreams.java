package io.tiphys.server.streams;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Lanes over a WebSocket: the first byte of every message is the number of its lane. Checked
 * against upstream's streaming/pkg/httpstream/wsstream/conn.go.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write ends the channel, and that is seen
final class WebSocketSubStreams extends SimpleChannelInboundHandler<WebSocketFrame>
    implements SubStream.Framing {
  private final boolean base64;
  private final Runnable gone;
  private final FrameWriter frames;
  private final List<SubStream> subStreams = new ArrayList<>();
  private final IncomingMessages incoming;
  private boolean closing;

  private WebSocketSubStreams(ChannelPipeline pipeline, int count, String protocol, Runnable gone) {
    this.base64 = protocol.contains("base64.");
    this.gone = gone;
    this.frames = new FrameWriter(pipeline.channel());
    Backpressure backpressure = new Backpressure(pipeline.channel());
    for (int i = 0; i < count; i++) {
      subStreams.add(new SubStream(i, backpressure, frames, this));
    }
    this.incoming = new IncomingMessages(subStreams, base64, protocol.equals("v5.channel.k8s.io"));
  }

  /**
   * Equips the connection.
   *
   * @param protocol the agreed subprotocol, empty for none
   * @param gone run once when the client has gone
   */
  static WebSocketSubStreams install(
      ChannelPipeline pipeline, int count, String protocol, Runnable gone) {
    WebSocketSubStreams subStreams = new WebSocketSubStreams(pipeline, count, protocol, gone);
    Upgraded.prepare(pipeline);
    addFrameCodec(pipeline);
    pipeline.addLast(subStreams);
    return subStreams;
  }

  static void addFrameCodec(ChannelPipeline pipeline) {
    pipeline.addLast(new WebSocket13FrameEncoder(false), new WebSocketFrameReader());
  }

  SubStream subStream(int number) {
    return subStreams.get(number);
  }

  /** Says goodbye and ends the connection, after everything that was sent before. */
  void close() {
    if (!frames.channel().isActive()) {
      return;
    }
    frames
        .channel()
        .eventLoop()
        .execute(
            () -> {
              subStreams.forEach(subStream -> subStream.incoming().close());
              closing = true;
              GracefulClose.bid(
                  frames.channel(), new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));
            });
  }

  /** Answers the client's goodbye with ours. */
  static void goodbye(ChannelHandlerContext ctx) {
    ctx.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE))
        .addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
    switch (frame) {
      case BinaryWebSocketFrame _, TextWebSocketFrame _ -> {
        incoming.begin();
        take(ctx, frame);
      }
      case ContinuationWebSocketFrame _ -> take(ctx, frame);
      case PingWebSocketFrame _ ->
          ctx.writeAndFlush(new PongWebSocketFrame(frame.content().retain()));
      case CloseWebSocketFrame _ -> {
        if (closing) {
          ctx.close();
        } else {
          goodbye(ctx);
        }
      }
      case PongWebSocketFrame _ -> {}
      default -> ctx.close();
    }
  }

  private void take(ChannelHandlerContext ctx, WebSocketFrame piece) {
    if (!incoming.take(piece.content(), piece.isFinalFragment())) {
      goodbye(ctx);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    subStreams.forEach(subStream -> subStream.incoming().end());
    gone.run();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  @Override
  public Object data(int subStream, ByteBuf bytes) {
    if (base64) {
      byte[] raw = new byte[bytes.readableBytes()];
      bytes.readBytes(raw);
      bytes.release();
      return new TextWebSocketFrame(
          (char) ('0' + subStream) + Base64.getEncoder().encodeToString(raw));
    }
    ByteBuf number = Unpooled.wrappedBuffer(new byte[] {(byte) subStream});
    return new BinaryWebSocketFrame(Unpooled.wrappedBuffer(number, bytes));
  }

  /** No version of the protocol can say so; the end of the session does. */
  @Override
  public void end(int subStream, FrameWriter frames) {}

  @Override
  public void reset(int subStream, FrameWriter frames) {}
}
