package io.tiphys.meta.selector;

import io.tiphys.meta.GoText;
import io.tiphys.meta.Names;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One condition on the labels of an object.
 *
 * <p>Checked against Requirement in apimachinery/pkg/labels/selector.go.
 */
public record Requirement(String key, Operator operator, List<String> values) {

  public Requirement {
    values = List.copyOf(values);
  }

  /**
   * A requirement whose key, values and their number have been checked.
   *
   * @throws SelectorException in upstream's words
   */
  public static Requirement of(String key, Operator operator, List<String> values) {
    Set<String> problems = new LinkedHashSet<>();
    String keyProblem = keyProblem(key, "key");
    if (keyProblem != null) {
      problems.add(keyProblem);
    }
    checkCount(operator, values, problems);
    for (int i = 0; i < values.size(); i++) {
      List<String> wrong = Names.labelValue(values.get(i));
      if (!wrong.isEmpty()) {
        problems.add(
            invalid("values[" + i + "][" + key + "]", GoText.quote(values.get(i)))
                + String.join("; ", wrong));
      }
    }
    if (!problems.isEmpty()) {
      String all = String.join(", ", problems);
      throw new SelectorException(problems.size() == 1 ? all : "[" + all + "]");
    }
    return new Requirement(key, operator, values);
  }

  static @Nullable String keyProblem(String key, String path) {
    List<String> wrong = Names.qualifiedName(key);
    return wrong.isEmpty() ? null : invalid(path, GoText.quote(key)) + String.join("; ", wrong);
  }

  private static void checkCount(Operator operator, List<String> values, Set<String> problems) {
    String problem =
        switch (operator) {
          case IN, NOT_IN ->
              values.isEmpty() ? "for 'in', 'notin' operators, values set can't be empty" : "";
          case EQUALS, DOUBLE_EQUALS, NOT_EQUALS ->
              values.size() == 1 ? "" : "exact-match compatibility requires one single value";
          case EXISTS, DOES_NOT_EXIST ->
              values.isEmpty() ? "" : "values set must be empty for exists and does not exist";
          case GREATER_THAN, LESS_THAN ->
              values.size() == 1 ? "" : "for 'Gt', 'Lt' operators, exactly one value is required";
        };
    if (!problem.isEmpty()) {
      problems.add(invalid("values", listed(values)) + problem);
    }
    if (operator == Operator.GREATER_THAN || operator == Operator.LESS_THAN) {
      for (int i = 0; i < values.size(); i++) {
        if (number(values.get(i)).isEmpty()) {
          problems.add(
              invalid("values[" + i + "]", GoText.quote(values.get(i)))
                  + "for 'Gt', 'Lt' operators, the value must be an integer");
        }
      }
    }
  }

  private static String invalid(String path, String value) {
    return path + ": Invalid value: " + value + ": ";
  }

  private static String listed(List<String> values) {
    return "[" + String.join(",", values.stream().map(GoText::quote).toList()) + "]";
  }

  public boolean matches(Map<String, String> labels) {
    String value = labels.get(key);
    return switch (operator) {
      case IN, EQUALS, DOUBLE_EQUALS -> value != null && values.contains(value);
      case NOT_IN, NOT_EQUALS -> value == null || !values.contains(value);
      case EXISTS -> value != null;
      case DOES_NOT_EXIST -> value == null;
      case GREATER_THAN, LESS_THAN -> value != null && compares(value);
    };
  }

  private boolean compares(String value) {
    OptionalLong left = number(value);
    OptionalLong right = values.size() == 1 ? number(values.getFirst()) : OptionalLong.empty();
    if (left.isEmpty() || right.isEmpty()) {
      return false;
    }
    return operator == Operator.GREATER_THAN
        ? left.getAsLong() > right.getAsLong()
        : left.getAsLong() < right.getAsLong();
  }

  private static OptionalLong number(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException _) {
      return OptionalLong.empty();
    }
  }

  /** The requirement as it stands in a selector. */
  @Override
  public String toString() {
    String listed = String.join(",", values.stream().sorted().toList());
    return switch (operator) {
      case IN -> key + " in (" + listed + ")";
      case NOT_IN -> key + " notin (" + listed + ")";
      case EQUALS -> key + "=" + listed;
      case DOUBLE_EQUALS -> key + "==" + listed;
      case NOT_EQUALS -> key + "!=" + listed;
      case EXISTS -> key;
      case DOES_NOT_EXIST -> "!" + key;
      case GREATER_THAN -> key + ">" + listed;
      case LESS_THAN -> key + "<" + listed;
    };
  }

  static List<Requirement> sorted(List<Requirement> requirements) {
    List<Requirement> sorted = new ArrayList<>(requirements);
    sorted.sort((a, b) -> a.key.compareTo(b.key));
    return List.copyOf(sorted);
  }
}
