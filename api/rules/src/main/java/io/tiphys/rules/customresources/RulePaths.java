package io.tiphys.rules.customresources;

import io.tiphys.codec.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The {@code fieldPath} of a rule: names behind dots or quoted in brackets, that the schema has.
 * Checked against ValidFieldPath of apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go.
 */
final class RulePaths {
  private final List<String> tokens;
  private int next;
  private @Nullable Json schema;
  private final StringBuilder path = new StringBuilder();

  private RulePaths(String text, Json.Obj schema) {
    tokens = tokens(text);
    this.schema = schema;
  }

  /** The path as messages write it; empty where it names no field of the schema. */
  static Optional<String> normalized(String text, Json.Obj schema) {
    RulePaths paths = new RulePaths(text, schema);
    while (paths.next < paths.tokens.size()) {
      if (!paths.step()) {
        return Optional.empty();
      }
    }
    return Optional.of(paths.path.toString());
  }

  private static List<String> tokens(String text) {
    List<String> tokens = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int end = at + 1;
      if (text.charAt(at) == '\'') {
        while (end < text.length() && (text.charAt(end) != '\'' || text.charAt(end - 1) == '\\')) {
          end++;
        }
        end = Math.min(end + 1, text.length());
      } else if (".[]".indexOf(text.charAt(at)) < 0) {
        while (end < text.length() && ".[]".indexOf(text.charAt(end)) < 0) {
          end++;
        }
      }
      tokens.add(text.substring(at, end));
      at = end;
    }
    return tokens;
  }

  private String take() {
    return next < tokens.size() ? tokens.get(next++) : "";
  }

  private boolean step() {
    return switch (take()) {
      case "." -> {
        String name = take();
        yield !name.isEmpty() && enter(name);
      }
      case "[" -> {
        String quoted = take();
        boolean whole = quoted.length() >= 2 && quoted.startsWith("'") && quoted.endsWith("'");
        String name = whole ? unescape(quoted.substring(1, quoted.length() - 1)) : null;
        yield name != null && enter(name) && take().equals("]");
      }
      default -> false;
    };
  }

  private static @Nullable String unescape(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        int known = "abfnrtv'\\".indexOf(text.charAt(++i));
        if (known < 0) {
          return null;
        }
        plain.append("\u0007\b\f\n\r\t\u000b'\\".charAt(known));
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  private boolean enter(String name) {
    if (!(schema instanceof Json.Obj object)) {
      return false;
    }
    if (object.get("properties") instanceof Json.Obj properties) {
      schema = properties.get(name);
      path.append(path.isEmpty() ? "" : ".").append(name);
      return schema != null;
    }
    schema = object.get("additionalProperties");
    path.append('[').append(name).append(']');
    return schema != null;
  }
}
