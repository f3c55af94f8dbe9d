package io.tiphys.node.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server answered to one request: as much of it as a probe looks at.
 *
 * @param headers the first of each name, in lower case
 * @param body its beginning
 */
record HttpAnswer(int code, Map<String, String> headers, String body) {
  /** As upstream's maxRespBodyLength: what a message shows of an answer. */
  private static final int MAX_BODY = 10 * 1024;

  /** Nobody's headers are as long; bounds what a server can make this node keep. */
  private static final int MAX_HEAD = 256 * 1024;

  /** As Go's client: how many answers may come before the real one. */
  private static final int MAX_INFORMATIONAL = 5;

  HttpAnswer {
    headers = Map.copyOf(headers);
  }

  /** Where the answer says one should go; null if it does not send anywhere. */
  @Nullable String location() {
    return switch (code) {
      case 301, 302, 303, 307, 308 -> headers.get("location");
      default -> null;
    };
  }

  /** Reads an answer; what follows its beginning stays unread. */
  static HttpAnswer read(InputStream in) throws IOException {
    Reader reader = new Reader(in);
    int code = reader.code();
    Map<String, String> headers = reader.headers();
    for (int i = 0; code >= 100 && code < 200 && code != 101; i++) {
      if (i == MAX_INFORMATIONAL) {
        throw new IOException("net/http: too many 1xx informational responses");
      }
      code = reader.code();
      headers = reader.headers();
    }
    return new HttpAnswer(code, headers, reader.body(code, headers));
  }

  private static final class Reader {
    private final InputStream in;
    private int read;

    Reader(InputStream in) {
      this.in = in;
    }

    int code() throws IOException {
      String line = line();
      if (line == null) {
        throw new IOException("EOF");
      }
      if (!line.matches("HTTP/1\\.[01] \\d{3}( .*)?")) {
        throw new IOException(
            "net/http: HTTP/1.x transport connection broken: malformed HTTP response \"%s\""
                .formatted(line));
      }
      return Integer.parseInt(line.substring(9, 12));
    }

    Map<String, String> headers() throws IOException {
      Map<String, String> headers = new HashMap<>();
      String line = line();
      while (line != null && !line.isEmpty()) {
        int colon = line.indexOf(':');
        if (colon > 0) {
          String name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
          headers.putIfAbsent(name, line.substring(colon + 1).strip());
        }
        line = line();
      }
      return headers;
    }

    String body(int code, Map<String, String> headers) throws IOException {
      if (code == 204 || code == 304) {
        return "";
      }
      byte[] bytes =
          headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")
              ? chunks()
              : in.readNBytes(announced(headers));
      return new String(bytes, StandardCharsets.UTF_8);
    }

    private static int announced(Map<String, String> headers) {
      String length = headers.getOrDefault("content-length", "");
      return length.matches("\\d{1,9}") ? Math.min(MAX_BODY, Integer.parseInt(length)) : MAX_BODY;
    }

    private byte[] chunks() throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      while (out.size() < MAX_BODY) {
        String line = line();
        String size = line == null ? "" : line.replaceFirst(";.*", "").strip();
        if (!size.matches("[0-9a-fA-F]{1,7}")) {
          throw new IOException("unexpected EOF");
        }
        int length = Integer.parseInt(size, 16);
        if (length == 0) {
          return out.toByteArray();
        }
        out.writeBytes(in.readNBytes(Math.min(length, MAX_BODY - out.size())));
        if (out.size() < MAX_BODY) {
          line();
        }
      }
      return out.toByteArray();
    }

    /** The next line without its end; null at the end of everything. */
    private @Nullable String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      int next = in.read();
      if (next < 0) {
        return null;
      }
      while (next >= 0 && next != '\n') {
        if (++read > MAX_HEAD) {
          throw new IOException("net/http: server response headers exceeded limit; aborted");
        }
        line.write(next);
        next = in.read();
      }
      String text = line.toString(StandardCharsets.ISO_8859_1);
      return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
  }
}
