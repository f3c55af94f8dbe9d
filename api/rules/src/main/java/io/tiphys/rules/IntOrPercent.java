package io.tiphys.rules;

import io.tiphys.meta.IntOrString;
import io.tiphys.meta.Names;
import org.jspecify.annotations.Nullable;

/**
 * A number or a percentage, such as how many pods a roll-out may do without. Checked against
 * ValidatePositiveIntOrPercent and its neighbours in pkg/apis/apps/validation.
 */
public final class IntOrPercent {
  /** More digits than any number of pods has; so many percent are too many in any case. */
  private static final int MAX_DIGITS = 9;

  private IntOrPercent() {}

  public static void check(Checks checks, FieldPath path, @Nullable IntOrString value) {
    switch (value) {
      case null -> {} // not said
      case IntOrString.Int(int number) -> checks.notNegative(path, number);
      case IntOrString.Text(String text) -> checks.each(path, text, Names.percent(text));
    }
  }

  /** Percentages are none of more than all. */
  public static void atMostAll(Checks checks, FieldPath path, @Nullable IntOrString value) {
    if (value instanceof IntOrString.Text(String text)
        && Names.percent(text).isEmpty()
        && of(value) > 100) {
      checks.invalid(path, text, "must not be greater than 100%");
    }
  }

  /** The number, or that before the percent sign; 0 when there is none. */
  public static int of(IntOrString value) {
    return switch (value) {
      case IntOrString.Int(int number) -> number;
      case IntOrString.Text(String text) ->
          Names.percent(text).isEmpty()
              ? number(text.substring(0, text.length() - 1))
              : number(text);
    };
  }

  private static int number(String text) {
    boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!digits) {
      return 0;
    }
    String significant = text.replaceFirst("^0+", "");
    if (significant.length() > MAX_DIGITS) {
      return Integer.MAX_VALUE;
    }
    return significant.isEmpty() ? 0 : Integer.parseInt(significant);
  }

  /** As messages show it. */
  public static @Nullable Object shown(@Nullable IntOrString value) {
    return switch (value) {
      case null -> null;
      case IntOrString.Int(int number) -> number;
      case IntOrString.Text(String text) -> text;
    };
  }
}
