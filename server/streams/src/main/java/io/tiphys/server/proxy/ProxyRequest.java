package io.tiphys.server.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.ApiFailure;
import io.tiphys.server.http.Request;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A request as it is passed on. Checked against apimachinery/pkg/util/proxy and Go's
 * httputil.ReverseProxy.
 *
 * @param path behind the proxy's own, decoded; empty when there is not even a slash
 * @param prefix the proxy's own path
 */
record ProxyRequest(Request request, String path, String prefix) {
  /** {@code /api/v1/nodes/NAME/proxy}. */
  private static final int NODE_SEGMENTS = 5;

  /** {@code /api/v1/namespaces/NAMESPACE/pods/NAME/proxy}. */
  private static final int NAMESPACED_SEGMENTS = 7;

  /** What concerns one connection alone. */
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "proxy-connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  /** What the request was to the API server alone, and what is written anew. */
  private static final Set<String> OWN =
      Set.of(
          "authorization",
          "content-length",
          "expect",
          "host",
          "x-forwarded-for",
          "x-forwarded-uri");

  private static final String IMPERSONATE = "impersonate-";

  /** What Go leaves in a path as it is. */
  private static final String UNESCAPED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~/$&+,:;=@";

  static ProxyRequest of(Request request) {
    String whole = request.path();
    int segments = request.info().namespace().isEmpty() ? NODE_SEGMENTS : NAMESPACED_SEGMENTS;
    int end = 0;
    for (int i = 0; i < segments && end < whole.length(); i++) {
      int slash = whole.indexOf('/', end + 1);
      end = slash < 0 ? whole.length() : slash;
    }
    return new ProxyRequest(request, whole.substring(end), whole.substring(0, end));
  }

  /**
   * The query as it was sent, with its question mark; empty for none. No space or control in it.
   */
  String query() {
    String target = request.scope().target();
    int mark = target.indexOf('?');
    String query = mark < 0 || mark == target.length() - 1 ? "" : target.substring(mark);
    if (query.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
      throw ApiFailure.badRequest("the query of the request must be escaped");
    }
    return query;
  }

  boolean wantsUpgrade() {
    String connection = request.header("connection");
    return connection != null
        && request.header("upgrade") != null
        && connection.toLowerCase(Locale.ROOT).contains("upgrade");
  }

  /**
   * The head of the request.
   *
   * @param keepsUpgrade whether the connection is to become another
   * @param bodyLength 0 for no body
   */
  String head(boolean keepsUpgrade, int bodyLength) {
    StringBuilder head = new StringBuilder();
    head.append(request.method()).append(' ').append(escaped(path.isEmpty() ? "/" : path));
    head.append(query()).append(" HTTP/1.1\r\n");
    header(head, "Host", request.headers().getOrDefault("host", "localhost"));
    Map<String, String> sorted = new TreeMap<>(request.headers());
    Set<String> dropped = dropped();
    sorted.forEach(
        (name, value) -> {
          if (!dropped.contains(name) && !name.startsWith(IMPERSONATE) && !name.startsWith(":")) {
            header(head, name, value);
          }
        });
    String forwarded = request.headers().getOrDefault("x-forwarded-for", "");
    String client = request.peer().address();
    if (!client.isEmpty()) {
      header(head, "X-Forwarded-For", forwarded.isEmpty() ? client : forwarded + ", " + client);
    }
    header(head, "X-Forwarded-Uri", escaped(prefix + path));
    boolean sends = bodyLength > 0 || Set.of("POST", "PUT", "PATCH").contains(request.method());
    if (sends) {
      header(head, "Content-Length", Integer.toString(bodyLength));
    }
    if (keepsUpgrade) {
      header(head, "Connection", "Upgrade");
      header(head, "Upgrade", request.headers().getOrDefault("upgrade", ""));
    } else {
      header(head, "Connection", "close");
    }
    return head.append("\r\n").toString();
  }

  private Set<String> dropped() {
    Set<String> dropped = new HashSet<>(HOP_BY_HOP);
    dropped.addAll(OWN);
    for (String named : request.headers().getOrDefault("connection", "").split(",", -1)) {
      dropped.add(named.strip().toLowerCase(Locale.ROOT));
    }
    return dropped;
  }

  private static void header(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
  }

  static boolean isHopByHop(String name) {
    return HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT));
  }

  /** As Go's URL.EscapedPath, so that nothing in a path ends the request line. */
  private static String escaped(String path) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : path.getBytes(UTF_8)) {
      int c = b & 0xff;
      if (UNESCAPED.indexOf(c) >= 0) {
        escaped.append((char) c);
      } else {
        escaped.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return escaped.toString();
  }

  /**
   * Where a redirect leads when it is followed through this proxy; rewriteURL of
   * apimachinery/pkg/util/proxy/transport.go.
   *
   * @param backend the authority that the request was sent to
   */
  String redirected(String location, String backend) {
    URI to;
    try {
      to = new URI(location);
    } catch (URISyntaxException e) {
      return location;
    }
    String authority = to.getRawAuthority();
    String host = request.headers().getOrDefault("host", "");
    boolean elsewhere = authority != null && !authority.equals(backend) && !authority.equals(host);
    String target = to.getRawPath() == null ? "" : to.getRawPath();
    if (elsewhere || !target.startsWith("/")) {
      return location;
    }
    String rewritten = target.startsWith(prefix) ? target : prefix + target;
    return rewritten
        + (to.getRawQuery() == null ? "" : "?" + to.getRawQuery())
        + (to.getRawFragment() == null ? "" : "#" + to.getRawFragment());
  }
}
