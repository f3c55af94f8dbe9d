package io.tiphys.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.tiphys.base.Clock;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Equips an accepted connection: TLS, then HTTP/1.1 or HTTP/2 as the client chose. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write ends the channel, and that is seen
final class ConnectionSetup extends ChannelInitializer<SocketChannel> {
  static final String HTTP_CODEC = "http";

  private final SSLContext tls;
  private final Exchange.Shared shared;
  private final Connections connections;
  private final ChannelGroup channels;

  /**
   * @param channels the connections of this listener
   */
  ConnectionSetup(
      SSLContext tls, Exchange.Shared shared, Connections connections, ChannelGroup channels) {
    this.tls = tls;
    this.shared = shared;
    this.connections = connections;
    this.channels = channels;
  }

  @Override
  protected void initChannel(SocketChannel channel) {
    channels.add(channel);
    Connections.Connection connection = connections.admit(channel);
    if (!channel.isOpen()) {
      return;
    }
    SslHandler ssl = new SslHandler(TlsSetup.engine(tls));
    // Whoever does not come to an end with TLS is no client; Netty's own timer asks no clock.
    ssl.setHandshakeTimeoutMillis(0);
    Clock.Timer patience = shared.clock().schedule(Limits.HANDSHAKE_TIMEOUT, channel::close);
    ssl.handshakeFuture().addListener(_ -> patience.cancel());
    channel.pipeline().addLast(ssl, new Negotiation(ssl, connection));
  }

  /** Waits for the handshake, then makes room for the protocol that was chosen in it. */
  private final class Negotiation extends ChannelInboundHandlerAdapter {
    private final SslHandler ssl;
    private final Connections.Connection connection;

    Negotiation(SslHandler ssl, Connections.Connection connection) {
      this.ssl = ssl;
      this.connection = connection;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SslHandshakeCompletionEvent handshake) {
        if (handshake.isSuccess()) {
          configure(ctx.pipeline(), ssl.engine(), connection);
          ctx.pipeline().remove(this);
        } else {
          // Port scanners and clients that trust another authority: not worth a log line.
          ctx.close();
        }
        return;
      }
      ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  private void configure(
      ChannelPipeline pipeline, SSLEngine engine, Connections.Connection connection) {
    Peer peer = peer(pipeline.channel(), engine);
    if (TlsSetup.HTTP_2.equals(engine.getApplicationProtocol())) {
      configureHttp2(pipeline, peer, connection);
    } else {
      var config =
          new HttpDecoderConfig()
              // As Go: once and the same again is no contradiction.
              .setAllowDuplicateContentLengths(true)
              .setMaxInitialLineLength(Limits.MAX_REQUEST_LINE_BYTES)
              .setMaxHeaderSize(Limits.MAX_HEADER_BYTES);
      pipeline.addLast(HTTP_CODEC, new HttpServerCodec(config));
      pipeline.addLast(new ExchangeHandler(shared, connection, peer, false));
    }
  }

  private void configureHttp2(
      ChannelPipeline pipeline, Peer peer, Connections.Connection connection) {
    Http2FrameCodec codec =
        Http2FrameCodecBuilder.forServer()
            .initialSettings(
                Http2Settings.defaultSettings()
                    .maxConcurrentStreams(Limits.MAX_STREAMS_PER_CONNECTION)
                    .initialWindowSize(Limits.STREAM_WINDOW_BYTES)
                    .maxHeaderListSize(Limits.MAX_HEADER_BYTES))
            .decoderEnforceMaxRstFramesPerWindow(
                Limits.MAX_RESETS_PER_WINDOW, Limits.RESET_WINDOW_SECONDS)
            .build();
    pipeline.addLast(codec);
    pipeline.addLast(
        new Http2MultiplexHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel stream) {
                stream
                    .pipeline()
                    .addLast(
                        new Http2StreamFrameToHttpObjectCodec(true),
                        new ExchangeHandler(shared, connection, peer, true));
              }
            }));
    pipeline.addLast(new EndOnFailure());
  }

  /** A connection whose protocol is broken ends. */
  private static final class EndOnFailure extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  private static Peer peer(Channel channel, SSLEngine engine) {
    String address =
        channel.remoteAddress() instanceof InetSocketAddress socket
            ? socket.getAddress().getHostAddress()
            : "";
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      for (Certificate certificate : engine.getSession().getPeerCertificates()) {
        certificates.add((X509Certificate) certificate);
      }
    } catch (SSLPeerUnverifiedException e) {
      // No certificate: the client names itself in another way, or not at all.
      certificates.clear();
    }
    return new Peer(address, certificates);
  }
}
