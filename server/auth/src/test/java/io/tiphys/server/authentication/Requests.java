package io.tiphys.server.authentication;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.server.http.Peer;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestInfo;
import io.tiphys.server.http.User;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;

/** Requests for tests. */
public final class Requests {
  private Requests() {}

  public static Request of(String method, String path, User user) {
    return of(method, path, user, Map.of(), "");
  }

  public static Request of(
      String method, String path, User user, Map<String, String> headers, String body) {
    return new Request(
        method,
        path,
        Map.of(),
        headers,
        body.getBytes(UTF_8),
        RequestInfo.of(method, path, Map.of()),
        user);
  }

  static Request from(List<X509Certificate> certificates) {
    return new Request(
        "GET",
        "/api",
        Map.of(),
        Map.of(),
        new byte[0],
        RequestInfo.ofPath("GET"),
        User.ANONYMOUS,
        new Peer("127.0.0.1", certificates));
  }

  static Request withToken(String token) {
    return of("GET", "/api", User.ANONYMOUS, Map.of("authorization", "Bearer " + token), "");
  }
}
