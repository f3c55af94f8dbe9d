package io.tiphys.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what arrived on the wire as a {@link Request}. */
final class RequestReader {
  /** What a Host header may have besides letters and digits. */
  private static final String HOST_MARKS = "!$%&()*+,-.:;='[]_~";

  private RequestReader() {}

  /**
   * @throws IllegalArgumentException when the address is not properly percent-encoded
   */
  static Request read(HttpRequest head, RequestBody body, Peer peer, RequestScope scope) {
    String method = head.method().name();
    String target = withoutAuthority(address(head));
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    if (path.indexOf('%') >= 0) {
      path = QueryStringDecoder.builder().build(path).path();
    }
    Map<String, List<String>> query = mark < 0 ? Map.of() : query(target.substring(mark + 1));
    RequestInfo info = RequestInfo.of(method, path, query);
    return new Request(
        method, path, query, headers(head.headers()), body, info, User.ANONYMOUS, peer, scope);
  }

  /**
   * A server takes an address with scheme and host too, as if they were not there. Anything else
   * that is no path is refused, as Go's url.ParseRequestURI does.
   */
  private static String withoutAuthority(String uri) {
    if (!isAddress(uri)) {
      throw new IllegalArgumentException("invalid URI for request");
    }
    if (uri.startsWith("/") || uri.equals("*")) {
      return uri;
    }
    int from = schemeEnd(uri) + 3;
    int slash = uri.indexOf('/', from);
    int mark = uri.indexOf('?', from);
    if (slash >= 0 && (mark < 0 || slash < mark)) {
      return uri.substring(slash);
    }
    return mark < 0 ? "/" : "/" + uri.substring(mark);
  }

  /** What a tunnel is wanted to has no scheme; net/http's readRequest puts one before it. */
  private static String address(HttpRequest head) {
    boolean tunnel = head.method().equals(HttpMethod.CONNECT) && !head.uri().startsWith("/");
    return tunnel ? "http://" + head.uri() : head.uri();
  }

  private static boolean isAddress(String uri) {
    int colon = schemeEnd(uri);
    return uri.startsWith("/") || uri.equals("*") || (colon > 0 && uri.startsWith("://", colon));
  }

  /** Where the colon behind the scheme is; -1 when the address does not begin with one. */
  private static int schemeEnd(String uri) {
    for (int i = 0; i < uri.length(); i++) {
      char c = uri.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean later = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
      if (!letter && (i == 0 || !later)) {
        return i > 0 && c == ':' ? i : -1;
      }
    }
    return -1;
  }

  /**
   * The parameters, without those that cannot be read: Go's url.ParseQuery, whose error net/http's
   * Request.URL.Query passes over.
   */
  private static Map<String, List<String>> query(String raw) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    int count = 0;
    for (String pair : raw.split("&")) {
      if (pair.isEmpty() || pair.indexOf(';') >= 0) {
        continue;
      }
      if (++count > Limits.MAX_QUERY_PARAMETERS) {
        throw new IllegalArgumentException("too many query parameters");
      }
      int equals = pair.indexOf('=');
      try {
        String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
        parameters.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(value);
      } catch (IllegalArgumentException notEncoded) {
        // Nothing can be said of it, and upstream's handlers do not see it either.
        count--;
      }
    }
    return parameters;
  }

  private static String decoded(String text) {
    return QueryStringDecoder.decodeComponent(text);
  }

  /**
   * Why an HTTP/1 request cannot be one, in the words of Go's net/http; null when it can. Checked
   * against readRequest and serve of net/http/server.go.
   */
  static Response.@Nullable Full refusal(HttpRequest head) {
    if (!isAddress(address(head))) {
      return Answers.text(400, "400 Bad Request");
    }
    HttpVersion version = head.protocolVersion();
    if (version.majorVersion() != 1) {
      return Answers.text(505, "505 HTTP Version Not Supported: unsupported protocol version");
    }
    List<String> hosts = head.headers().getAll(HttpHeaderNames.HOST);
    boolean hostNeeded = version.minorVersion() > 0 && !head.method().equals(HttpMethod.CONNECT);
    if (hosts.isEmpty() && hostNeeded) {
      return Answers.text(400, "400 Bad Request: missing required Host header");
    }
    if (hosts.size() == 1 && !validHost(hosts.getFirst())) {
      return Answers.text(400, "400 Bad Request: malformed Host header");
    }
    if (hosts.size() > 1) {
      return Answers.text(400, "400 Bad Request");
    }
    String expected = head.headers().get(HttpHeaderNames.EXPECT, "");
    boolean met = expected.isEmpty() || HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expected);
    return met ? null : Answers.text(417, "");
  }

  /** As lenient as golang.org/x/net/http/httpguts' ValidHostHeader. */
  private static boolean validHost(String host) {
    return host.chars()
        .allMatch(
            c ->
                (c >= '0' && c <= '9')
                    || (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || HOST_MARKS.indexOf(c) >= 0);
  }

  private static Map<String, String> headers(HttpHeaders headers) {
    Map<String, String> byName = new HashMap<>();
    Map<String, StringBuilder> repeated = Map.of();
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      String first = byName.putIfAbsent(name, header.getValue());
      if (first != null) {
        // Joined once at the end: a quarter of a megabyte of one header's lines is no work then.
        repeated = repeated.isEmpty() ? new HashMap<>() : repeated;
        repeated
            .computeIfAbsent(name, _ -> new StringBuilder(first))
            .append(", ")
            .append(header.getValue());
      }
    }
    repeated.forEach((name, joined) -> byName.put(name, joined.toString()));
    return byName;
  }
}
