package io.tiphys.rules.customresources;

import io.tiphys.codec.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fills in the defaults of a schema; nulls where null is no value give way to them. Checked against
 * apiextensions-apiserver/pkg/apiserver/schema/defaulting.
 */
final class Defaulter {
  private Defaulter() {}

  static Json complete(Json value, @Nullable Structural schema) {
    return defaulted(withoutNulls(value, schema), schema);
  }

  private static Json withoutNulls(Json value, @Nullable Structural schema) {
    return switch (value) {
      case Json.Obj(var members) -> {
        Json.Obj.Builder kept = Json.Obj.builder();
        members.forEach(
            (name, member) -> {
              Structural field = schema == null ? null : schema.field(name);
              boolean goes =
                  field != null && isForeignNull(member, field) && field.defaultValue() == null;
              if (!goes) {
                kept.put(name, withoutNulls(member, field));
              }
            });
        yield kept.build();
      }
      case Json.Arr(var elements) -> {
        Structural items = schema == null ? null : schema.items();
        yield new Json.Arr(elements.stream().map(each -> withoutNulls(each, items)).toList());
      }
      default -> value;
    };
  }

  /** Null, where null is no value. */
  private static boolean isForeignNull(Json value, @Nullable Structural schema) {
    return value == Json.Null.NULL && schema != null && !schema.nullable();
  }

  private static Json defaulted(Json value, @Nullable Structural schema) {
    if (schema == null) {
      return value;
    }
    return switch (value) {
      case Json.Obj(var members) -> new Json.Obj(members(members, schema));
      case Json.Arr(var elements) -> {
        List<Json> filled = new ArrayList<>(elements.size());
        Structural items = schema.items();
        for (Json element : elements) {
          filled.add(defaulted(orDefault(element, items), items));
        }
        yield new Json.Arr(filled);
      }
      default -> value;
    };
  }

  private static Map<String, Json> members(Map<String, Json> members, Structural schema) {
    Map<String, Json> filled = new LinkedHashMap<>(members);
    schema
        .properties()
        .forEach(
            (name, property) -> {
              Json given = filled.get(name);
              Json fill = property.defaultValue();
              if (fill != null && (given == null || isForeignNull(given, property))) {
                filled.put(name, fill);
              }
            });
    filled.replaceAll(
        (name, member) -> {
          Structural field = schema.field(name);
          return defaulted(orDefault(member, field), field);
        });
    return filled;
  }

  private static Json orDefault(Json value, @Nullable Structural schema) {
    if (!isForeignNull(value, schema)) {
      return value;
    }
    Json fill = schema == null ? null : schema.defaultValue();
    return fill == null ? value : fill;
  }
}
