package io.tiphys.server.door;

import io.tiphys.server.identity.User;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request, read whole (bodies are bounded, see {@code Limits}).
 *
 * @param method {@code GET}, {@code POST}, ...
 * @param path percent-decoded, without the query
 * @param query decoded, in order; a parameter may come several times
 * @param headers by lower-case name; values of a repeated header are joined by {@code ", "}
 * @param info what the path and method mean to the API
 * @param user who asks; {@link User#ANONYMOUS} before the identity stage
 * @param peer the other end of the connection
 */
public record Request(
    String method,
    String path,
    Map<String, List<String>> query,
    Map<String, String> headers,
    byte[] body,
    RequestInfo info,
    User user,
    Peer peer) {

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

  /** The first value of a query parameter, or null. */
  public @Nullable String parameter(String name) {
    List<String> values = query.get(name);
    return values == null || values.isEmpty() ? null : values.getFirst();
  }

  public @Nullable String header(String lowerCaseName) {
    return headers.get(lowerCaseName);
  }

  public Request withUser(User user) {
    return new Request(method, path, query, headers, body, info, user, peer);
  }
}
