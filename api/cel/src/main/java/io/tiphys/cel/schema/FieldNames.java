package io.tiphys.cel.schema;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of fields as expressions write them (apiserver/pkg/cel/escaping.go). */
public final class FieldNames {
  private static final Set<String> RESERVED =
      Set.of(
          "true",
          "false",
          "null",
          "in",
          "as",
          "break",
          "const",
          "continue",
          "else",
          "for",
          "function",
          "if",
          "import",
          "let",
          "loop",
          "package",
          "namespace",
          "return",
          "var",
          "void",
          "while");

  private static final Pattern FITTING = Pattern.compile("[a-zA-Z_.\\-/][a-zA-Z0-9_.\\-/]*");
  private static final Pattern ESCAPED = Pattern.compile("_{2}[^_]+_{2}");

  private FieldNames() {}

  /** Whether the language keeps the word for itself. */
  public static boolean isReserved(String name) {
    return RESERVED.contains(name);
  }

  /** The name as an identifier; empty for names that expressions cannot reach. */
  public static Optional<String> escape(String name) {
    if (RESERVED.contains(name)) {
      return Optional.of("__" + name + "__");
    }
    if (!FITTING.matcher(name).matches()) {
      return Optional.empty();
    }
    return Optional.of(
        name.replace("__", "__underscores__")
            .replace(".", "__dot__")
            .replace("-", "__dash__")
            .replace("/", "__slash__"));
  }

  /** The name that an identifier means; empty if it means none. */
  public static Optional<String> unescape(String escaped) {
    Matcher parts = ESCAPED.matcher(escaped);
    StringBuilder name = new StringBuilder();
    while (parts.find()) {
      String part = parts.group();
      String word = part.substring(2, part.length() - 2);
      String meant =
          switch (word) {
            case "underscores" -> "__";
            case "dot" -> ".";
            case "dash" -> "-";
            case "slash" -> "/";
            default -> word;
          };
      boolean whole = RESERVED.contains(word) && part.length() == escaped.length();
      if (meant.equals(word) && !whole) {
        return Optional.empty();
      }
      parts.appendReplacement(name, Matcher.quoteReplacement(meant));
    }
    return Optional.of(parts.appendTail(name).toString());
  }
}
