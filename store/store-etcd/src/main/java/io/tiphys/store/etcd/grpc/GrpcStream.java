package io.tiphys.store.etcd.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One call: messages there, messages back, a status at the end. Runs on the event loop. */
final class GrpcStream extends ChannelInboundHandlerAdapter {
  /** gRPC's frame before each message: whether it is compressed, and its length. */
  private static final int PREFIX = 5;

  private static final int HTTP_OK = 200;

  private final Receiver receiver;
  private final int maxMessage;
  private @Nullable CompositeByteBuf received;
  private boolean ended;

  GrpcStream(Receiver receiver, int maxMessage) {
    this.receiver = receiver;
    this.maxMessage = maxMessage;
  }

  /** What a call brings; told on the event loop. */
  interface Receiver {
    void message(byte[] message);

    /** Called once, at last. */
    void end(GrpcException status);
  }

  static void begin(Http2StreamChannel channel, Endpoint endpoint, String method, String token) {
    Http2Headers headers =
        new DefaultHttp2Headers()
            .method("POST")
            .scheme(endpoint.tls() ? "https" : "http")
            .path(method)
            .authority(endpoint.host() + ":" + endpoint.port())
            .add("content-type", "application/grpc")
            .add("te", "trailers")
            .add("hasleader", "true"); // etcd's: rather no answer than one of a server left alone
    if (!token.isEmpty()) {
      headers.add("token", token);
    }
    var _ = channel.write(new DefaultHttp2HeadersFrame(headers));
  }

  static void send(Http2StreamChannel channel, byte[] message, boolean last) {
    ByteBuf framed = channel.alloc().buffer(PREFIX + message.length);
    framed.writeByte(0).writeInt(message.length).writeBytes(message);
    var _ = channel.writeAndFlush(new DefaultHttp2DataFrame(framed, last));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object frame) {
    try {
      switch (frame) {
        case Http2DataFrame data -> {
          take(context, data.content());
          if (data.isEndStream()) {
            end(context, GrpcException.INTERNAL, "the answer ended without a status");
          }
        }
        case Http2HeadersFrame headers -> headers(context, headers);
        case Http2ResetFrame reset ->
            end(context, GrpcException.UNAVAILABLE, "stream reset, code " + reset.errorCode());
        default -> {} // Settings, windows and the like are the codec's business.
      }
    } finally {
      ReferenceCountUtil.release(frame);
    }
  }

  private void take(ChannelHandlerContext context, ByteBuf content) {
    CompositeByteBuf all = received == null ? context.alloc().compositeBuffer(64) : received;
    received = all.addComponent(true, content.retain());
    while (!ended && all.readableBytes() >= PREFIX) {
      int length = all.getInt(all.readerIndex() + 1);
      if (all.getByte(all.readerIndex()) != 0 || length < 0 || length > maxMessage) {
        end(context, GrpcException.INTERNAL, "a message of " + length + " bytes is not taken");
        return;
      }
      if (all.readableBytes() < PREFIX + length) {
        return;
      }
      byte[] message = new byte[length];
      all.skipBytes(PREFIX).readBytes(message).discardReadComponents();
      receiver.message(message);
    }
  }

  private void headers(ChannelHandlerContext context, Http2HeadersFrame frame) {
    CharSequence status = frame.headers().get("grpc-status");
    CharSequence http = frame.headers().status();
    if (status != null) {
      CharSequence text = frame.headers().get("grpc-message");
      end(context, Integer.parseInt(status.toString()), text == null ? "" : decoded(text));
    } else if (http != null && !http.toString().equals("" + HTTP_OK)) {
      end(context, GrpcException.UNAVAILABLE, "not a gRPC server: HTTP status " + http);
    }
  }

  private static String decoded(CharSequence text) {
    try {
      return URLDecoder.decode(text.toString().replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return text.toString();
    }
  }

  private void end(ChannelHandlerContext context, int code, String message) {
    if (!ended) {
      ended = true;
      receiver.end(new GrpcException(code, message));
      var _ = context.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (received != null) {
      received.release();
      received = null;
    }
    end(context, GrpcException.UNAVAILABLE, "the connection is gone");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    end(context, GrpcException.UNAVAILABLE, String.valueOf(cause.getMessage()));
  }
}
