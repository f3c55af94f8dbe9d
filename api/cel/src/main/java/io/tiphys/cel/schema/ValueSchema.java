package io.tiphys.cel.schema;

import io.tiphys.codec.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What expressions see of a schema. Immutable.
 *
 * @param format as it was written
 * @param properties null where there are none
 * @param additional of other fields; null where none are known
 * @param listType empty where it is not said
 */
public record ValueSchema(
    String type,
    String format,
    Words words,
    @Nullable ValueSchema items,
    @Nullable Map<String, ValueSchema> properties,
    @Nullable ValueSchema additional,
    Sizes sizes,
    List<String> required,
    List<Json> enumeration,
    String listType,
    List<String> listKeys) {

  /** What a schema says with one word. */
  public record Words(
      boolean nullable,
      boolean intOrString,
      boolean embedded,
      boolean preserves,
      boolean hasDefault) {}

  /** Limits of what can be counted. */
  public record Sizes(
      @Nullable Long maxLength, @Nullable Long maxItems, @Nullable Long maxProperties) {}

  private static final ValueSchema TEXT = read(Json.Obj.of("type", Json.of("string")));

  /** The schema that OpenAPI's words make. */
  public static ValueSchema read(Json.Obj schema) {
    Words words =
        new Words(
            flag(schema, "nullable"),
            flag(schema, "x-kubernetes-int-or-string"),
            flag(schema, "x-kubernetes-embedded-resource"),
            flag(schema, "x-kubernetes-preserve-unknown-fields"),
            schema.get("default") != null && schema.get("default") != Json.Null.NULL);
    Sizes sizes =
        new Sizes(
            whole(schema, "maxLength"), whole(schema, "maxItems"), whole(schema, "maxProperties"));
    return new ValueSchema(
        text(schema, "type"),
        text(schema, "format"),
        words,
        schema.get("items") instanceof Json.Obj items ? read(items) : null,
        properties(schema),
        schema.get("additionalProperties") instanceof Json.Obj additional ? read(additional) : null,
        sizes,
        texts(schema.get("required")),
        schema.get("enum") instanceof Json.Arr(var values) ? values : List.of(),
        text(schema, "x-kubernetes-list-type"),
        texts(schema.get("x-kubernetes-list-map-keys")));
  }

  private static @Nullable Map<String, ValueSchema> properties(Json.Obj schema) {
    if (!(schema.get("properties") instanceof Json.Obj(var members)) || members.isEmpty()) {
      return null;
    }
    Map<String, ValueSchema> properties = new LinkedHashMap<>();
    members.forEach(
        (name, value) -> {
          if (value instanceof Json.Obj property) {
            properties.put(name, read(property));
          }
        });
    return properties;
  }

  /** This schema of an object that has a kind and metadata. */
  public ValueSchema asResource() {
    Map<String, ValueSchema> all = new LinkedHashMap<>();
    if (properties != null) {
      all.putAll(properties);
    }
    all.put("kind", TEXT);
    all.put("apiVersion", TEXT);
    all.put(
        "metadata",
        new ValueSchema(
            "object",
            "",
            TEXT.words,
            null,
            Map.of("name", TEXT, "generateName", TEXT),
            null,
            TEXT.sizes,
            List.of(),
            List.of(),
            "",
            List.of()));
    return new ValueSchema(
        type,
        format,
        words,
        items,
        all,
        additional,
        sizes,
        required,
        enumeration,
        listType,
        listKeys);
  }

  /** The schema of a field; null where nothing is known of it. */
  @Nullable ValueSchema field(String name) {
    return properties != null ? properties.get(name) : additional;
  }

  private static String text(Json.Obj schema, String name) {
    return schema.get(name) instanceof Json.Str(String text) ? text : "";
  }

  private static boolean flag(Json.Obj schema, String name) {
    return Json.Bool.TRUE.equals(schema.get(name));
  }

  private static @Nullable Long whole(Json.Obj schema, String name) {
    return schema.get(name) instanceof Json.Int(long value) ? value : null;
  }

  private static List<String> texts(@Nullable Json value) {
    List<String> texts = new ArrayList<>();
    if (value instanceof Json.Arr(var elements)) {
      for (Json each : elements) {
        if (each instanceof Json.Str(String text)) {
          texts.add(text);
        }
      }
    }
    return List.copyOf(texts);
  }
}
