package io.tiphys.meta;

import io.tiphys.codec.Json;
import java.util.TreeMap;

/** Text as Go's fmt prints it, for messages that clients compare word for word. */
public final class GoText {
  private GoText() {}

  /** A string in double quotes, as {@code %q} prints it. */
  public static String quote(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    text.codePoints().forEach(c -> append(quoted, c));
    return quoted.append('"').toString();
  }

  /** A decoded value, as {@code %v} prints it: {@code map[a:1 b:[x y]]}. */
  public static String value(Json value) {
    StringBuilder text = new StringBuilder();
    append(text, value);
    return text.toString();
  }

  /** Without white space at both ends, as {@code strings.TrimSpace} knows it. */
  public static String trimSpace(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isSpace(text.charAt(start))) {
      start++;
    }
    while (end > start && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  /** Unicode's White_Space, which Java's own method is not. */
  private static boolean isSpace(char c) {
    return (c >= '\t' && c <= '\r')
        || c == 0x85
        || Character.getType(c) == Character.SPACE_SEPARATOR
        || c == 0x2028
        || c == 0x2029;
  }

  private static void append(StringBuilder text, Json value) {
    switch (value) {
      case Json.Obj(var members) -> {
        text.append("map[");
        String between = "";
        for (var member : new TreeMap<>(members).entrySet()) {
          append(text.append(between).append(member.getKey()).append(':'), member.getValue());
          between = " ";
        }
        text.append(']');
      }
      case Json.Arr(var elements) -> {
        text.append('[');
        String between = "";
        for (Json element : elements) {
          append(text.append(between), element);
          between = " ";
        }
        text.append(']');
      }
      case Json.Str(var string) -> text.append(string);
      case Json.Int(var number) -> text.append(number);
      case Json.Num(var number) -> text.append(number);
      case Json.Bool(var flag) -> text.append(flag);
      case Json.Null _ -> text.append("<nil>");
    }
  }

  private static void append(StringBuilder quoted, int c) {
    switch (c) {
      case '"' -> quoted.append("\\\"");
      case '\\' -> quoted.append("\\\\");
      case 7 -> quoted.append("\\a");
      case '\b' -> quoted.append("\\b");
      case '\f' -> quoted.append("\\f");
      case '\n' -> quoted.append("\\n");
      case '\r' -> quoted.append("\\r");
      case '\t' -> quoted.append("\\t");
      case 11 -> quoted.append("\\v");
      default -> {
        if (c < ' ' || c == 127) {
          quoted.append(String.format("\\x%02x", c));
        } else if (isPrintable(c)) {
          quoted.appendCodePoint(c);
        } else {
          quoted.append(String.format(c < 0x10000 ? "\\u%04x" : "\\U%08x", c));
        }
      }
    }
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }
}
