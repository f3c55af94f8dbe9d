package io.tiphys.server.streams;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
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
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
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
  /** kubectl copies in pieces of 32 KiB; browsers' terminals paste more. */
  private static final int MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

  /** In version 5: the byte after it numbers a lane on which the client sends no more. */
  private static final int CLOSE_SIGNAL = 255;

  private final boolean base64;
  private final boolean closeSignal;
  private final Runnable gone;
  private final Outlet outlet;
  private final List<Lane> lanes = new ArrayList<>();
  private boolean closing;

  private WebSocketLanes(ChannelPipeline pipeline, int count, String protocol, Runnable gone) {
    this.base64 = protocol.contains("base64.");
    this.closeSignal = protocol.equals("v5.channel.k8s.io");
    this.gone = gone;
    this.outlet = new Outlet(pipeline.channel());
    Valve valve = new Valve(pipeline.channel());
    for (int i = 0; i < count; i++) {
      lanes.add(new Lane(i, valve, outlet, this));
    }
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
    pipeline.addLast(new WebSocketFrameAggregator(MAX_MESSAGE_BYTES), lanes);
    return lanes;
  }

  static void addFrameCodec(ChannelPipeline pipeline) {
    pipeline.addLast(
        new WebSocket13FrameDecoder(
            WebSocketDecoderConfig.newBuilder()
                .expectMaskedFrames(true)
                .maxFramePayloadLength(MAX_MESSAGE_BYTES)
                .build()),
        new WebSocket13FrameEncoder(false));
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
  static void goodbye(Channel channel) {
    channel
        .writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE))
        .addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
    switch (frame) {
      case BinaryWebSocketFrame _, TextWebSocketFrame _ -> message(ctx, frame.content());
      case PingWebSocketFrame _ ->
          ctx.writeAndFlush(new PongWebSocketFrame(frame.content().retain()));
      case CloseWebSocketFrame _ -> {
        if (closing) {
          ctx.close();
        } else {
          goodbye(ctx.channel());
        }
      }
      case PongWebSocketFrame _, ContinuationWebSocketFrame _ -> {}
      default -> ctx.close();
    }
  }

  private void message(ChannelHandlerContext ctx, ByteBuf content) {
    if (!content.isReadable()) {
      return;
    }
    int number = content.readUnsignedByte();
    if (closeSignal && number == CLOSE_SIGNAL) {
      if (content.readableBytes() != 1) {
        ctx.close();
        return;
      }
      int ended = content.readUnsignedByte();
      if (ended >= lanes.size()) {
        ctx.close();
        return;
      }
      lanes.get(ended).incoming().end();
      return;
    }
    if (base64) {
      number -= '0';
    }
    if (number < 0 || number >= lanes.size()) {
      return;
    }
    Pipe pipe = lanes.get(number).incoming();
    if (base64) {
      try {
        pipe.offer(Base64.getDecoder().decode(content.toString(US_ASCII)));
      } catch (IllegalArgumentException e) {
        ctx.close();
      }
    } else {
      pipe.offer(content);
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
