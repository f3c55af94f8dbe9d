package io.tiphys.meta;

import io.tiphys.codec.Json;
import io.tiphys.meta.JsonPath.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the text of a {@link JsonPath}. Checked against client-go/util/jsonpath/parser.go. */
final class JsonPathParser {
  private static final Pattern SLICE = Pattern.compile("(-?\\d*)(:-?\\d*)?(:-?\\d*)?");
  private static final Pattern COMPARISON =
      Pattern.compile("(.+?)\\s*(==|!=|<=|>=|<|>)\\s*(.+)", Pattern.DOTALL);

  private final String text;
  private final List<Step> steps = new ArrayList<>();
  private int at;

  JsonPathParser(String text) {
    this.text = text;
  }

  List<Step> steps() {
    while (at < text.length()) {
      char next = text.charAt(at);
      switch (next) {
        case '@', '$', ' ' -> at++;
        case '.' -> dot();
        case '[' -> brackets();
        default -> field();
      }
    }
    return List.copyOf(steps);
  }

  private void dot() {
    at++;
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      steps.add(new JsonPath.Recursive());
      field();
    } else if (at < text.length() && text.charAt(at) != '[') {
      field();
    }
  }

  private void field() {
    StringBuilder name = new StringBuilder();
    while (at < text.length() && ".[ ]".indexOf(text.charAt(at)) < 0) {
      if (text.charAt(at) == '\\' && at + 1 < text.length()) {
        at++;
      }
      name.append(text.charAt(at++));
    }
    if (name.isEmpty() && at < text.length() && text.charAt(at) == ']') {
      throw new IllegalArgumentException("unexpected ] in " + text);
    }
    if (name.toString().equals("*")) {
      steps.add(new JsonPath.Wildcard());
    } else if (!name.isEmpty()) {
      steps.add(new JsonPath.Field(name.toString()));
    }
  }

  private void brackets() {
    int end = closing();
    String inner = text.substring(at + 1, end).strip();
    at = end + 1;
    steps.add(step(inner));
  }

  /** Where the bracket that opens here is closed; brackets in quotes do not count. */
  private int closing() {
    int depth = 0;
    char quote = 0;
    for (int i = at; i < text.length(); i++) {
      char next = text.charAt(i);
      if (quote != 0) {
        quote = next == quote ? 0 : quote;
      } else if (next == '\'' || next == '"') {
        quote = next;
      } else if (next == '[') {
        depth++;
      } else if (next == ']' && --depth == 0) {
        return i;
      }
    }
    throw new IllegalArgumentException("unterminated array");
  }

  private static Step step(String inner) {
    if (inner.equals("*")) {
      return new JsonPath.Wildcard();
    }
    if (inner.startsWith("?(") && inner.endsWith(")")) {
      return new JsonPath.Filter(condition(inner.substring(2, inner.length() - 1).strip()));
    }
    String quoted = unquoted(inner);
    if (quoted != null) {
      return new JsonPath.Field(quoted);
    }
    if (inner.indexOf(',') >= 0) {
      List<Step> union = new ArrayList<>();
      for (String part : inner.split(",", -1)) {
        union.add(step(part.strip()));
      }
      return new JsonPath.Union(List.copyOf(union));
    }
    Matcher slice = SLICE.matcher(inner);
    if (inner.isEmpty() || !slice.matches()) {
      throw new IllegalArgumentException("invalid array index " + inner);
    }
    return slice(slice);
  }

  private static Step slice(Matcher slice) {
    Integer start = number(slice.group(1));
    if (slice.group(2) == null) {
      if (start == null) {
        throw new IllegalArgumentException("invalid array index");
      }
      return new JsonPath.Slice(start, start + 1, 1);
    }
    Integer step = number(slice.group(3) == null ? "" : slice.group(3).substring(1));
    if (step != null && step <= 0) {
      throw new IllegalArgumentException("step must be > 0");
    }
    return new JsonPath.Slice(start, number(slice.group(2).substring(1)), step == null ? 1 : step);
  }

  private static @Nullable Integer number(String digits) {
    return digits.isEmpty() ? null : Integer.valueOf(digits);
  }

  private static @Nullable String unquoted(String word) {
    boolean quoted =
        word.length() >= 2
            && (word.charAt(0) == '\'' || word.charAt(0) == '"')
            && word.indexOf(word.charAt(0), 1) == word.length() - 1;
    return quoted ? word.substring(1, word.length() - 1) : null;
  }

  private static Predicate<Json> condition(String text) {
    Matcher comparison = COMPARISON.matcher(text);
    if (!comparison.matches()) {
      JsonPath exists = JsonPath.parse(text);
      return value -> !exists.find(value).isEmpty();
    }
    Operand left = operand(comparison.group(1).strip());
    Operand right = operand(comparison.group(3).strip());
    String operator = comparison.group(2);
    return value -> {
      List<Json> some = left.values(value);
      List<Json> others = right.values(value);
      return !some.isEmpty()
          && !others.isEmpty()
          && holds(some.getFirst(), operator, others.getFirst());
    };
  }

  /** One side of a comparison. */
  private interface Operand {
    List<Json> values(Json element);
  }

  private static Operand operand(String word) {
    String quoted = unquoted(word);
    if (quoted != null) {
      return _ -> List.of(new Json.Str(quoted));
    }
    if (word.equals("true") || word.equals("false")) {
      return _ -> List.of(Json.Bool.of(word.equals("true")));
    }
    try {
      double number = Double.parseDouble(word);
      return _ -> List.of(new Json.Num(number));
    } catch (NumberFormatException _) {
      return JsonPath.parse(word)::find;
    }
  }

  private static boolean holds(Json left, String operator, Json right) {
    int order;
    if (left instanceof Json.Str(String some) && right instanceof Json.Str(String other)) {
      order = some.compareTo(other);
    } else if (left instanceof Json.Bool && right instanceof Json.Bool) {
      order = left.equals(right) ? 0 : 1;
    } else {
      Double some = number(left);
      Double other = number(right);
      if (some == null || other == null) {
        return false;
      }
      order = some.compareTo(other);
    }
    return switch (operator) {
      case "==" -> order == 0;
      case "!=" -> order != 0;
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  private static @Nullable Double number(Json value) {
    return switch (value) {
      case Json.Int(long whole) -> (double) whole;
      case Json.Num(double number) -> number;
      default -> null;
    };
  }
}
