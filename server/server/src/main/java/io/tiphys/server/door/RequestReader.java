package io.tiphys.server.door;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.tiphys.server.identity.User;
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
  static Request read(HttpRequest head, byte[] body, Peer peer) {
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
        method, path, query, headers(head.headers()), body, info, User.ANONYMOUS, peer);
  }

  private static Map<String, String> headers(HttpHeaders headers) {
    Map<String, String> byName = new HashMap<>();
    for (Map.Entry<String, String> header : headers) {
      byName.merge(
          header.getKey().toLowerCase(Locale.ROOT),
          header.getValue(),
          (first, next) -> first + ", " + next);
    }
    return byName;
  }
}
