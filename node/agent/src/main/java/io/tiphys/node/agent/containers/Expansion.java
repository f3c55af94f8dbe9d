package io.tiphys.node.agent.containers;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * {@code $(NAME)} in commands and variables; {@code $$} is a dollar. What is not known stays as it
 * is. Checked against third_party/forked/golang/expansion/expand.go.
 */
final class Expansion {
  private Expansion() {}

  static String of(String text, Map<String, String> known) {
    return expand(text, name -> known.getOrDefault(name, "$(" + name + ")"));
  }

  /**
   * As {@link #of}, where every name must have a value that is not empty. Checked against
   * ExpandContainerVolumeMounts in pkg/kubelet/container/helpers.go.
   */
  static String complete(String text, Map<String, String> known) throws ConfigProblem {
    Set<String> missing = new TreeSet<>();
    String expanded =
        expand(
            text,
            name -> {
              String value = known.getOrDefault(name, "");
              if (value.isEmpty()) {
                missing.add(name);
              }
              return value;
            });
    if (!missing.isEmpty()) {
      throw new ConfigProblem("missing value for " + String.join(", ", missing));
    }
    return expanded;
  }

  private static String expand(String text, UnaryOperator<String> values) {
    StringBuilder out = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c != '$' || at + 1 == text.length()) {
        out.append(c);
        at++;
        continue;
      }
      char next = text.charAt(at + 1);
      int end = next == '(' ? text.indexOf(')', at + 2) : -1;
      if (next == '$') {
        out.append('$');
        at += 2;
      } else if (end >= 0) {
        out.append(values.apply(text.substring(at + 2, end)));
        at = end + 1;
      } else {
        out.append('$');
        at++;
      }
    }
    return out.toString();
  }
}
