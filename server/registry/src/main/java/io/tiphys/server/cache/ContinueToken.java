package io.tiphys.server.cache;

import io.tiphys.api.ApiFailure;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonReader;
import io.tiphys.codec.JsonWriter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a list in pages goes on, in upstream's public form; checked against
 * apiserver/pkg/storage/continue.go.
 *
 * @param revision the state all pages show; {@link #NEWEST} for whatever is there now
 * @param start the first key of the next page, below the list's own prefix
 */
record ContinueToken(long revision, String start) {
  static final long NEWEST = -1;
  private static final String VERSION = "meta.k8s.io/v1";

  String encode() {
    Map<String, Json> members = new LinkedHashMap<>();
    members.put("v", new Json.Str(VERSION));
    members.put("rv", new Json.Int(revision));
    members.put("start", new Json.Str(start));
    JsonWriter json = new JsonWriter();
    json.writeTree(new Json.Obj(members));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(json.toByteArray());
  }

  static ContinueToken decode(String token) {
    Json json;
    try {
      json = JsonReader.of(Base64.getUrlDecoder().decode(token)).readTree();
    } catch (RuntimeException e) {
      throw invalid("continue key is not valid: " + e.getMessage());
    }
    if (!(json instanceof Json.Obj members)) {
      throw invalid("continue key is not valid");
    }
    String version = members.get("v") instanceof Json.Str(String text) ? text : "";
    if (!version.equals(VERSION)) {
      throw invalid(
          "continue key is not valid: server does not recognize this encoded version " + version);
    }
    long revision = members.get("rv") instanceof Json.Int(long number) ? number : 0;
    if (revision == 0) {
      throw invalid(
          "continue key is not valid: incorrect encoded start resourceVersion (version "
              + VERSION
              + ")");
    }
    String start = members.get("start") instanceof Json.Str(String text) ? text : "";
    if (start.isEmpty()) {
      throw invalid("continue key is not valid: encoded start key empty (version " + VERSION + ")");
    }
    if (start.startsWith("/") || ("/" + start + "/").contains("/../")) {
      throw invalid("continue key is not valid: " + start);
    }
    return new ContinueToken(revision, start);
  }

  private static ApiFailure invalid(String reason) {
    return ApiFailure.badRequest("invalid continue token: " + reason);
  }
}
