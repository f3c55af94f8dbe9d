package io.tiphys.server.door;

import static io.netty.handler.codec.http.HttpHeaderNames.CACHE_CONTROL;
import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_ENCODING;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;
import static io.netty.handler.codec.http.HttpHeaderNames.TRANSFER_ENCODING;
import static io.netty.handler.codec.http.HttpHeaderNames.VARY;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Map;

/** Sends one answer on one connection or stream. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write ends the channel, and that is seen
final class ResponseWriter {
  private final Channel channel;
  private final Framing framing;
  private final AnswerEnd end;

  ResponseWriter(Channel channel, Framing framing, AnswerEnd end) {
    this.channel = channel;
    this.framing = framing;
    this.end = end;
  }

  /**
   * How the request wants its answer.
   *
   * @param multiplexed HTTP/2: no connection headers
   * @param keepAlive the connection serves another request afterwards
   * @param headOnly HEAD: everything but the body
   * @param gzip the client reads gzip
   */
  record Framing(boolean multiplexed, boolean keepAlive, boolean headOnly, boolean gzip) {}

  /** Who is told, on the event loop, that the answer is out. */
  interface AnswerEnd {
    void answered(boolean keepAlive);

    void upgrade(UpgradeHandler handler);

    /** Has {@code action} run once when the client goes away. */
    void onClose(Runnable action);
  }

  /** Whether the answer goes out in one piece. */
  boolean writesWithoutWaiting(Response response) {
    return response instanceof Response.Full full
        && (framing.headOnly() || length(full) <= Limits.WRITE_CHUNK_BYTES);
  }

  void write(Response response) throws InterruptedException {
    switch (response) {
      case Response.Full full -> {
        if (writesWithoutWaiting(full)) {
          writeNow(full);
        } else if (framing.gzip() && length(full) > Limits.GZIP_THRESHOLD_BYTES) {
          writeGzipped(full);
        } else {
          HttpResponse head = head(full.status(), full.contentType(), full.headers());
          head.headers().set(CONTENT_LENGTH, Long.toString(length(full)));
          channel.write(head);
          Outflow outflow = new Outflow(channel);
          outflow.send(full.body());
          finish(outflow.end());
        }
      }
      case Response.Streaming streaming -> stream(streaming);
      case Response.Upgrade upgrade ->
          channel.eventLoop().execute(() -> end.upgrade(upgrade.handler()));
    }
  }

  /** A whole answer in one write. */
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
    Outflow outflow = new Outflow(channel);
    Gzip.compress(full.body(), piece -> outflow.send(List.of(piece)));
    finish(outflow.end());
  }

  private void stream(Response.Streaming streaming) throws InterruptedException {
    HttpResponse head = head(streaming.status(), streaming.contentType(), Map.of());
    if (framing.headOnly()) {
      channel.write(head);
      finish(new Outflow(channel).end());
      return;
    }
    chunked(head);
    // Flushed at once: a client waits for the head of a watch before it believes in it.
    channel.writeAndFlush(head);
    Outflow outflow = new Outflow(channel);
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
    response.headers().set(CACHE_CONTROL, "no-cache, private");
    if (!contentType.isEmpty()) {
      response.headers().set(CONTENT_TYPE, contentType);
    }
    headers.forEach(response.headers()::set);
    if (!framing.multiplexed() && !framing.keepAlive()) {
      response.headers().set(CONNECTION, HttpHeaderValues.CLOSE);
    }
  }

  private void chunked(HttpResponse head) {
    if (!framing.multiplexed()) {
      head.headers().set(TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
  }

  private void finish(ChannelFuture written) {
    written.addListener(future -> end.answered(future.isSuccess() && framing.keepAlive()));
  }

  private static long length(Response.Full full) {
    long length = 0;
    for (byte[] piece : full.body()) {
      length += piece.length;
    }
    return length;
  }
}
