package io.tiphys.server.http;

import static io.netty.handler.codec.http.HttpHeaderNames.ACCEPT_ENCODING;
import static io.netty.handler.codec.http.HttpHeaderNames.CACHE_CONTROL;
import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_ENCODING;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;
import static io.netty.handler.codec.http.HttpHeaderNames.DATE;
import static io.netty.handler.codec.http.HttpHeaderNames.TRANSFER_ENCODING;
import static io.netty.handler.codec.http.HttpHeaderNames.VARY;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import io.tiphys.base.Clock;
import java.util.List;
import java.util.Map;

/** Sends one answer on one connection or stream. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write ends the channel, and that is seen
final class ResponseWriter {
  private static final AsciiString AUDIT_ID = AsciiString.cached("Audit-Id");

  private final Exchange.Shared shared;
  private final Channel channel;
  private final Framing framing;
  private final IncomingBody request;
  private final AnswerEnd end;
  private boolean keepAlive;

  ResponseWriter(
      Exchange.Shared shared,
      Channel channel,
      Framing framing,
      IncomingBody request,
      AnswerEnd end) {
    this.shared = shared;
    this.channel = channel;
    this.framing = framing;
    this.request = request;
    this.end = end;
  }

  /**
   * How the request wants its answer.
   *
   * @param multiplexed HTTP/2: no connection headers
   * @param keepAlive the connection serves another request afterwards
   * @param headOnly HEAD: everything but the body
   * @param gzip the client reads gzip
   * @param auditId the client's own name for the request, or ours
   */
  record Framing(
      boolean multiplexed, boolean keepAlive, boolean headOnly, boolean gzip, String auditId) {

    /** The connection serves no more. */
    Framing closing() {
      return new Framing(multiplexed, false, headOnly, gzip, auditId);
    }

    static Framing of(HttpRequest head, boolean multiplexed, AuditIds ids) {
      HttpHeaders headers = head.headers();
      String encodings = headers.get(ACCEPT_ENCODING);
      String named = headers.get(AUDIT_ID);
      return new Framing(
          multiplexed,
          multiplexed || HttpUtil.isKeepAlive(head),
          head.method().equals(HttpMethod.HEAD),
          encodings != null && Gzip.accepted(encodings),
          named == null || named.isEmpty() ? ids.next() : named);
    }
  }

  /** Who is told, on the event loop, that the answer is out. */
  interface AnswerEnd {
    void answered(boolean keepAlive);

    void upgrade(UpgradeHandler handler);

    /** Has {@code action} run once when the client goes away. */
    void onClose(Runnable action);
  }

  String auditId() {
    return framing.auditId();
  }

  /** Whether the answer goes out in one piece. */
  boolean writesWithoutWaiting(Response response) {
    return response instanceof Response.Full full
        && (framing.headOnly() || length(full) <= Limits.WRITE_CHUNK_BYTES);
  }

  void write(Response response) throws InterruptedException {
    request.abandon();
    switch (response) {
      case Response.Full full -> {
        if (writesWithoutWaiting(full)) {
          channel.eventLoop().execute(() -> writeNow(full));
        } else if (framing.gzip()
            && length(full) > Limits.GZIP_THRESHOLD_BYTES
            && !full.headers().containsKey("Content-Encoding")) {
          writeGzipped(full);
        } else {
          HttpResponse head = head(full.status(), full.contentType(), full.headers());
          head.headers().set(CONTENT_LENGTH, Long.toString(length(full)));
          channel.write(head);
          Outflow outflow = new Outflow(channel, shared.clock());
          outflow.send(full.body());
          finish(outflow.end());
        }
      }
      case Response.Streaming streaming -> stream(streaming);
      case Response.Upgrade upgrade ->
          channel.eventLoop().execute(() -> end.upgrade(upgrade.handler()));
    }
  }

  /** A whole answer in one write; on the event loop. */
  void writeNow(Response.Full full) {
    ByteBuf body =
        framing.headOnly()
            ? Unpooled.EMPTY_BUFFER
            : Unpooled.wrappedBuffer(full.body().toArray(byte[][]::new));
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(full.status()), body);
    fill(response, full.contentType(), full.headers());
    if (full.status() != 204 && full.status() != 304) {
      response.headers().set(CONTENT_LENGTH, Long.toString(length(full)));
    }
    finish(channel.writeAndFlush(response));
  }

  private void writeGzipped(Response.Full full) throws InterruptedException {
    HttpResponse head = head(full.status(), full.contentType(), full.headers());
    head.headers().set(CONTENT_ENCODING, HttpHeaderValues.GZIP).add(VARY, "Accept-Encoding");
    chunked(head);
    channel.write(head);
    Outflow outflow = new Outflow(channel, shared.clock());
    Gzip.compress(full.body(), piece -> outflow.send(List.of(piece)));
    finish(outflow.end());
  }

  private void stream(Response.Streaming streaming) throws InterruptedException {
    HttpResponse head = head(streaming.status(), streaming.contentType(), streaming.headers());
    if (framing.headOnly()) {
      ClosedSink.drain(streaming.body());
      channel.write(head);
      finish(new Outflow(channel, shared.clock()).end());
      return;
    }
    chunked(head);
    // Flushed at once: a client waits for the head of a watch before it believes in it.
    channel.writeAndFlush(head);
    Outflow outflow = new Outflow(channel, shared.clock());
    streaming
        .body()
        .writeTo(
            new Response.Sink() {
              @Override
              public void write(List<byte[]> pieces) throws InterruptedException {
                outflow.send(pieces);
              }

              @Override
              public void onClose(Runnable action) {
                end.onClose(action);
              }
            });
    finish(outflow.end());
  }

  private HttpResponse head(int status, String contentType, Map<String, String> headers) {
    var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
    fill(head, contentType, headers);
    return head;
  }

  private void fill(HttpResponse response, String contentType, Map<String, String> headers) {
    HttpHeaders written = response.headers();
    written.set(AUDIT_ID, framing.auditId());
    written.set(CACHE_CONTROL, "no-cache, private");
    if (!contentType.isEmpty()) {
      written.set(CONTENT_TYPE, contentType);
    }
    written.set(DATE, shared.date().value());
    headers.forEach(written::set);
    // Where the request's body is still coming, its end cannot be told from the next request's.
    keepAlive = framing.keepAlive() && (framing.multiplexed() || request.whole());
    if (!keepAlive && !framing.multiplexed()) {
      written.set(CONNECTION, HttpHeaderValues.CLOSE);
    }
  }

  private void chunked(HttpResponse head) {
    if (!framing.multiplexed()) {
      head.headers().set(TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
  }

  private void finish(ChannelFuture written) {
    boolean keep = keepAlive;
    if (!written.isDone()) {
      // A client that never takes the last of its answer does not hold on to what it used.
      Clock.Timer patience = shared.clock().schedule(Limits.WRITE_PATIENCE, channel::close);
      written.addListener(_ -> patience.cancel());
    }
    written.addListener(future -> end.answered(future.isSuccess() && keep));
  }

  private static long length(Response.Full full) {
    long length = 0;
    for (byte[] piece : full.body()) {
      length += piece.length;
    }
    return length;
  }
}
