package io.tiphys.server.door;

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
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
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
  static final String IDLE = "idle";

  private final SSLContext tls;
  private final Exchange.Door door;
  private final ChannelGroup connections;

  ConnectionSetup(SSLContext tls, Exchange.Door door, ChannelGroup connections) {
    this.tls = tls;
    this.door = door;
    this.connections = connections;
  }

  @Override
  protected void initChannel(SocketChannel channel) {
    connections.add(channel);
    SslHandler ssl = new SslHandler(TlsSetup.engine(tls));
    ssl.setHandshakeTimeoutMillis(Limits.HANDSHAKE_TIMEOUT.toMillis());
    channel.pipeline().addLast(ssl, new Negotiation(ssl));
  }

  /** Waits for the handshake, then makes room for the protocol that was chosen in it. */
  private final class Negotiation extends ChannelInboundHandlerAdapter {
    private final SslHandler ssl;

    Negotiation(SslHandler ssl) {
      this.ssl = ssl;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SslHandshakeCompletionEvent handshake) {
        if (handshake.isSuccess()) {
          configure(ctx.pipeline(), ssl.engine());
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

  private void configure(ChannelPipeline pipeline, SSLEngine engine) {
    Peer peer = peer(pipeline.channel(), engine);
    pipeline.addLast(IDLE, new IdleStateHandler(0, 0, Limits.IDLE_SECONDS));
    if (TlsSetup.HTTP_2.equals(engine.getApplicationProtocol())) {
      configureHttp2(pipeline, peer);
    } else {
      var config =
          new HttpDecoderConfig()
              .setMaxInitialLineLength(Limits.MAX_REQUEST_LINE_BYTES)
              .setMaxHeaderSize(Limits.MAX_HEADER_BYTES);
      pipeline.addLast(HTTP_CODEC, new HttpServerCodec(config));
      pipeline.addLast(new ExchangeHandler(door, peer, false));
    }
  }

  private void configureHttp2(ChannelPipeline pipeline, Peer peer) {
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
                        new ExchangeHandler(door, peer, true));
              }
            }));
    pipeline.addLast(new IdleConnection(codec));
  }

  /** Ends an HTTP/2 connection on which nothing has been asked for a while. */
  private static final class IdleConnection extends ChannelInboundHandlerAdapter {
    private final Http2FrameCodec codec;

    IdleConnection(Http2FrameCodec codec) {
      this.codec = codec;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof IdleStateEvent && codec.connection().numActiveStreams() == 0) {
        ctx.close();
      }
    }

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
