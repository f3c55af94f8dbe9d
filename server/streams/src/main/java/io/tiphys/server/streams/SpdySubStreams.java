package io.tiphys.server.streams;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyGoAwayFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyHeadersFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySessionStatus;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Lanes over SPDY/3.1: the client opens a stream per lane and says in its headers what it is for.
 *
 * <p>The only clients are built on Go's spdystream, which neither sends nor obeys SPDY's window
 * updates; with windows enforced, every session would stall after 64 KiB. What bounds memory
 * instead is TCP's own flow control: the {@link Backpressure} inwards, the {@link FrameWriter}
 * outwards.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write ends the channel, and that is seen
final class SpdySubStreams extends SimpleChannelInboundHandler<SpdyFrame>
    implements SubStream.Framing {
  /** Two per forwarded connection; a client that opens more without closing any is broken. */
  private static final int MAX_STREAMS = 2000;

  private static final int MAX_HEADER_BYTES = 64 * 1024;
  private static final int MAX_CHUNK_BYTES = 32 * 1024;

  private final Listener listener;
  private final FrameWriter frames;
  private final Backpressure backpressure;
  private final Map<Integer, Half> open = new HashMap<>();
  private int lastStream;

  private SpdySubStreams(ChannelPipeline pipeline, Listener listener) {
    this.listener = listener;
    this.frames = new FrameWriter(pipeline.channel());
    this.backpressure = new Backpressure(pipeline.channel());
  }

  /** Who is told, on the event loop, of what the client does. Must not block. */
  interface Listener {
    /** A new lane; false refuses it. Header names are in lower case. */
    boolean opened(SubStream subStream, Map<String, String> headers);

    /** The client has gone. */
    void gone();
  }

  static SpdySubStreams install(ChannelPipeline pipeline, Listener listener) {
    SpdySubStreams subStreams = new SpdySubStreams(pipeline, listener);
    Upgraded.prepare(pipeline);
    pipeline.addLast(
        new SpdyFrameCodec(
            SpdyVersion.SPDY_3_1, MAX_CHUNK_BYTES, MAX_HEADER_BYTES, 6, 15, 8, false),
        subStreams);
    return subStreams;
  }

  /** Ends the connection, after everything that was sent before. */
  void close() {
    var channel = frames.channel();
    if (!channel.isActive()) {
      return;
    }
    channel
        .eventLoop()
        .execute(
            () -> {
              open.values().forEach(half -> half.subStream.incoming().close());
              GracefulClose.bid(
                  channel, new DefaultSpdyGoAwayFrame(lastStream, SpdySessionStatus.OK));
            });
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, SpdyFrame frame) {
    switch (frame) {
      case SpdySynStreamFrame syn -> opened(ctx, syn);
      case SpdyDataFrame data -> {
        Half half = open.get(data.streamId());
        if (half != null) {
          half.subStream.incoming().offer(data.content());
          if (data.isLast()) {
            clientEnded(half);
          }
        }
      }
      case SpdyRstStreamFrame reset -> {
        Half half = open.remove(reset.streamId());
        if (half != null) {
          half.subStream.incoming().end();
        }
      }
      case SpdyPingFrame ping -> {
        // Even numbers are answers to our own pings, which we never send.
        if (ping.id() % 2 != 0) {
          ctx.writeAndFlush(new DefaultSpdyPingFrame(ping.id()));
        }
      }
      case SpdyHeadersFrame headers -> {
        Half half = open.get(headers.streamId());
        if (half != null && headers.isLast()) {
          clientEnded(half);
        }
      }
      default -> {
        // Settings, window updates and goodbyes ask for nothing; see the class comment.
      }
    }
  }

  private void opened(ChannelHandlerContext ctx, SpdySynStreamFrame syn) {
    if (syn.isInvalid() || syn.isTruncated() || open.size() >= MAX_STREAMS) {
      ctx.writeAndFlush(
          new DefaultSpdyRstStreamFrame(syn.streamId(), SpdyStreamStatus.REFUSED_STREAM));
      return;
    }
    lastStream = syn.streamId();
    Map<String, String> headers = new HashMap<>();
    for (Map.Entry<CharSequence, CharSequence> header : syn.headers()) {
      headers.put(
          header.getKey().toString().toLowerCase(Locale.ROOT), header.getValue().toString());
    }
    SubStream subStream = new SubStream(syn.streamId(), backpressure, frames, this);
    Half half = new Half(subStream);
    open.put(syn.streamId(), half);
    if (!listener.opened(subStream, headers)) {
      open.remove(syn.streamId());
      ctx.writeAndFlush(
          new DefaultSpdyRstStreamFrame(syn.streamId(), SpdyStreamStatus.REFUSED_STREAM));
      return;
    }
    ctx.writeAndFlush(reply(syn.streamId()));
    if (syn.isLast()) {
      clientEnded(half);
    }
  }

  private static SpdySynReplyFrame reply(int stream) {
    var reply = new DefaultSpdySynReplyFrame(stream, false);
    // Nobody reads it, but without any header Netty leaves out the header block, and Go's reader
    // then waits for one for ever.
    reply.headers().set("accepted", "true");
    return reply;
  }

  private void clientEnded(Half half) {
    half.clientEnded = true;
    half.subStream.incoming().end();
    if (half.serverEnded) {
      open.remove(half.subStream.id());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    open.values().forEach(half -> half.subStream.incoming().end());
    open.clear();
    listener.gone();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  @Override
  public Object data(int subStream, ByteBuf bytes) {
    return new DefaultSpdyDataFrame(subStream, bytes);
  }

  @Override
  public void end(int subStream, FrameWriter frames) {
    DefaultSpdyDataFrame last = new DefaultSpdyDataFrame(subStream);
    last.setLast(true);
    frames.signal(last);
    frames
        .channel()
        .eventLoop()
        .execute(
            () -> {
              Half half = open.get(subStream);
              if (half != null) {
                half.serverEnded = true;
                if (half.clientEnded) {
                  open.remove(subStream);
                }
              }
            });
  }

  @Override
  public void reset(int subStream, FrameWriter frames) {
    frames.signal(new DefaultSpdyRstStreamFrame(subStream, SpdyStreamStatus.CANCEL));
    frames.channel().eventLoop().execute(() -> open.remove(subStream));
  }

  /** A stream and which sides have ended it; touched on the event loop only. */
  private static final class Half {
    final SubStream subStream;
    boolean clientEnded;
    boolean serverEnded;

    Half(SubStream subStream) {
      this.subStream = subStream;
    }
  }
}
