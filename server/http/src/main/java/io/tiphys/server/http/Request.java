package io.tiphys.server.http;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request; its body may still be on its way (bodies are bounded, see {@code Limits}).
 *
 * @param method {@code GET}, {@code POST}, ...
 * @param path percent-decoded, without the query
 * @param query decoded, in order; a parameter may come several times
 * @param headers by lower-case name; values of a repeated header are joined by {@code ", "}
 * @param info what the path and method mean to the API
 * @param user the caller; {@link User#ANONYMOUS} before the authentication stage
 * @param peer the other end of the connection
 * @param scope what lives as long as the request
 */
public record Request(
    String method,
    String path,
    Map<String, List<String>> query,
    Map<String, String> headers,
    RequestBody content,
    RequestInfo info,
    User user,
    Peer peer,
    RequestScope scope) {

  /** A request that is there already, from inside the process. */
  public Request(
      String method,
      String path,
      Map<String, List<String>> query,
      Map<String, String> headers,
      byte[] body,
      RequestInfo info,
      User user,
      Peer peer) {
    this(method, path, query, headers, RequestBody.of(body), info, user, peer, RequestScope.LOCAL);
  }

  /** A request from inside the process. */
  public Request(
      String method,
      String path,
      Map<String, List<String>> query,
      Map<String, String> headers,
      byte[] body,
      RequestInfo info,
      User user) {
    this(method, path, query, headers, body, info, user, Peer.LOCAL);
  }

  /** The whole body; waits for it where it has not arrived, see {@link RequestBody#bytes}. */
  public byte[] body() {
    return content.bytes();
  }

  /** The first value of a query parameter, or null. */
  public @Nullable String parameter(String name) {
    List<String> values = query.get(name);
    return values == null || values.isEmpty() ? null : values.getFirst();
  }

  public @Nullable String header(String lowerCaseName) {
    return headers.get(lowerCaseName);
  }

  public Request withHeaders(Map<String, String> headers) {
    return new Request(method, path, query, headers, content, info, user, peer, scope);
  }

  public Request withUser(User user) {
    return new Request(method, path, query, headers, content, info, user, peer, scope);
  }
}
