package io.tiphys.server.streams;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/**
 * Carries a SPDY connection inside a WebSocket, its bytes cut into messages at will: how kubectl
 * forwards ports since 1.31. Checked against upstream's apiserver/pkg/util/proxy/streamtunnel.go.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write ends the channel, and that is seen
final class SpdyOverWebSocket extends ChannelDuplexHandler {
  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    switch (message) {
      case BinaryWebSocketFrame binary -> ctx.fireChannelRead(binary.content());
      case ContinuationWebSocketFrame more -> ctx.fireChannelRead(more.content());
      case PingWebSocketFrame ping -> ctx.writeAndFlush(new PongWebSocketFrame(ping.content()));
      case CloseWebSocketFrame close -> {
        close.release();
        WebSocketSubStreams.goodbye(ctx);
      }
      case WebSocketFrame other -> other.release();
      default -> ctx.fireChannelRead(message);
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf bytes) {
      ctx.write(new BinaryWebSocketFrame(bytes), promise);
    } else {
      ctx.write(message, promise);
    }
  }
}
