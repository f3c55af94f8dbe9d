package io.tiphys.rules.customresources;

import io.tiphys.codec.Json;
import io.tiphys.rules.customresources.Structural.Additional;
import io.tiphys.rules.customresources.Structural.Extensions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From the JSON of an {@code openAPIV3Schema} to a {@link Structural}. Pure. */
public final class SchemaReader {
  private SchemaReader() {}

  /** The schema; what it says that is not structural is passed over. */
  public static Structural read(Json.Obj schema) {
    Map<String, Structural> properties = new LinkedHashMap<>();
    if (schema.get("properties") instanceof Json.Obj(var members)) {
      members.forEach(
          (name, value) -> {
            if (value instanceof Json.Obj property) {
              properties.put(name, read(property));
            }
          });
    }
    Json items = schema.get("items");
    Json defaultValue = schema.get("default");
    return new Structural(
        text(schema, "type").intern(),
        properties.isEmpty() ? Map.of() : properties,
        items instanceof Json.Obj object ? read(object) : null,
        additional(schema.get("additionalProperties")),
        flag(schema, "nullable"),
        defaultValue == Json.Null.NULL ? null : defaultValue,
        extensions(schema),
        values(schema));
  }

  private static @Nullable Additional additional(@Nullable Json value) {
    return switch (value) {
      case Json.Obj schema -> new Additional(true, read(schema));
      case Json.Bool(boolean allowed) -> new Additional(allowed, null);
      case null, default -> null;
    };
  }

  private static Extensions extensions(Json.Obj schema) {
    Extensions extensions =
        new Extensions(
            flag(schema, "x-kubernetes-preserve-unknown-fields"),
            flag(schema, "x-kubernetes-embedded-resource"),
            flag(schema, "x-kubernetes-int-or-string"),
            text(schema, "x-kubernetes-list-type"),
            texts(schema.get("x-kubernetes-list-map-keys")),
            text(schema, "x-kubernetes-map-type"));
    return extensions.equals(Extensions.NONE) ? Extensions.NONE : extensions;
  }

  private static ValueChecks values(Json.Obj schema) {
    ValueChecks.Bounds bounds =
        new ValueChecks.Bounds(
            number(schema, "maximum"),
            flag(schema, "exclusiveMaximum"),
            number(schema, "minimum"),
            flag(schema, "exclusiveMinimum"),
            number(schema, "multipleOf"));
    ValueChecks.Sizes sizes =
        new ValueChecks.Sizes(
            whole(schema, "maxLength"),
            whole(schema, "minLength"),
            whole(schema, "maxItems"),
            whole(schema, "minItems"),
            whole(schema, "maxProperties"),
            whole(schema, "minProperties"));
    ValueChecks.Combinations combinations =
        new ValueChecks.Combinations(
            schemas(schema.get("allOf")),
            schemas(schema.get("anyOf")),
            schemas(schema.get("oneOf")),
            schema.get("not") instanceof Json.Obj not ? read(not) : null);
    ValueChecks checks =
        new ValueChecks(
            Formats.known(text(schema, "type"), text(schema, "format")),
            bounds.equals(ValueChecks.Bounds.NONE) ? ValueChecks.Bounds.NONE : bounds,
            sizes.equals(ValueChecks.Sizes.NONE) ? ValueChecks.Sizes.NONE : sizes,
            pattern(text(schema, "pattern")),
            flag(schema, "uniqueItems"),
            texts(schema.get("required")),
            schema.get("enum") instanceof Json.Arr(var elements) ? elements : List.of(),
            combinations.isEmpty() ? ValueChecks.Combinations.NONE : combinations);
    return checks.equals(ValueChecks.NONE) ? ValueChecks.NONE : checks;
  }

  private static @Nullable GoPattern pattern(String text) {
    try {
      return text.isEmpty() ? null : GoPattern.compile(text);
    } catch (IllegalArgumentException _) {
      return null; // refused when the definition is validated
    }
  }

  private static List<Structural> schemas(@Nullable Json value) {
    List<Structural> schemas = new ArrayList<>();
    if (value instanceof Json.Arr(var elements)) {
      for (Json element : elements) {
        schemas.add(element instanceof Json.Obj object ? read(object) : Structural.ANYTHING);
      }
    }
    return List.copyOf(schemas);
  }

  private static String text(Json.Obj schema, String name) {
    return schema.get(name) instanceof Json.Str(String text) ? text : "";
  }

  private static boolean flag(Json.Obj schema, String name) {
    return schema.get(name) instanceof Json.Bool(boolean value) && value;
  }

  private static @Nullable Double number(Json.Obj schema, String name) {
    return switch (schema.get(name)) {
      case Json.Int(long value) -> (double) value;
      case Json.Num(double value) -> value;
      case null, default -> null;
    };
  }

  private static @Nullable Long whole(Json.Obj schema, String name) {
    return schema.get(name) instanceof Json.Int(long value) ? value : null;
  }

  private static List<String> texts(@Nullable Json value) {
    List<String> texts = new ArrayList<>();
    if (value instanceof Json.Arr(var elements)) {
      for (Json element : elements) {
        if (element instanceof Json.Str(String text)) {
          texts.add(text);
        }
      }
    }
    return List.copyOf(texts);
  }
}
