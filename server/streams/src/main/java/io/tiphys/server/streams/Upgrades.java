package io.tiphys.server.streams;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tiphys.server.http.Request;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a request wants its connection to become, and how the answer agrees. */
final class Upgrades {
  static final String SPDY = "SPDY/3.1";
  private static final String WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private Upgrades() {}

  static boolean wantsWebSocket(Request request) {
    return "websocket".equalsIgnoreCase(request.header("upgrade")) && wantsUpgrade(request);
  }

  static boolean wantsSpdy(Request request) {
    String upgrade = request.header("upgrade");
    return upgrade != null
        && upgrade.toLowerCase(Locale.ROOT).contains("spdy/3.1")
        && wantsUpgrade(request);
  }

  private static boolean wantsUpgrade(Request request) {
    String connection = request.header("connection");
    return connection != null && connection.toLowerCase(Locale.ROOT).contains("upgrade");
  }

  /** The values of a header that lists names, such as {@code Sec-WebSocket-Protocol}. */
  static List<String> listed(Request request, String header) {
    String value = request.header(header);
    List<String> names = new ArrayList<>();
    if (value != null) {
      for (String name : value.split(",", -1)) {
        if (!name.isBlank()) {
          names.add(name.strip());
        }
      }
    }
    return names;
  }

  /** The first of the client's names that the server knows too, or null. */
  static @Nullable String agree(List<String> offered, List<String> known) {
    for (String name : offered) {
      if (known.contains(name)) {
        return name;
      }
    }
    return null;
  }

  /**
   * The headers that turn a connection into a WebSocket.
   *
   * @param protocol empty when the client offered none
   */
  static Map<String, String> webSocketHeaders(String key, String protocol) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Upgrade", "websocket");
    headers.put("Connection", "Upgrade");
    headers.put("Sec-WebSocket-Accept", accept(key));
    if (!protocol.isEmpty()) {
      headers.put("Sec-WebSocket-Protocol", protocol);
    }
    return headers;
  }

  /**
   * The headers that turn a connection into SPDY.
   *
   * @param protocol empty when the client offered none
   */
  static Map<String, String> spdyHeaders(String protocol) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Connection", "Upgrade");
    headers.put("Upgrade", SPDY);
    if (!protocol.isEmpty()) {
      headers.put("X-Stream-Protocol-Version", protocol);
    }
    return headers;
  }

  private static String accept(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      return Base64.getEncoder()
          .encodeToString(sha1.digest((key + WEBSOCKET_GUID).getBytes(US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
