package io.tiphys.build.types;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Descriptions that the client library lost, cut or has of another release, from {@code
 * descriptions.json}.
 */
record Descriptions(JsonObject texts) {

  static Descriptions load() {
    return new Descriptions(Json.object("descriptions.json"));
  }

  /**
   * @param of a type, a type and a field, or a definition's full name
   * @param known what the client library says
   */
  String better(String of, String known) {
    JsonElement better = texts.get(of);
    return better == null ? known : better.getAsString();
  }

  /** Resources in JSON beside these classes. */
  static final class Json {
    private Json() {}

    static JsonObject object(String name) {
      try (InputStream in = Descriptions.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException("no resource " + name);
        }
        return JsonParser.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8))
            .getAsJsonObject();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
