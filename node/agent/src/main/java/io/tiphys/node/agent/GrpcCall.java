package io.tiphys.node.agent;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * One unary gRPC call on a connection of its own, over HTTP/2 without TLS: a small message there, a
 * small message back. Blocks; the socket's owner ends what takes too long.
 */
final class GrpcCall {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** HTTP/2's own limit for a peer that has announced no other. */
  private static final int MAX_FRAME = 16 * 1024;

  /** Of all that a server sends; the answer to one question is a hundredth of it. */
  private static final int MAX_ANSWER = 256 * 1024;

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int CONTINUATION = 9;
  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED = 8;
  private static final int PRIORITY = 0x20;
  private static final int STREAM = 1;

  private static final int UNKNOWN = 2;

  private final DataInputStream in;
  private final DataOutputStream out;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
  private final ByteArrayOutputStream block = new ByteArrayOutputStream();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final DefaultHttp2Headers headers = new DefaultHttp2Headers(false);
  private int received;
  private boolean ended;

  private record Frame(int type, int flags, int stream, byte[] payload) {
    boolean has(int flag) {
      return (flags & flag) != 0;
    }
  }

  /**
   * What came back.
   *
   * @param status gRPC's, 0 for OK
   * @param text what the server says about the status
   */
  record Answer(int status, String text, byte[] message) {}

  GrpcCall(Socket socket) throws IOException {
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
  }

  /** Agrees with the server that both speak HTTP/2. */
  void open() throws IOException {
    out.write(PREFACE);
    write(SETTINGS, 0, 0, new byte[0]);
    out.flush();
    Frame first = read();
    if (first.type != SETTINGS || first.has(ACK)) {
      throw new IOException("error reading server preface");
    }
    write(SETTINGS, ACK, 0, new byte[0]);
  }

  Answer unary(String method, String authority, byte[] message, Duration timeout)
      throws IOException {
    write(HEADERS, END_HEADERS, STREAM, encoded(method, authority, timeout));
    byte[] framed = new byte[5 + message.length];
    framed[3] = (byte) (message.length >> 8);
    framed[4] = (byte) message.length;
    System.arraycopy(message, 0, framed, 5, message.length);
    write(DATA, END_STREAM, STREAM, framed);
    out.flush();
    while (!ended) {
      take(read());
    }
    return answer();
  }

  private static byte[] encoded(String method, String authority, Duration timeout)
      throws IOException {
    Http2Headers headers =
        new DefaultHttp2Headers()
            .method("POST")
            .scheme("http")
            .path(method)
            .authority(authority)
            .add("content-type", "application/grpc")
            .add("user-agent", "kube-probe/1.36")
            .add("te", "trailers")
            .add("grpc-timeout", timeout.toMillis() + "m");
    ByteBuf encoded = Unpooled.buffer();
    try {
      new DefaultHttp2HeadersEncoder().encodeHeaders(STREAM, headers, encoded);
    } catch (Http2Exception e) {
      throw new IOException(e.getMessage(), e);
    }
    return ByteBufUtil.getBytes(encoded);
  }

  private void take(Frame frame) throws IOException {
    switch (frame.type) {
      case SETTINGS -> {
        if (!frame.has(ACK)) {
          reply(SETTINGS, new byte[0]);
        }
      }
      case PING -> {
        if (!frame.has(ACK)) {
          reply(PING, frame.payload);
        }
      }
      case GOAWAY -> throw new IOException("closing transport due to: connection error");
      case RST_STREAM ->
          throw new IOException("stream terminated by RST_STREAM with error code: " + code(frame));
      case DATA -> {
        body.writeBytes(unpadded(frame));
        ended = frame.has(END_STREAM);
      }
      case HEADERS -> {
        block.reset();
        block.writeBytes(unpadded(frame));
        ended = frame.has(END_STREAM);
        decodeIfWhole(frame);
      }
      case CONTINUATION -> {
        block.writeBytes(frame.payload);
        decodeIfWhole(frame);
      }
      default -> {} // Windows, priorities and what is to be ignored.
    }
  }

  private void reply(int type, byte[] payload) throws IOException {
    write(type, ACK, 0, payload);
    out.flush();
  }

  private static int code(Frame frame) {
    return frame.payload.length < 4 ? 0 : frame.payload[3];
  }

  /** A block without its end is followed by the rest, even if the stream ends with it. */
  private void decodeIfWhole(Frame frame) throws IOException {
    if (!frame.has(END_HEADERS)) {
      Frame next = read();
      if (next.type != CONTINUATION) {
        throw new IOException("protocol error: expected CONTINUATION");
      }
      take(next);
      return;
    }
    try {
      headers.add(decoder.decodeHeaders(STREAM, Unpooled.wrappedBuffer(block.toByteArray())));
    } catch (Http2Exception e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static byte[] unpadded(Frame frame) throws IOException {
    int from = frame.has(PADDED) ? 1 : 0;
    int padding = frame.has(PADDED) && frame.payload.length > 0 ? frame.payload[0] & 0xff : 0;
    if (frame.type == HEADERS && frame.has(PRIORITY)) {
      from += 5;
    }
    int length = frame.payload.length - from - padding;
    if (length < 0) {
      throw new IOException("protocol error: padding longer than its frame");
    }
    byte[] content = new byte[length];
    System.arraycopy(frame.payload, from, content, 0, length);
    return content;
  }

  private Answer answer() {
    CharSequence code = headers.get("grpc-status");
    CharSequence http = headers.status();
    if (code == null) {
      boolean missing = http != null && http.toString().equals("404");
      return new Answer(
          missing ? 12 : UNKNOWN,
          "unexpected HTTP status code received from server: " + http,
          new byte[0]);
    }
    CharSequence text = headers.get("grpc-message");
    return new Answer(number(code), text == null ? "" : decoded(text.toString()), message());
  }

  private static int number(CharSequence code) {
    return code.toString().matches("\\d{1,4}") ? Integer.parseInt(code.toString()) : UNKNOWN;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return text;
    }
  }

  /** Without gRPC's frame of five bytes. */
  private byte[] message() {
    byte[] framed = body.toByteArray();
    byte[] message = new byte[Math.max(0, framed.length - 5)];
    System.arraycopy(framed, framed.length - message.length, message, 0, message.length);
    return message;
  }

  private void write(int type, int flags, int stream, byte[] payload) throws IOException {
    out.writeByte(payload.length >> 16);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
  }

  private Frame read() throws IOException {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt() & Integer.MAX_VALUE;
    received += length;
    if (length > MAX_FRAME || received > MAX_ANSWER) {
      throw new IOException("received message larger than max");
    }
    byte[] payload = in.readNBytes(length);
    if (payload.length < length) {
      throw new IOException("unexpected EOF");
    }
    return new Frame(type, flags, stream, payload);
  }
}
