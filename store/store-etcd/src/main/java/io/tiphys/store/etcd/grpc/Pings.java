package io.tiphys.store.etcd.grpc;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/** Pings of one connection, which are answered in their order. */
final class Pings extends ChannelInboundHandlerAdapter {
  /** Used on the event loop alone. */
  private final Queue<CompletableFuture<Boolean>> waiting = new ArrayDeque<>();

  CompletableFuture<Boolean> ping(Channel channel) {
    CompletableFuture<Boolean> answered = new CompletableFuture<>();
    channel.eventLoop().execute(() -> send(channel, answered));
    return answered;
  }

  private void send(Channel channel, CompletableFuture<Boolean> answered) {
    if (channel.isActive()) {
      waiting.add(answered);
      var _ = channel.writeAndFlush(new DefaultHttp2PingFrame(0));
    } else {
      answered.completeExceptionally(gone());
    }
  }

  private static GrpcException gone() {
    return new GrpcException(GrpcException.UNAVAILABLE, "the connection is gone");
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object frame) {
    try {
      CompletableFuture<Boolean> first =
          frame instanceof Http2PingFrame ping && ping.ack() ? waiting.poll() : null;
      if (first != null) {
        first.complete(true);
      }
    } finally {
      ReferenceCountUtil.release(frame);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    waiting.forEach(one -> one.completeExceptionally(gone()));
    waiting.clear();
    context.fireChannelInactive();
  }

  /** Those who wait for answers are told that the connection is gone. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    var _ = context.close();
  }
}
