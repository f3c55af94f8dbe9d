package io.tiphys.node.agent.containers;

import java.util.Map;

/**
 * {@code $(NAME)} in commands and variables; {@code $$} is a dollar. What is not known stays as it
 * is. Checked against third_party/forked/golang/expansion/expand.go.
 */
final class Expansion {
  private Expansion() {}

  static String of(String text, Map<String, String> known) {
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
        String name = text.substring(at + 2, end);
        out.append(known.getOrDefault(name, "$(" + name + ")"));
        at = end + 1;
      } else {
        out.append('$');
        at++;
      }
    }
    return out.toString();
  }
}
