package io.tiphys.meta.apply;

import io.tiphys.codec.Json;
import io.tiphys.meta.Schema;
import io.tiphys.meta.Schema.ListKind;
import io.tiphys.meta.Schema.Ownership;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a value is walked: as a whole, as a list or as a map. Where the schema leaves it open, the
 * value decides: then maps are granular and lists are not.
 *
 * <p>Checked against deduceAtom and listItemToPathElement in structured-merge-diff/typed/helpers.go
 * and the deduced types of its parser.
 */
enum Shape {
  SCALAR,
  LIST,
  MAP;

  static Shape of(Schema schema, @Nullable Json value) {
    return switch (schema) {
      case Schema.Struct _, Schema.MapOf _ -> MAP;
      case Schema.ListOf _ -> LIST;
      case Schema.Scalar scalar when scalar == Schema.Scalar.ANY ->
          switch (value) {
            case Json.Obj _, Json.Null _ -> MAP;
            case Json.Arr _ -> LIST;
            case null -> MAP;
            default -> SCALAR;
          };
      case Schema.Scalar _ -> SCALAR;
    };
  }

  /** Whether a list or map is owned as a whole. */
  static boolean isAtomic(Schema schema, Shape shape) {
    return switch (schema) {
      case Schema.Struct struct -> struct.ownership() == Ownership.ATOMIC;
      case Schema.MapOf map -> map.ownership() == Ownership.ATOMIC;
      case Schema.ListOf list -> list.kind() == ListKind.ATOMIC;
      case Schema.Scalar _ -> shape != MAP;
    };
  }

  /** Whether the schema alone says that a list or map is owned as a whole. */
  static boolean isAtomic(Schema schema) {
    return !(schema instanceof Schema.Scalar) && isAtomic(schema, of(schema, null));
  }

  static boolean isNamedField(Schema schema, String name) {
    return schema instanceof Schema.Struct struct && struct.fields().containsKey(name);
  }

  /** The schema of a member of an object. */
  static Schema member(Schema schema, String name) {
    return switch (schema) {
      case Schema.Struct struct -> {
        Schema member = struct.member(name);
        yield member == null ? Schema.Scalar.ANY : member;
      }
      case Schema.MapOf map -> map.element().get();
      case Schema.ListOf _, Schema.Scalar _ -> Schema.Scalar.ANY;
    };
  }

  static Schema below(Schema schema, PathElement element) {
    if (element instanceof PathElement.Field field) {
      return member(schema, field.name());
    }
    return schema instanceof Schema.ListOf list ? list.element().get() : Schema.Scalar.ANY;
  }

  static Map<String, Json> members(@Nullable Json value) {
    return value instanceof Json.Obj(var members) ? members : Map.of();
  }

  static List<Json> elements(@Nullable Json value) {
    return value instanceof Json.Arr(var elements) ? elements : List.of();
  }

  /**
   * What names an element of a set or keyed list.
   *
   * @throws IllegalArgumentException in upstream's words, if nothing does
   */
  static PathElement nameOf(Schema.ListOf list, Json element) {
    if (list.kind() == ListKind.MAP) {
      return keyOf(list, element);
    }
    return switch (element) {
      case Json.Obj _ ->
          throw new IllegalArgumentException(
              "associative list without keys has an element that's a map type");
      case Json.Arr _ ->
          throw new IllegalArgumentException(
              "not supported: associative list with lists as elements");
      case Json.Null _ ->
          throw new IllegalArgumentException(
              "associative list without keys has an element that's an explicit null");
      default -> PathElement.value(element);
    };
  }

  private static PathElement keyOf(Schema.ListOf list, Json element) {
    if (element == Json.Null.NULL) {
      throw new IllegalArgumentException("associative list with keys may not have a null element");
    }
    if (!(element instanceof Json.Obj object)) {
      throw new IllegalArgumentException(
          "associative list with keys may not have non-map elements");
    }
    List<String> names = list.keys();
    Map<String, Json> key = new LinkedHashMap<>();
    for (String name : names) {
      Json value = object.get(name);
      if (value == null) {
        value = defaultOf(list.element().get(), name);
      }
      if (value != null) {
        key.put(name, value);
      }
    }
    if (key.isEmpty()) {
      throw new IllegalArgumentException(
          "associative list with keys has an element that omits all key fields ["
              + String.join(" ", names.stream().map(name -> "\"" + name + "\"").toList())
              + "] (and doesn't have default values for any key fields)");
    }
    return PathElement.key(key);
  }

  private static @Nullable Json defaultOf(Schema element, String name) {
    if (!(element instanceof Schema.Struct struct)) {
      return null;
    }
    Schema.Field field = struct.fields().get(name);
    return field == null ? null : field.defaultValue();
  }
}
