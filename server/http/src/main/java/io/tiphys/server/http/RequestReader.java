package io.tiphys.server.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads what arrived on the wire as a {@link Request}. */
final class RequestReader {
  private RequestReader() {}

  /**
   * @throws IllegalArgumentException when the address is not properly percent-encoded
   */
  static Request read(HttpRequest head, RequestBody body, Peer peer, RequestScope scope) {
    String method = head.method().name();
    String path = head.uri();
    Map<String, List<String>> query = Map.of();
    if (path.indexOf('?') >= 0 || path.indexOf('%') >= 0 || !path.startsWith("/")) {
      QueryStringDecoder decoder =
          QueryStringDecoder.builder()
              .maxParams(Limits.MAX_QUERY_PARAMETERS)
              .semicolonIsNormalChar(true)
              .build(path);
      path = decoder.path();
      query = decoder.parameters();
    }
    RequestInfo info = RequestInfo.of(method, path, query);
    return new Request(
        method, path, query, headers(head.headers()), body, info, User.ANONYMOUS, peer, scope);
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
