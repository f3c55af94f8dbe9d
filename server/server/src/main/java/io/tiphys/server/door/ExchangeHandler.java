package io.tiphys.server.door;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import io.tiphys.api.ApiFailure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects requests from one HTTP/1.1 connection or one HTTP/2 stream and starts their exchanges,
 * one at a time. Lives on the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write ends the channel, and that is seen
final class ExchangeHandler extends ChannelInboundHandlerAdapter
    implements ResponseWriter.AnswerEnd {
  private static final byte[] NOTHING = new byte[0];

  private final Exchange.Door door;
  private final Peer peer;
  private final boolean multiplexed;
  private final ArrayDeque<Object> ahead = new ArrayDeque<>();
  private final List<Runnable> closeActions = new ArrayList<>();
  private @Nullable ChannelHandlerContext context;
  private @Nullable HttpRequest head;
  private byte[] body = NOTHING;
  private int bodyLength;
  private @Nullable Exchange current;
  private boolean busy;
  private boolean refused;
  private int discardedBytes;
  private boolean gone;

  ExchangeHandler(Exchange.Door door, Peer peer, boolean multiplexed) {
    this.door = door;
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
      return;
    }
    if (busy) {
      ahead.add(message);
      if (ahead.size() > Limits.MAX_PIPELINED_MESSAGES) {
        ctx.close();
      }
      return;
    }
    take(ctx, message);
  }

  private void take(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof HttpObject object && object.decoderResult().isFailure()) {
        refuseMalformed(ctx, object.decoderResult().cause());
        return;
      }
      if (message instanceof HttpRequest request) {
        begin(ctx, request);
      }
      if (message instanceof HttpContent content && head != null) {
        collect(ctx, content.content());
        if (message instanceof LastHttpContent && head != null) {
          start(ctx, head);
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpRequest request) {
    head = request;
    bodyLength = 0;
    long announced = HttpUtil.getContentLength(request, 0L);
    if (announced > Limits.MAX_BODY_BYTES) {
      refuse(ctx, request, tooLarge());
      return;
    }
    body = announced == 0 ? NOTHING : new byte[(int) announced];
    if (HttpUtil.is100ContinueExpected(request)) {
      ctx.writeAndFlush(
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    }
  }

  private void collect(ChannelHandlerContext ctx, ByteBuf bytes) {
    HttpRequest request = head;
    int length = bytes.readableBytes();
    if (length == 0 || request == null) {
      return;
    }
    if (bodyLength + length > Limits.MAX_BODY_BYTES) {
      refuse(ctx, request, tooLarge());
      return;
    }
    if (bodyLength + length > body.length) {
      body =
          Arrays.copyOf(
              body,
              Math.max(bodyLength + length, Math.min(body.length * 2, Limits.MAX_BODY_BYTES)));
    }
    bytes.readBytes(body, bodyLength, length);
    bodyLength += length;
  }

  private void start(ChannelHandlerContext ctx, HttpRequest head) {
    byte[] whole = bodyLength == body.length ? body : Arrays.copyOf(body, bodyLength);
    this.head = null;
    this.body = NOTHING;
    Request request;
    long timeoutNanos;
    try {
      request = RequestReader.read(head, whole, peer);
    } catch (IllegalArgumentException e) {
      refuse(ctx, head, Answers.text(400, "400 Bad Request: " + e.getMessage() + "\n"));
      return;
    }
    try {
      timeoutNanos = Exchange.timeoutNanos(request);
    } catch (IllegalArgumentException e) {
      refuse(
          ctx,
          head,
          Answers.failure(
              ApiFailure.badRequest(
                  "invalid timeout specified in the request URL - " + e.getMessage())));
      return;
    }
    busy = true;
    Exchange exchange =
        new Exchange(
            door,
            ctx.channel(),
            request,
            timeoutNanos,
            new ResponseWriter(ctx.channel(), framing(head), this));
    current = exchange;
    exchange.start();
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

  /** Answers without a walk; nothing more is served here. */
  private void refuse(ChannelHandlerContext ctx, HttpRequest request, Response.Full answer) {
    head = null;
    body = NOTHING;
    refused = true;
    boolean headOnly = request.method().name().equals("HEAD");
    new ResponseWriter(
            ctx.channel(), new ResponseWriter.Framing(multiplexed, false, headOnly, false), this)
        .writeNow(answer);
  }

  private void refuseMalformed(ChannelHandlerContext ctx, Throwable cause) {
    Response.Full answer =
        cause instanceof TooLongHttpHeaderException || cause instanceof TooLongHttpLineException
            ? Answers.text(431, "431 Request Header Fields Too Large")
            : Answers.text(400, "400 Bad Request");
    head = null;
    refused = true;
    discardedBytes = Limits.MAX_DISCARDED_BYTES;
    new ResponseWriter(
            ctx.channel(), new ResponseWriter.Framing(multiplexed, false, false, false), this)
        .writeNow(answer);
  }

  private ResponseWriter.Framing framing(HttpRequest head) {
    String encodings = head.headers().get(HttpHeaderNames.ACCEPT_ENCODING);
    return new ResponseWriter.Framing(
        multiplexed,
        multiplexed || HttpUtil.isKeepAlive(head),
        head.method().name().equals("HEAD"),
        encodings != null && Gzip.accepted(encodings));
  }

  @Override
  public void answered(boolean keepAlive) {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      return;
    }
    current = null;
    closeActions.clear();
    if (refused) {
      if (discardedBytes >= Limits.MAX_DISCARDED_BYTES) {
        ctx.close();
      }
      return;
    }
    if (!keepAlive || door.inFlight().draining()) {
      closeAfterAnswer(ctx);
      return;
    }
    busy = false;
    while (!busy && !ahead.isEmpty()) {
      take(ctx, ahead.poll());
    }
  }

  private void closeAfterAnswer(ChannelHandlerContext ctx) {
    // On HTTP/2 the end of the answer ends the stream; closing it would turn into a reset.
    if (!multiplexed) {
      ctx.close();
    }
  }

  @Override
  public void upgrade(UpgradeHandler handler) {
    ChannelHandlerContext ctx = context;
    if (ctx == null || gone) {
      handler.abandoned();
      return;
    }
    if (multiplexed) {
      handler.abandoned();
      new ResponseWriter(ctx.channel(), new ResponseWriter.Framing(true, true, false, false), this)
          .writeNow(Answers.text(400, "Upgrade is not possible over HTTP/2"));
      return;
    }
    var switching =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
    handler.headers().forEach(switching.headers()::set);
    ctx.writeAndFlush(switching);
    var pipeline = ctx.pipeline();
    pipeline.remove(ConnectionSetup.IDLE);
    pipeline.remove(this);
    handler.takeOver(pipeline);
    // Last, because it hands on what the client sent right behind its request.
    pipeline.remove(ConnectionSetup.HTTP_CODEC);
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
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent && !multiplexed) {
      if (!busy) {
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

  private static Response.Full tooLarge() {
    return Answers.failure(ApiFailure.requestEntityTooLarge("limit is " + Limits.MAX_BODY_BYTES));
  }
}
