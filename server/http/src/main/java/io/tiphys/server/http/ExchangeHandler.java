package io.tiphys.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.tiphys.api.ApiFailure;
import io.tiphys.base.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes requests from one HTTP/1.1 connection or one HTTP/2 stream and starts their exchanges, one
 * at a time: with the whole body where it came along with the head, else with the head alone, and
 * then nothing more is read until the handler asks for it. Lives on the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write ends the channel, and that is seen
final class ExchangeHandler extends ChannelInboundHandlerAdapter
    implements ResponseWriter.AnswerEnd {
  private final Exchange.Shared shared;
  private final Connections.Connection connection;
  private final Peer peer;
  private final boolean multiplexed;
  private final IncomingBody.Flow flow = this::readOn;
  private final ArrayDeque<Object> ahead = new ArrayDeque<>();
  private final List<Runnable> closeActions = new ArrayList<>();
  private @Nullable ChannelHandlerContext context;

  /** A request that has not been started, as its body is still expected in the same batch. */
  private @Nullable HttpRequest head;

  /** The body that is arriving: of {@link #head}, or of {@link #current}. */
  private @Nullable IncomingBody incoming;

  private @Nullable Exchange current;
  private boolean busy;

  /** Whether the connection counts {@link #current} among those under way. */
  private boolean counted;

  private boolean continueExpected;

  /** Nothing more is served here; what still comes is read past. */
  private boolean refused;

  private int discardedBytes;
  private boolean gone;

  ExchangeHandler(
      Exchange.Shared shared, Connections.Connection connection, Peer peer, boolean multiplexed) {
    this.shared = shared;
    this.connection = connection;
    this.peer = peer;
    this.multiplexed = multiplexed;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (refused) {
      discard(ctx, message);
    } else if (busy && incoming == null) {
      ahead.add(message);
      if (ahead.size() > Limits.MAX_PIPELINED_MESSAGES) {
        ctx.close();
      }
    } else {
      take(ctx, message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    startWithoutBody(ctx);
    ctx.fireChannelReadComplete();
  }

  private void take(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof HttpObject object && object.decoderResult().isFailure()) {
        malformed(ctx, object.decoderResult().cause());
        return;
      }
      if (message instanceof HttpRequest request) {
        head = request;
        continueExpected = HttpUtil.is100ContinueExpected(request);
        incoming = new IncomingBody(shared.bodies(), HttpUtil.getContentLength(request, -1L), flow);
      }
      if (message instanceof HttpContent content && incoming != null) {
        collect(ctx, incoming, content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void collect(ChannelHandlerContext ctx, IncomingBody body, HttpContent content) {
    if (!body.kept()) {
      discardedBytes += content.content().readableBytes();
    }
    body.append(content.content());
    if (content instanceof LastHttpContent) {
      incoming = null;
      body.finish();
      if (head != null) {
        start(ctx, head, body);
      }
    } else if (discardedBytes > Limits.MAX_DISCARDED_BYTES) {
      ctx.close();
    } else if (body.length() > Limits.MAX_EARLY_BODY_BYTES) {
      startWithoutBody(ctx);
    }
  }

  /** Asks who it is before any more is read. */
  private void startWithoutBody(ChannelHandlerContext ctx) {
    if (head != null && incoming != null) {
      if (HttpUtil.getContentLength(head, Long.MAX_VALUE) > Limits.MAX_EARLY_BODY_BYTES) {
        ctx.channel().config().setAutoRead(false);
      }
      start(ctx, head, incoming);
    }
  }

  private void start(ChannelHandlerContext ctx, HttpRequest request, IncomingBody body) {
    head = null;
    busy = true;
    var framing = ResponseWriter.Framing.of(request, multiplexed, shared.auditIds());
    Response.Full refusal = multiplexed ? null : RequestReader.refusal(request);
    if (refusal != null) {
      refused = true;
      incoming = null;
      var last = new ResponseWriter(shared, ctx.channel(), framing.closing(), body, this);
      refuse(last, body, refusal);
      return;
    }
    ResponseWriter writer = new ResponseWriter(shared, ctx.channel(), framing, body, this);
    Exchange exchange;
    try {
      exchange = new Exchange(shared, ctx.channel(), request, body, peer, writer);
    } catch (IllegalArgumentException e) {
      refuse(writer, body, Answers.text(400, "400 Bad Request: " + e.getMessage() + "\n"));
      return;
    }
    connection.began();
    counted = true;
    current = exchange;
    exchange.start();
  }

  private void readOn(boolean wanted) {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      return;
    }
    ctx.executor()
        .execute(
            () -> {
              if (gone) {
                return;
              }
              if (wanted && continueExpected) {
                continueExpected = false;
                ctx.writeAndFlush(
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
              }
              ctx.channel().config().setAutoRead(true);
            });
  }

  /**
   * Reads past the rest of a refused request: closing at once would reset the connection, and the
   * client would lose the answer that tells it why.
   */
  private void discard(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpContent content) {
      discardedBytes += content.content().readableBytes();
    }
    boolean over = message instanceof LastHttpContent;
    ReferenceCountUtil.release(message);
    if (over || discardedBytes > Limits.MAX_DISCARDED_BYTES) {
      ctx.close();
    }
  }

  /** Answers without going through the pipeline. */
  private void refuse(ResponseWriter writer, IncomingBody body, Response.Full answer) {
    body.release();
    body.abandon();
    writer.writeNow(answer);
  }

  private void malformed(ChannelHandlerContext ctx, Throwable cause) {
    refused = true;
    discardedBytes = Limits.MAX_DISCARDED_BYTES;
    IncomingBody body = incoming;
    if (body != null) {
      body.cut();
      incoming = null;
    }
    if (current != null) {
      return;
    }
    Response.Full answer =
        cause instanceof TooLongHttpHeaderException || cause instanceof TooLongHttpLineException
            ? Answers.text(431, "431 Request Header Fields Too Large")
            : Answers.text(400, "400 Bad Request");
    head = null;
    var framing =
        new ResponseWriter.Framing(multiplexed, false, false, false, shared.auditIds().next());
    IncomingBody none = new IncomingBody(shared.bodies(), 0, flow);
    none.finish();
    new ResponseWriter(shared, ctx.channel(), framing, none, this).writeNow(answer);
  }

  @Override
  public void answered(boolean keepAlive) {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      return;
    }
    Exchange exchange = current;
    if (exchange != null) {
      current = null;
      exchange.answerEnded();
      ended();
    }
    closeActions.clear();
    if (incoming != null) {
      incoming = null;
      refused = true;
      if (multiplexed) {
        // As Go's server: the answer stands, the rest of the body is not wanted.
        ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
      }
      return;
    }
    if (refused || !keepAlive || shared.inFlight().draining()) {
      closeAfterAnswer(ctx);
      return;
    }
    busy = false;
    while (!ahead.isEmpty() && (!busy || incoming != null)) {
      take(ctx, ahead.poll());
    }
    startWithoutBody(ctx);
  }

  private void ended() {
    if (counted) {
      counted = false;
      connection.ended(shared.clock().nanoTime());
    }
  }

  private void closeAfterAnswer(ChannelHandlerContext ctx) {
    // On HTTP/2 the end of the answer ends the stream; closing it would turn into a reset.
    if (multiplexed) {
      return;
    }
    SslHandler ssl = refused ? ctx.pipeline().get(SslHandler.class) : null;
    if (ssl == null) {
      ctx.close();
      return;
    }
    // A client that still sends would lose the answer to a reset.
    ssl.closeOutbound();
    Clock.Timer linger = shared.clock().schedule(Limits.LINGER, ctx.channel()::close);
    ctx.channel().closeFuture().addListener(_ -> linger.cancel());
  }

  @Override
  public void upgrade(UpgradeHandler handler) {
    ChannelHandlerContext ctx = context;
    if (ctx == null || gone) {
      handler.abandoned();
      return;
    }
    Response.Full refusal = refusalOfUpgrade();
    if (refusal != null) {
      handler.abandoned();
      var framing =
          new ResponseWriter.Framing(multiplexed, false, false, false, shared.auditIds().next());
      IncomingBody none = new IncomingBody(shared.bodies(), 0, flow);
      none.finish();
      new ResponseWriter(shared, ctx.channel(), framing, none, this).writeNow(refusal);
      return;
    }
    ctx.channel().closeFuture().addListener(_ -> shared.sessions().end());
    var switching =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
    try {
      handler.headers().forEach(switching.headers()::set);
    } catch (IllegalArgumentException e) {
      // A header that HTTP does not know: there is no answer to give any more.
      handler.abandoned();
      ctx.close();
      return;
    }
    ctx.writeAndFlush(switching);
    var pipeline = ctx.pipeline();
    pipeline.remove(this);
    handler.takeOver(pipeline);
    // Last, because it hands on what the client sent right behind its request.
    pipeline.remove(ConnectionSetup.HTTP_CODEC);
  }

  /** Why this connection cannot leave HTTP; null when it can, and then it has taken its place. */
  private Response.@Nullable Full refusalOfUpgrade() {
    if (multiplexed) {
      return Answers.text(400, "Upgrade is not possible over HTTP/2");
    }
    if (incoming != null) {
      return Answers.text(400, "Upgrade is not possible in the middle of a request");
    }
    return shared.sessions().begin()
        ? null
        : Answers.failure(ApiFailure.tooManyRequests("too many sessions are open", 1));
  }

  @Override
  public void onClose(Runnable action) {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      return;
    }
    ctx.executor()
        .execute(
            () -> {
              if (gone) {
                Thread.ofVirtual().name("client-gone").start(action);
              } else {
                closeActions.add(action);
              }
            });
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    gone = true;
    ahead.forEach(ReferenceCountUtil::release);
    ahead.clear();
    for (Runnable action : closeActions) {
      Thread.ofVirtual().name("client-gone").start(action);
    }
    closeActions.clear();
    Exchange exchange = current;
    if (exchange != null) {
      exchange.clientGone();
      ended();
    } else if (incoming != null) {
      incoming.release();
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
