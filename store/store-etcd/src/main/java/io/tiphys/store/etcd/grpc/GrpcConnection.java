package io.tiphys.store.etcd.grpc;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.tiphys.base.Lifecycle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One HTTP/2 connection to a gRPC server. Thread-safe. */
public final class GrpcConnection implements Lifecycle {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  /** Bytes on their way to one call: a page of large objects without a pause. */
  private static final int WINDOW = 4 << 20;

  private final Endpoint endpoint;
  private final Channel channel;
  private final int maxMessage;

  private GrpcConnection(Endpoint endpoint, Channel channel, int maxMessage) {
    this.endpoint = endpoint;
    this.channel = channel;
    this.maxMessage = maxMessage;
  }

  /**
   * Connects; fails with a {@link GrpcException}.
   *
   * @param tls null for an endpoint without
   * @param maxMessage bytes of the largest message taken
   */
  public static CompletableFuture<GrpcConnection> open(
      Endpoint endpoint, @Nullable SslContext tls, EventLoopGroup loop, int maxMessage) {
    CompletableFuture<GrpcConnection> opened = new CompletableFuture<>();
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
            .handler(new Setup(endpoint, tls));
    var _ =
        bootstrap
            .connect(endpoint.host(), endpoint.port())
            .addListener(
                (io.netty.channel.ChannelFuture connected) -> {
                  Channel channel = connected.channel();
                  if (!connected.isSuccess()) {
                    opened.completeExceptionally(unreachable(endpoint, connected.cause()));
                    return;
                  }
                  SslHandler secured = channel.pipeline().get(SslHandler.class);
                  var connection = new GrpcConnection(endpoint, channel, maxMessage);
                  if (secured == null) {
                    opened.complete(connection);
                    return;
                  }
                  var _ =
                      secured
                          .handshakeFuture()
                          .addListener(
                              shaken -> {
                                if (shaken.isSuccess()) {
                                  opened.complete(connection);
                                } else {
                                  var _ = channel.close();
                                  opened.completeExceptionally(
                                      unreachable(endpoint, shaken.cause()));
                                }
                              });
                });
    return opened;
  }

  private static GrpcException unreachable(Endpoint endpoint, @Nullable Throwable cause) {
    String why = cause == null ? "" : String.valueOf(cause.getMessage());
    return new GrpcException(
            GrpcException.UNAVAILABLE, "etcd at " + endpoint + " cannot be reached: " + why)
        .beforeSending();
  }

  public boolean isOpen() {
    return channel.isActive();
  }

  /** Whether the server is there: completed when it says so, failed when the connection ends. */
  public CompletableFuture<Boolean> ping() {
    return channel.pipeline().get(Pings.class).ping(channel);
  }

  /** A question and its answer. */
  public CompletableFuture<byte[]> call(String method, String token, byte[] request) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    GrpcStream.Receiver receiver =
        new GrpcStream.Receiver() {
          private byte @Nullable [] message;

          @Override
          public void message(byte[] received) {
            message = received;
          }

          @Override
          public void end(GrpcException status) {
            byte[] received = message;
            if (status.code() == 0 && received != null) {
              answer.complete(received);
            } else {
              answer.completeExceptionally(status);
            }
          }
        };
    open(
        method,
        token,
        receiver,
        stream -> {
          GrpcStream.send(stream, request, true);
          var _ = answer.whenComplete((_, failure) -> closeIf(stream, failure));
        });
    return answer;
  }

  private static void closeIf(Http2StreamChannel stream, @Nullable Throwable failure) {
    if (failure != null) {
      var _ = stream.close(); // nobody waits any more: the server is told to stop
    }
  }

  /** A call that goes on: what comes is told until it is closed. */
  public GrpcMessages stream(String method, String token, byte[] first) {
    GrpcMessages messages = new GrpcMessages();
    open(
        method,
        token,
        messages,
        stream -> {
          messages.began(stream);
          GrpcStream.send(stream, first, false);
        });
    return messages;
  }

  private void open(
      String method,
      String token,
      GrpcStream.Receiver receiver,
      java.util.function.Consumer<Http2StreamChannel> begin) {
    var _ =
        new Http2StreamChannelBootstrap(channel)
            .handler(new GrpcStream(receiver, maxMessage))
            .open()
            .addListener(
                (io.netty.util.concurrent.Future<Http2StreamChannel> opened) -> {
                  if (opened.isSuccess()) {
                    GrpcStream.begin(opened.getNow(), endpoint, method, token);
                    begin.accept(opened.getNow());
                  } else {
                    receiver.end(unreachable(endpoint, opened.cause()));
                  }
                });
  }

  @Override
  public void close() {
    var _ = channel.close();
  }

  @Override
  public String toString() {
    return endpoint.toString();
  }

  private static final class Setup extends ChannelInitializer<SocketChannel> {
    private final Endpoint endpoint;
    private final @Nullable SslContext tls;

    private Setup(Endpoint endpoint, @Nullable SslContext tls) {
      this.endpoint = endpoint;
      this.tls = tls;
    }

    @Override
    protected void initChannel(SocketChannel made) {
      if (tls != null) {
        made.pipeline().addLast(tls.newHandler(made.alloc(), endpoint.host(), endpoint.port()));
      }
      Http2Settings settings =
          Http2Settings.defaultSettings().initialWindowSize(WINDOW).pushEnabled(false);
      made.pipeline()
          .addLast(
              Http2FrameCodecBuilder.forClient().initialSettings(settings).build(),
              new Http2MultiplexHandler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel pushed) {
                      var _ = pushed.close();
                    }
                  }),
              new Pings());
    }
  }
}
