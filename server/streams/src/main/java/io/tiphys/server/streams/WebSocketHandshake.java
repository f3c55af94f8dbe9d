package io.tiphys.server.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.server.http.Answers;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.UpgradeHandler;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Agrees on a WebSocket or says why there is none, as golang.org/x/net/websocket does (hybi.go,
 * server.go), in whose words upstream answers.
 */
final class WebSocketHandshake {
  private static final String VERSION = "13";

  private WebSocketHandshake() {}

  /**
   * For sessions that know their subprotocols: the client's first that is known is agreed on.
   *
   * @param known the names, {@code ""} standing for none offered
   * @param open is given the client's key and what was agreed on
   */
  static Response answer(
      Request request, List<String> known, BiFunction<String, String, UpgradeHandler> open) {
    Response.@Nullable Full refusal = refusal(request);
    if (refusal != null) {
      return refusal;
    }
    List<String> offered = Upgrades.listed(request, "sec-websocket-protocol");
    String agreed = offered.isEmpty() ? "" : Upgrades.agree(offered, known);
    if (agreed == null) {
      return new Response.Full(403, "", List.of(), Map.of());
    }
    return new Response.Upgrade(open.apply(key(request), agreed));
  }

  /**
   * For watches: upstream's plain handler wants to know the page the request comes from, and agrees
   * to whatever single name is offered.
   */
  static Response.@Nullable Full watchRefusal(Request request) {
    Response.Full refusal = refusal(request);
    if (refusal != null) {
      return refusal;
    }
    String origin = request.header("origin");
    if (origin == null || origin.isEmpty()) {
      return new Response.Full(403, "", List.of(), Map.of());
    }
    return Upgrades.listed(request, "sec-websocket-protocol").size() > 1
        ? new Response.Full(400, "", List.of(), Map.of())
        : null;
  }

  /** The client's nonce; only after {@link #refusal} found none wanting. */
  static String key(Request request) {
    String key = request.header("sec-websocket-key");
    return key == null ? "" : key;
  }

  private static Response.@Nullable Full refusal(Request request) {
    if (!request.method().equals("GET")) {
      return Answers.text(405, "bad method");
    }
    if (key(request).isEmpty()) {
      return Answers.text(400, "mismatch challenge/response");
    }
    if (!VERSION.equals(request.header("sec-websocket-version"))) {
      return new Response.Full(
          400,
          Answers.TEXT,
          List.of("missing or bad WebSocket Version".getBytes(UTF_8)),
          Map.of("Sec-WebSocket-Version", VERSION));
    }
    return null;
  }
}
