package io.tiphys.server.authentication;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.server.http.Request;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Bearer tokens that come as a subprotocol of a WebSocket, since browsers have no other way to send
 * one. Checked against upstream's apiserver/pkg/authentication/request/websocket/protocol.go.
 */
public final class WebSocketTokens implements Authenticator {
  private static final String PROTOCOLS = "sec-websocket-protocol";
  private static final String PREFIX = "base64url.bearer.authorization.k8s.io.";

  private final BearerTokens tokens;

  public WebSocketTokens(BearerTokens tokens) {
    this.tokens = tokens;
  }

  @Override
  public Finding authenticate(Request request) {
    if (!carriesToken(request)) {
      return NO_CREDENTIALS;
    }
    List<String> offered = protocols(request).stream().filter(WebSocketTokens::isToken).toList();
    if (offered.size() > 1) {
      return new Finding.Rejected("multiple base64.bearer.authorization tokens specified");
    }
    String token;
    try {
      byte[] decoded = Base64.getUrlDecoder().decode(offered.getFirst().substring(PREFIX.length()));
      token = UTF_8.newDecoder().decode(ByteBuffer.wrap(decoded)).toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return new Finding.Rejected("invalid base64.bearer.authorization token encoding");
    }
    if (token.isEmpty()) {
      return NO_CREDENTIALS;
    }
    if (protocols(request).size() == 1) {
      // One must be left that the answer can agree to.
      return new Finding.Rejected("missing additional subprotocol");
    }
    return tokens.judge(request, token).finding();
  }

  /** The request without the token, so that nobody behind this stage sees or echoes it. */
  static Request withoutToken(Request request) {
    if (!carriesToken(request)) {
      return request;
    }
    Map<String, String> headers = new HashMap<>(request.headers());
    List<String> others = protocols(request).stream().filter(name -> !isToken(name)).toList();
    headers.put(PROTOCOLS, String.join(",", others));
    return request.withHeaders(headers);
  }

  private static boolean carriesToken(Request request) {
    String protocols = request.header(PROTOCOLS);
    if (protocols == null || !protocols.contains(PREFIX)) {
      return false;
    }
    return names(request, "upgrade", "websocket") && names(request, "connection", "upgrade");
  }

  private static boolean names(Request request, String header, String word) {
    String value = request.header(header);
    return value != null && value.toLowerCase(Locale.ROOT).contains(word);
  }

  private static boolean isToken(String protocol) {
    return protocol.startsWith(PREFIX);
  }

  private static List<String> protocols(Request request) {
    List<String> names = new ArrayList<>();
    for (String name : request.headers().getOrDefault(PROTOCOLS, "").split(",", -1)) {
      names.add(name.strip());
    }
    return names;
  }
}
