package io.tiphys.rules.customresources;

import io.tiphys.codec.Json;
import io.tiphys.rules.customresources.ValueChecks.Bounds;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Numbers and their limits, as kube-openapi's validate/values.go compares them. Pure. */
final class Bounded {
  private static final Set<String> NUMERIC = Set.of("int32", "int64", "float", "double");

  private Bounded() {}

  static boolean isNumeric(String format) {
    return NUMERIC.contains(format);
  }

  /** What is wrong where a number does not fit its format; null if it does. */
  static @Nullable String outOfRange(Json value, Structural schema, String path) {
    if (!schema.type().equals("integer")) {
      return null;
    }
    boolean fits =
        switch (value) {
          case Json.Int(long whole) ->
              !schema.values().format().equals("int32") || whole == (int) whole;
          case Json.Num(double number) -> number == Math.rint(number) && Math.abs(number) < 0x1p63;
          default -> true;
        };
    if (fits) {
      return null;
    }
    String format = schema.values().format();
    String kind = format.isEmpty() ? " (default format)" : " with format " + format;
    return "Checked value must be of type integer" + kind + " in " + path;
  }

  static List<String> problems(Json value, Bounds bounds) {
    if (bounds.equals(Bounds.NONE)) {
      return List.of();
    }
    List<String> problems = new ArrayList<>();
    double number = value instanceof Json.Int(long whole) ? whole : ((Json.Num) value).value();
    Double factor = bounds.multipleOf();
    if (factor != null && !isMultiple(number, factor)) {
      problems.add("should be a multiple of " + shown(factor));
    }
    Double most = bounds.maximum();
    if (most != null && (bounds.exclusiveMaximum() ? number >= most : number > most)) {
      String than = bounds.exclusiveMaximum() ? "less than " : "less than or equal to ";
      problems.add("should be " + than + shown(most));
    }
    Double least = bounds.minimum();
    if (least != null && (bounds.exclusiveMinimum() ? number <= least : number < least)) {
      String than = bounds.exclusiveMinimum() ? "greater than " : "greater than or equal to ";
      problems.add("should be " + than + shown(least));
    }
    return problems;
  }

  private static boolean isMultiple(double number, double factor) {
    double times = factor < 1 ? 1 / factor * number : number / factor;
    return Math.abs(times - Math.rint(times)) < 1e-9;
  }

  private static String shown(double number) {
    return number == Math.rint(number) && Math.abs(number) < 0x1p53
        ? Long.toString((long) number)
        : new Json.Num(number).text();
  }
}
