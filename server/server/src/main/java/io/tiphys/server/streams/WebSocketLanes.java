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
final class WebSocketLanes extends SimpleChannelInboundHandler<WebSocketFrame>
    implements Lane.Framing {
  private final boolean base64;
  private final Runnable gone;
  private final Outlet outlet;
  private final List<Lane> lanes = new ArrayList<>();
  private final IncomingMessages incoming;
  private boolean closing;

  private WebSocketLanes(ChannelPipeline pipeline, int count, String protocol, Runnable gone) {
    this.base64 = protocol.contains("base64.");
    this.gone = gone;
    this.outlet = new Outlet(pipeline.channel());
    Valve valve = new Valve(pipeline.channel());
    for (int i = 0; i < count; i++) {
      lanes.add(new Lane(i, valve, outlet, this));
    }
    this.incoming = new IncomingMessages(lanes, base64, protocol.equals("v5.channel.k8s.io"));
  }

  /**
   * Equips the connection.
   *
   * @param protocol the agreed subprotocol, empty for none
   * @param gone run once when the client has gone
   */
  static WebSocketLanes install(
      ChannelPipeline pipeline, int count, String protocol, Runnable gone) {
    WebSocketLanes lanes = new WebSocketLanes(pipeline, count, protocol, gone);
    Upgraded.prepare(pipeline);
    addFrameCodec(pipeline);
    pipeline.addLast(lanes);
    return lanes;
  }

  static void addFrameCodec(ChannelPipeline pipeline) {
    pipeline.addLast(new WebSocket13FrameEncoder(false), new WebSocketFrameReader());
  }

  Lane lane(int number) {
    return lanes.get(number);
  }

  /** Says goodbye and ends the connection, after everything that was sent before. */
  void close() {
    if (!outlet.channel().isActive()) {
      return;
    }
    outlet
        .channel()
        .eventLoop()
        .execute(
            () -> {
              lanes.forEach(lane -> lane.incoming().close());
              closing = true;
              Farewell.bid(
                  outlet.channel(), new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));
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
    lanes.forEach(lane -> lane.incoming().end());
    gone.run();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  @Override
  public Object data(int lane, ByteBuf bytes) {
    if (base64) {
      byte[] raw = new byte[bytes.readableBytes()];
      bytes.readBytes(raw);
      bytes.release();
      return new TextWebSocketFrame((char) ('0' + lane) + Base64.getEncoder().encodeToString(raw));
    }
    ByteBuf number = Unpooled.wrappedBuffer(new byte[] {(byte) lane});
    return new BinaryWebSocketFrame(Unpooled.wrappedBuffer(number, bytes));
  }

  /** No version of the protocol can say so; the end of the session does. */
  @Override
  public void end(int lane, Outlet outlet) {}

  @Override
  public void reset(int lane, Outlet outlet) {}
}
