package io.tiphys.server.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a server over HTTP/1.1, as it comes in.
 *
 * @param headers by name, in order; values of a repeated one are joined by {@code ", "}
 * @param body without its framing
 * @param length of the body; -1 when it is not told
 */
record BackendAnswer(int status, Map<String, String> headers, InputStream body, long length) {
  /** Go's http.Transport takes a megabyte and more of headers. */
  private static final int MAX_HEAD_BYTES = 1024 * 1024;

  /** As many as Go's transport takes. */
  private static final int MAX_INTERIM = 5;

  /** A token of RFC 9110. */
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");

  /** A long in any case. */
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

  /**
   * Reads the head of an answer.
   *
   * @param bodyless whether none follows, as after HEAD
   */
  static BackendAnswer read(InputStream in, boolean bodyless) throws IOException {
    Lines lines = new Lines(in);
    int status = status(lines.next());
    for (int interim = 1; status >= 100 && status < 200 && status != 101; interim++) {
      if (interim > MAX_INTERIM) {
        throw new IOException("net/http: too many 1xx informational responses");
      }
      lines.headers();
      status = status(lines.next());
    }
    Map<String, String> headers = lines.headers();
    boolean empty = bodyless || status == 204 || status == 304 || status == 101;
    String length = header(headers, "content-length");
    String framing = header(headers, "transfer-encoding");
    if (empty) {
      return new BackendAnswer(status, headers, InputStream.nullInputStream(), 0);
    }
    if (framing != null && framing.toLowerCase(Locale.ROOT).contains("chunked")) {
      return new BackendAnswer(status, headers, new Chunks(in, lines), -1);
    }
    if (length == null) {
      return new BackendAnswer(status, headers, in, -1);
    }
    if (!DIGITS.matcher(length.strip()).matches()) {
      throw new IOException("net/http: HTTP/1.x transport connection broken: bad Content-Length");
    }
    long bytes = Long.parseLong(length.strip());
    return new BackendAnswer(status, headers, new Counted(in, bytes), bytes);
  }

  static @Nullable String header(Map<String, String> headers, String lowerCaseName) {
    for (Map.Entry<String, String> header : headers.entrySet()) {
      if (header.getKey().equalsIgnoreCase(lowerCaseName)) {
        return header.getValue();
      }
    }
    return null;
  }

  private static int status(String line) throws IOException {
    String[] words = line.split(" ", 3);
    if (words.length >= 2 && words[0].startsWith("HTTP/1.") && words[1].matches("[1-5][0-9]{2}")) {
      return Integer.parseInt(words[1]);
    }
    throw new IOException(
        "net/http: HTTP/1.x transport connection broken: malformed HTTP response");
  }

  /** The lines of a head, which do not go on for ever. */
  private static final class Lines {
    private final InputStream in;
    private int left = MAX_HEAD_BYTES;

    Lines(InputStream in) {
      this.in = in;
    }

    String next() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          throw new EOFException("EOF");
        }
        if (--left < 0) {
          throw new IOException("net/http: server response headers exceeded 1048576 bytes");
        }
        line.append((char) b);
      }
      int end = line.length();
      return line.substring(0, end > 0 && line.charAt(end - 1) == '\r' ? end - 1 : end);
    }

    Map<String, String> headers() throws IOException {
      Map<String, String> headers = new LinkedHashMap<>();
      for (String line = next(); !line.isEmpty(); line = next()) {
        int colon = line.indexOf(':');
        if (colon <= 0) {
          throw new IOException(
              "net/http: HTTP/1.x transport connection broken: malformed MIME header line");
        }
        String name = line.substring(0, colon);
        String value = line.substring(colon + 1).strip();
        if (!NAME.matcher(name).matches() || !VALUE.matcher(value).matches()) {
          throw new IOException(
              "net/http: HTTP/1.x transport connection broken: malformed MIME header line");
        }
        headers.merge(name, value, (one, other) -> one + ", " + other);
      }
      left = MAX_HEAD_BYTES;
      return headers;
    }
  }

  /** A body of a known length. */
  private static final class Counted extends FilterInputStream {
    private long left;

    Counted(InputStream in, long length) {
      super(in);
      left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int read = in.read(to, offset, (int) Math.min(length, left));
      if (read < 0) {
        throw new EOFException("unexpected EOF");
      }
      left -= read;
      return read;
    }
  }

  /** A body in chunks. */
  private static final class Chunks extends FilterInputStream {
    private final Lines lines;
    private long left;
    private boolean begun;
    private boolean ended;

    Chunks(InputStream in, Lines lines) {
      super(in);
      this.lines = lines;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (left == 0 && !ended) {
        nextChunk();
      }
      if (ended) {
        return -1;
      }
      int read = in.read(to, offset, (int) Math.min(length, left));
      if (read < 0) {
        throw new EOFException("unexpected EOF");
      }
      left -= read;
      return read;
    }

    private void nextChunk() throws IOException {
      if (begun) {
        lines.next();
      }
      begun = true;
      String line = lines.next();
      int semicolon = line.indexOf(';');
      String size = (semicolon < 0 ? line : line.substring(0, semicolon)).strip();
      try {
        left = Long.parseLong(size, 16);
      } catch (NumberFormatException e) {
        throw new IOException("invalid byte in chunk length", e);
      }
      if (left < 0) {
        throw new IOException("invalid byte in chunk length");
      }
      if (left == 0) {
        lines.headers();
        ended = true;
      }
    }
  }

  /** A head as bytes. */
  static byte[] encoded(String head) {
    return head.getBytes(ISO_8859_1);
  }
}
