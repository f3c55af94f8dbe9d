package io.tiphys.codec;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Prints trees in block style. Which quotes a scalar gets follows libyaml's emitter as go.yaml.in's
 * v2 has it (emitterc.go, encode.go).
 */
final class YamlPrinter {
  private final StringBuilder out = new StringBuilder();

  String print(Json tree) {
    value(tree, 0);
    return out.toString();
  }

  /** Writes a value and the end of its line; lines after its first one begin at {@code indent}. */
  private void value(Json value, int indent) {
    switch (value) {
      case Json.Obj object -> mapping(object, indent);
      case Json.Arr array -> sequence(array, indent);
      case Json.Str text -> string(text.value(), indent);
      case Json.Int _, Json.Num _, Json.Bool _, Json.Null _ ->
          out.append(value.text()).append('\n');
    }
  }

  private void mapping(Json.Obj object, int indent) {
    if (object.members().isEmpty()) {
      out.append("{}\n");
      return;
    }
    List<Map.Entry<String, Json>> members = new ArrayList<>(object.members().entrySet());
    members.sort(Map.Entry.comparingByKey(YamlPrinter::compareKeys));
    boolean first = true;
    for (Map.Entry<String, Json> member : members) {
      indent(first, indent);
      first = false;
      key(member.getKey());
      out.append(':');
      nested(member.getValue(), indent);
    }
  }

  /** The value of a key: containers with content go on their own lines. */
  private void nested(Json value, int indent) {
    if (value instanceof Json.Obj object && !object.members().isEmpty()) {
      out.append('\n').repeat(' ', indent + 2);
      mapping(object, indent + 2);
    } else if (value instanceof Json.Arr array && !array.elements().isEmpty()) {
      // A sequence within a mapping is not indented.
      out.append('\n').repeat(' ', indent);
      sequence(array, indent);
    } else {
      out.append(' ');
      value(value, indent + 2);
    }
  }

  private void sequence(Json.Arr array, int indent) {
    if (array.elements().isEmpty()) {
      out.append("[]\n");
      return;
    }
    boolean first = true;
    for (Json element : array.elements()) {
      indent(first, indent);
      first = false;
      out.append("- ");
      value(element, indent + 2);
    }
  }

  private void indent(boolean first, int indent) {
    if (!first) {
      out.repeat(' ', indent);
    }
  }

  private void key(String name) {
    if (name.isEmpty() || name.indexOf('\n') >= 0) {
      doubleQuoted(name);
    } else {
      singleLine(name);
    }
  }

  private void string(String text, int indent) {
    if (text.indexOf('\n') >= 0) {
      // The outermost value has no parent to be indented against.
      if (indent > 0 && allowsBlock(text)) {
        literal(text, indent);
        return;
      }
      doubleQuoted(text);
    } else {
      singleLine(text);
    }
    out.append('\n');
  }

  private void singleLine(String text) {
    if (YamlScalar.needsQuotes(text) || !isPrintable(text)) {
      doubleQuoted(text);
    } else if (allowsPlain(text)) {
      out.append(text);
    } else {
      out.append('\'').append(text.replace("'", "''")).append('\'');
    }
  }

  private static boolean allowsPlain(String text) {
    char first = text.charAt(0);
    boolean blankAfterFirst = text.length() == 1 || text.charAt(1) == ' ' || text.charAt(1) == '\t';
    if (text.startsWith("---")
        || text.startsWith("...")
        || "#,[]{}&*!|>'\"%@`".indexOf(first) >= 0
        || ("?:-".indexOf(first) >= 0 && blankAfterFirst)
        || first == ' '
        || text.endsWith(" ")) {
      return false;
    }
    return !text.endsWith(":")
        && !text.contains(": ")
        && !text.contains(":\t")
        && !text.contains(" #")
        && !text.contains("\t#");
  }

  private static boolean allowsBlock(String text) {
    return isPrintable(text) && !text.endsWith(" ") && !text.contains(" \n");
  }

  private static boolean isPrintable(String text) {
    return text.codePoints()
        .allMatch(
            c ->
                c == '\n'
                    || (c >= 0x20 && c <= 0x7e)
                    || c == 0x85
                    || (c >= 0xa0 && c <= 0xd7ff)
                    || (c >= 0xe000 && c <= 0xfffd && c != 0xfeff)
                    || c >= 0x10000);
  }

  private void literal(String text, int indent) {
    out.append('|');
    if (text.startsWith(" ") || text.startsWith("\n")) {
      out.append(2);
    }
    if (!text.endsWith("\n")) {
      out.append('-');
    } else if (text.length() == 1 || text.endsWith("\n\n")) {
      out.append('+');
    }
    out.append('\n');
    for (String line : text.split("\n", -1)) {
      if (!line.isEmpty()) {
        out.repeat(' ', indent).append(line);
      }
      out.append('\n');
    }
    if (text.endsWith("\n")) {
      out.setLength(out.length() - 1);
    }
  }

  private void doubleQuoted(String text) {
    out.append('"');
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                  if (isPrintable(Character.toString(c))) {
                    out.appendCodePoint(c);
                  } else {
                    out.append(c < 0x100 ? "\\x%02X".formatted(c) : "\\u%04X".formatted(c));
                  }
                }
              }
            });
    out.append('"');
  }

  /** go-yaml's order of keys: letters after everything else, runs of digits by their number. */
  private static int compareKeys(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x == y) {
        continue;
      }
      boolean letterX = Character.isLetter(x);
      boolean letterY = Character.isLetter(y);
      if (letterX || letterY) {
        return letterX && letterY ? Character.compare(x, y) : letterX ? 1 : -1;
      }
      int byNumber = compareDigits(a, b, i);
      return byNumber != 0 ? byNumber : Character.compare(x, y);
    }
    return Integer.compare(a.length(), b.length());
  }

  private static int compareDigits(String a, String b, int from) {
    int endA = digitsEnd(a, from);
    int endB = digitsEnd(b, from);
    String digitsA = a.substring(from, endA).replaceFirst("^0+", "");
    String digitsB = b.substring(from, endB).replaceFirst("^0+", "");
    if (digitsA.length() != digitsB.length()) {
      return Integer.compare(digitsA.length(), digitsB.length());
    }
    int byValue = digitsA.compareTo(digitsB);
    return byValue != 0 ? byValue : Integer.compare(endA, endB);
  }

  private static int digitsEnd(String text, int from) {
    int end = from;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    return end;
  }
}
