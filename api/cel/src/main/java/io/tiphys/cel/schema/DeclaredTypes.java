package io.tiphys.cel.schema;

import io.tiphys.cel.Limits;
import io.tiphys.cel.type.CelType;
import io.tiphys.codec.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From schemas to types, with the sizes that a request allows where the schema says none
 * (apiserver/pkg/cel/common/schemas.go, limits.go).
 */
public final class DeclaredTypes {
  static final long REQUEST_BYTES = Limits.MAX_REQUEST_BYTES;

  /** Quotes or brackets around a value. */
  private static final long AROUND = 2;

  private static final long DURATION_BYTES = 32;
  private static final long LEAST_DURATION_BYTES = 3;
  private static final long DATE_BYTES = 12;
  private static final long TIME_BYTES = 32;
  private static final long LEAST_TIME_BYTES = 21;

  /** Bytes of the longest code point. */
  private static final long BYTES_PER_CHARACTER = 4;

  /** Upstream gives keys no size. */
  private static final DeclaredType KEY = DeclaredType.simple(CelType.STRING, 0, 2);

  private DeclaredTypes() {}

  /**
   * @param root whether it is an object with a kind and metadata
   * @return null for values of which nothing is known
   */
  public static @Nullable DeclaredType of(ValueSchema given, boolean root) {
    if (given.words().intOrString()) {
      Long length = given.sizes().maxLength();
      long most = length == null ? REQUEST_BYTES - AROUND : characters(length);
      return DeclaredType.simple(CelType.DYN, most, 1);
    }
    ValueSchema schema = root ? given.asResource() : given;
    return switch (schema.type()) {
      case "array" -> array(schema);
      case "object" -> object(schema);
      case "string" -> text(schema);
      case "boolean" -> DeclaredType.simple(CelType.BOOL, 0, 4);
      case "number" -> DeclaredType.simple(CelType.DOUBLE, 0, 1);
      case "integer" -> DeclaredType.simple(CelType.INT, 0, 1);
      default -> null;
    };
  }

  private static @Nullable DeclaredType below(ValueSchema schema) {
    return of(schema, schema.words().embedded());
  }

  private static @Nullable DeclaredType array(ValueSchema schema) {
    DeclaredType items = schema.items() == null ? null : below(schema.items());
    if (items == null) {
      return null;
    }
    Long most = schema.sizes().maxItems();
    return DeclaredType.list(
        items,
        most == null ? (REQUEST_BYTES - AROUND) / (items.leastBytes() + 1) : Math.max(0, most));
  }

  private static @Nullable DeclaredType object(ValueSchema schema) {
    if (schema.additional() != null) {
      DeclaredType values = below(schema.additional());
      if (values == null) {
        return null;
      }
      Long most = schema.sizes().maxProperties();
      return DeclaredType.map(
          KEY,
          values,
          most == null ? (REQUEST_BYTES - AROUND) / (values.leastBytes() + 6) : Math.max(0, most));
    }
    Map<String, DeclaredType> fields = new LinkedHashMap<>();
    long[] least = {AROUND};
    Map<String, ValueSchema> properties = schema.properties();
    if (properties != null) {
      properties.forEach(
          (name, property) -> {
            DeclaredType field = below(property);
            if (field == null) {
              return;
            }
            FieldNames.escape(name).ifPresent(escaped -> fields.put(escaped, field));
            if (schema.required().contains(name) && !property.words().hasDefault()) {
              least[0] += name.length() + field.leastBytes() + 4;
            }
          });
    }
    return new DeclaredType(CelType.struct("object"), fields, null, null, 0, least[0]);
  }

  private static DeclaredType text(ValueSchema schema) {
    Long length = schema.sizes().maxLength();
    return switch (schema.format()) {
      case "byte" ->
          DeclaredType.simple(
              CelType.BYTES, length == null ? REQUEST_BYTES - AROUND : Math.max(0, length), 2);
      case "duration" ->
          DeclaredType.simple(CelType.DURATION, DURATION_BYTES, LEAST_DURATION_BYTES);
      case "date" -> DeclaredType.simple(CelType.TIMESTAMP, DATE_BYTES, DATE_BYTES);
      case "date-time" -> DeclaredType.simple(CelType.TIMESTAMP, TIME_BYTES, LEAST_TIME_BYTES);
      default -> {
        long most =
            length != null
                ? characters(length)
                : schema.enumeration().isEmpty() ? REQUEST_BYTES - AROUND : longest(schema);
        yield DeclaredType.simple(CelType.STRING, most, 2);
      }
    };
  }

  private static long characters(long length) {
    return Math.max(0, length) * BYTES_PER_CHARACTER;
  }

  private static long longest(ValueSchema schema) {
    long longest = 0;
    for (Json each : schema.enumeration()) {
      if (each instanceof Json.Str(String text)) {
        longest = Math.max(longest, text.getBytes(StandardCharsets.UTF_8).length);
      }
    }
    return longest;
  }
}
