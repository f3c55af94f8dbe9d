package io.tiphys.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.tiphys.base.SystemClock;
import io.tiphys.base.machine.Machine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against Netty's HTTP/2, which answers as a gRPC server would. */
@Timeout(60)
final class GrpcHealthTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final SystemClock CLOCK = new SystemClock();

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();

  /**
   * What the server says.
   *
   * @param health of the message; null for an answer of trailers alone
   */
  private record Said(@Nullable Integer health, String status, String text) {}

  @AfterEach
  void close() {
    var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private int server(@Nullable Said said) {
    Channel channel =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel child) {
                    child
                        .pipeline()
                        .addLast(
                            Http2FrameCodecBuilder.forServer().build(),
                            new Http2MultiplexHandler(new Stream(said)));
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  @ChannelHandler.Sharable
  private final class Stream extends SimpleChannelInboundHandler<Http2StreamFrame> {
    private final @Nullable Said said;

    Stream(@Nullable Said said) {
      this.said = said;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Http2StreamFrame frame) {
      if (frame instanceof Http2HeadersFrame head) {
        asked.add(head.headers().path() + " " + head.headers().get("content-type"));
      }
      if (frame instanceof Http2DataFrame data && data.isEndStream()) {
        asked.add(data.content().toString(StandardCharsets.UTF_8));
        if (said != null) {
          answer(context, said);
        }
      }
    }

    private void answer(ChannelHandlerContext context, Said said) {
      Http2Headers head =
          new DefaultHttp2Headers().status("200").add("content-type", "application/grpc");
      Http2Headers trailers = said.health() == null ? head : new DefaultHttp2Headers();
      trailers.add("grpc-status", said.status()).add("grpc-message", said.text());
      if (said.health() != null) {
        ByteBuf message =
            Unpooled.wrappedBuffer(new byte[] {0, 0, 0, 0, 2, 8, said.health().byteValue()});
        var _ = context.write(new DefaultHttp2HeadersFrame(head));
        var _ = context.write(new DefaultHttp2DataFrame(message));
      }
      var _ = context.writeAndFlush(new DefaultHttp2HeadersFrame(trailers, true));
    }
  }

  private static Optional<String> check(int port, String service) {
    return new GrpcHealth(Machine.own().network(), CLOCK, "127.0.0.1", port)
        .check(service, PATIENCE);
  }

  @Test
  void aServiceThatServesIsHealthy() throws InterruptedException {
    int port = server(new Said(1, "0", ""));
    assertThat(check(port, "my.Service")).isEmpty();
    assertThat(asked.take()).isEqualTo("/grpc.health.v1.Health/Check application/grpc");
    assertThat(asked.take()).endsWith("my.Service");
    assertThat(check(port, "")).isEmpty();
    assertThat(check(port, "x".repeat(300))).isEmpty();
  }

  @Test
  void whatDoesNotServeIsUnhealthy() {
    assertThat(check(server(new Said(2, "0", "")), ""))
        .contains("service unhealthy (responded with \"NOT_SERVING\")");
    assertThat(check(server(new Said(0, "0", "")), ""))
        .contains("service unhealthy (responded with \"UNKNOWN\")");
  }

  @Test
  void errorsOfTheServerReadAsUpstreamSaysThem() {
    assertThat(check(server(new Said(null, "5", "unknown%20service")), "x"))
        .contains(
            "error: health rpc probe failed: rpc error: code = NotFound desc = unknown service");
    assertThat(check(server(new Said(null, "12", "unknown service grpc.health.v1.Health")), ""))
        .contains(
            "error: this server does not implement the grpc health protocol"
                + " (grpc.health.v1.Health): unknown service grpc.health.v1.Health");
  }

  @Test
  void silenceAfterTheQuestionAndNobodyThereAreTimeouts() throws IOException {
    int silent = server(null);
    assertThat(
            new GrpcHealth(Machine.own().network(), CLOCK, "127.0.0.1", silent)
                .check("", Duration.ofSeconds(1)))
        .contains("timeout: health rpc did not complete within 1s");
    int nobody;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = closed.getLocalPort();
    }
    assertThat(check(nobody, ""))
        .contains(
            "timeout: failed to connect service \"127.0.0.1:%d\" within 10s: context deadline exceeded"
                .formatted(nobody));
    try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(
              new GrpcHealth(Machine.own().network(), CLOCK, "127.0.0.1", mute.getLocalPort())
                  .check("", Duration.ofSeconds(1)))
          .hasValueSatisfying(text -> assertThat(text).startsWith("timeout: failed to connect"));
    }
  }
}
