package io.tiphys.server.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.server.tls.TlsIdentity;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The listener: one TLS port for HTTP/1.1, HTTP/2 and what a connection may be upgraded to. Gives
 * every request to one handler and carries its answer back.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write ends the channel, and that is seen
public final class ApiListener implements Lifecycle {
  private final EventLoopGroup loops;
  private final Channel server;
  private final ChannelGroup channels;
  private final InFlight inFlight;

  private ApiListener(
      EventLoopGroup loops, Channel server, ChannelGroup channels, InFlight inFlight) {
    this.loops = loops;
    this.server = server;
    this.channels = channels;
    this.inFlight = inFlight;
  }

  /**
   * Starts listening.
   *
   * @param identity asked at every handshake, so that a renewed certificate is shown at once
   * @param handler the pipeline; see {@link RequestPipeline}
   * @param usage shared by all listeners of the process
   * @param random names the requests that their clients do not name
   * @throws IllegalStateException naming the address when it cannot be bound
   */
  public static ApiListener open(
      ListenerConfig config,
      Supplier<TlsIdentity> identity,
      Handler handler,
      ServerUsage usage,
      Clock clock,
      RandomGenerator random) {
    InFlight inFlight = new InFlight(clock);
    var shared =
        new Exchange.Shared(
            handler,
            inFlight,
            usage.metrics(),
            clock,
            new AuditIds(random),
            new DateHeader(clock),
            usage.bodies(),
            usage.sessions());
    var channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    var setup =
        new ConnectionSetup(TlsSetup.context(identity), shared, usage.connections(), channels);
    var loops =
        new MultiThreadIoEventLoopGroup(
            Runtime.getRuntime().availableProcessors(),
            new DefaultThreadFactory("http", true),
            NioIoHandler.newFactory());
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childHandler(setup)
            .bind(config.address(), config.port())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      inFlight.close();
      loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw new IllegalStateException(
          "cannot listen on "
              + config.address()
              + ":"
              + config.port()
              + ": "
              + bound.cause().getMessage(),
          bound.cause());
    }
    return new ApiListener(loops, bound.channel(), channels, inFlight);
  }

  /** Where it listens; the port is the real one when a free one was asked for. */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.localAddress();
  }

  public int port() {
    return address().getPort();
  }

  /** Takes no new connections, lets ordinary requests finish, ends watches and sessions. */
  @Override
  public void close() {
    server.close().awaitUninterruptibly();
    inFlight.drain(Limits.DRAIN);
    channels.close().awaitUninterruptibly();
    inFlight.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
