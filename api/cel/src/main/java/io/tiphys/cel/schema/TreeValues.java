package io.tiphys.cel.schema;

import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.BytesValue;
import io.tiphys.cel.value.Conversions;
import io.tiphys.cel.value.DoubleValue;
import io.tiphys.cel.value.DurationValue;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.GoDuration;
import io.tiphys.cel.value.IntValue;
import io.tiphys.cel.value.NullValue;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.TimestampValue;
import io.tiphys.cel.value.Value;
import io.tiphys.codec.Json;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Trees as values, by their schema, seen and not copied
 * (apiserver/pkg/cel/common/valuesunstructured.go).
 */
public final class TreeValues {
  private TreeValues() {}

  public static Value of(Json tree, ValueSchema schema) {
    if (tree == Json.Null.NULL) {
      return schema.words().nullable()
          ? NullValue.NULL
          : ErrorValue.of("invalid data, got null for schema with nullable=false");
    }
    if (schema.words().intOrString()) {
      return switch (tree) {
        case Json.Str(String text) -> new StringValue(text);
        case Json.Int(long number) -> IntValue.of(number);
        default ->
            ErrorValue.of(
                "invalid data, expected XIntOrString value to be either a string or integer");
      };
    }
    return switch (schema.type()) {
      case "object" ->
          tree instanceof Json.Obj object
              ? new TreeMapValue(object, schema.words().embedded() ? schema.asResource() : schema)
              : ErrorValue.of(
                  "invalid data, expected a map for the provided schema with type=object");
      case "array" -> array(tree, schema);
      case "string" ->
          tree instanceof Json.Str(String text)
              ? text(text, schema.format())
              : ErrorValue.of("invalid data, expected string, got " + goType(tree));
      case "number" ->
          switch (tree) {
            case Json.Int(long number) -> new DoubleValue((double) number);
            case Json.Num(double number) -> new DoubleValue(number);
            default -> ErrorValue.of("invalid data, expected float, got " + goType(tree));
          };
      case "integer" ->
          tree instanceof Json.Int(long number)
              ? IntValue.of(number)
              : ErrorValue.of("invalid data, expected int, got " + goType(tree));
      case "boolean" ->
          tree instanceof Json.Bool(boolean flag)
              ? BoolValue.of(flag)
              : ErrorValue.of("invalid data, expected bool, got " + goType(tree));
      default ->
          schema.words().preserves()
              ? new PreservedValue(tree)
              : ErrorValue.of(
                  "invalid type, expected object, array, number, integer, boolean or string, or no"
                      + " type with x-kubernetes-int-or-string or"
                      + " x-kubernetes-preserve-unknown-fields is true, got "
                      + schema.type());
    };
  }

  private static Value array(Json tree, ValueSchema schema) {
    if (!(tree instanceof Json.Arr(var elements))) {
      return ErrorValue.of(
          "invalid data, expected an array for the provided schema with type=array");
    }
    if (schema.items() == null) {
      return ErrorValue.of("invalid array type, expected Items with a non-empty Schema");
    }
    TreeListValue list = new TreeListValue(elements, schema.items());
    return switch (schema.listType()) {
      case "map" -> new KeyedListValue(list, schema.listKeys());
      case "set" -> new SetListValue(list);
      default -> list;
    };
  }

  private static Value text(String text, String format) {
    return switch (format) {
      case "duration" -> {
        OptionalLong nanos = GoDuration.parse(text);
        yield nanos.isPresent()
            ? new DurationValue(nanos.getAsLong())
            : ErrorValue.of(
                "Invalid duration " + text + ": unable to parse " + text + " as duration");
      }
      case "date" -> {
        try {
          OffsetDateTime day = LocalDate.parse(text).atStartOfDay().atOffset(ZoneOffset.UTC);
          yield new TimestampValue(day);
        } catch (DateTimeException e) {
          yield ErrorValue.of("Invalid date formatted string " + text + ": " + e.getMessage());
        }
      }
      case "date-time" -> {
        Optional<OffsetDateTime> time = Conversions.parseTime(text.toUpperCase(Locale.ROOT));
        yield time.isPresent()
            ? new TimestampValue(time.get())
            : ErrorValue.of("Invalid date-time formatted string " + text);
      }
      case "byte" -> {
        try {
          yield new BytesValue(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
          yield ErrorValue.of("Invalid byte formatted string " + text + ": " + e.getMessage());
        }
      }
      default -> new StringValue(text);
    };
  }

  private static String goType(Json tree) {
    return switch (tree) {
      case Json.Obj _ -> "map[string]interface {}";
      case Json.Arr _ -> "[]interface {}";
      case Json.Str _ -> "string";
      case Json.Int _ -> "int64";
      case Json.Num _ -> "float64";
      case Json.Bool _ -> "bool";
      case Json.Null _ -> "<nil>";
    };
  }
}
