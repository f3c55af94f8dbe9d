package io.tiphys.cel.library;

import static io.tiphys.cel.type.CelType.INT;
import static io.tiphys.cel.type.CelType.STRING;

import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.IntValue;
import io.tiphys.cel.value.ListValue;
import io.tiphys.cel.value.Lists;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.Texts;
import io.tiphys.cel.value.Value;
import java.util.ArrayList;
import java.util.List;

/** Functions of texts (cel-go's ext/strings.go, version 2). Places count code points. */
final class StringFunctions {
  private static final CelType TEXTS = CelType.list(STRING);

  /** What a call makes is charged for after it, so it may not make longer texts than this. */
  static final int LONGEST = 10_000_000;

  static final ErrorValue TOO_LARGE = ErrorValue.of("result too large");

  private StringFunctions() {}

  static Library library() {
    List<Function> all = new ArrayList<>();
    all.add(
        Function.of(
            "charAt",
            of("string_char_at_int", STRING, in -> charAt(text(in[0]), number(in[1])), INT)));
    all.add(
        Function.of(
            "indexOf",
            of("string_index_of_string", INT, in -> first(text(in[0]), text(in[1]), 0), STRING),
            of(
                "string_index_of_string_int",
                INT,
                in -> first(text(in[0]), text(in[1]), number(in[2])),
                STRING,
                INT)));
    all.add(
        Function.of(
            "lastIndexOf",
            of("string_last_index_of_string", INT, in -> last(text(in[0]), text(in[1])), STRING),
            of(
                "string_last_index_of_string_int",
                INT,
                in -> last(text(in[0]), text(in[1]), number(in[2])),
                STRING,
                INT)));
    all.add(
        Function.of(
            "lowerAscii", of("string_lower_ascii", STRING, in -> ascii(text(in[0]), false))));
    all.add(
        Function.of(
            "upperAscii", of("string_upper_ascii", STRING, in -> ascii(text(in[0]), true))));
    all.add(
        Function.of("trim", of("string_trim", STRING, in -> new StringValue(trim(text(in[0]))))));
    cutting(all);
    joining(all);
    return new Library(all, List.of());
  }

  private static void cutting(List<Function> all) {
    all.add(
        Function.of(
            "replace",
            of("string_replace_string_string", STRING, in -> replace(in, -1), STRING, STRING),
            of(
                "string_replace_string_string_int",
                STRING,
                in -> replace(in, number(in[3])),
                STRING,
                STRING,
                INT)));
    all.add(
        Function.of(
            "split",
            of("string_split_string", TEXTS, in -> split(in, -1), STRING),
            of("string_split_string_int", TEXTS, in -> split(in, number(in[2])), STRING, INT)));
    all.add(
        Function.of(
            "substring",
            of("string_substring_int", STRING, in -> substring(text(in[0]), number(in[1])), INT),
            of(
                "string_substring_int_int",
                STRING,
                in -> substring(text(in[0]), number(in[1]), number(in[2])),
                INT,
                INT)));
  }

  private static void joining(List<Function> all) {
    all.add(
        Function.of(
            "format",
            Overload.member(
                "string_format",
                List.of(STRING, CelType.list(CelType.DYN)),
                STRING,
                in -> StringFormat.format(text(in[0]), elements(in[1])))));
    all.add(
        Function.of(
            "strings.quote",
            Overload.unary(
                "strings_quote", STRING, STRING, of -> new StringValue(quote(text(of))))));
    all.add(
        Function.of(
            "join",
            Overload.accessor("list_join", TEXTS, STRING, list -> join(list, "")),
            Overload.method(
                "list_join_string", TEXTS, STRING, STRING, (list, by) -> join(list, text(by)))));
  }

  private static Overload of(String id, CelType result, Implementation does, CelType... arguments) {
    List<CelType> all = new ArrayList<>();
    all.add(STRING);
    all.addAll(List.of(arguments));
    return Overload.member(id, all, result, does);
  }

  private static String text(Value value) {
    return value instanceof StringValue(String text) ? text : "";
  }

  private static long number(Value value) {
    return value instanceof IntValue(long number) ? number : 0;
  }

  private static List<Value> elements(Value value) {
    return value instanceof ListValue list ? Lists.elements(list) : List.of();
  }

  private static Value outOfRange(long index) {
    return ErrorValue.of("index out of range: " + index);
  }

  private static Value charAt(String text, long index) {
    if (index < 0 || index > text.codePointCount(0, text.length())) {
      return outOfRange(index);
    }
    int at = text.offsetByCodePoints(0, (int) index);
    return new StringValue(at == text.length() ? "" : Character.toString(text.codePointAt(at)));
  }

  private static Value first(String text, String part, long offset) {
    if (part.isEmpty()) {
      return IntValue.of(offset);
    }
    if (offset < 0) {
      return outOfRange(offset);
    }
    int[] points = text.codePoints().toArray();
    int[] wanted = part.codePoints().toArray();
    for (long i = offset; i <= (long) points.length - wanted.length; i++) {
      if (isAt(points, wanted, (int) i)) {
        return IntValue.of(i);
      }
    }
    return IntValue.of(-1);
  }

  private static Value last(String text, String part) {
    long length = text.codePointCount(0, text.length());
    if (part.isEmpty()) {
      return IntValue.of(length);
    }
    return Texts.bytes(text) < Texts.bytes(part) ? IntValue.of(-1) : last(text, part, length - 1);
  }

  private static Value last(String text, String part, long offset) {
    if (part.isEmpty()) {
      return IntValue.of(offset);
    }
    if (offset < 0) {
      return outOfRange(offset);
    }
    int[] points = text.codePoints().toArray();
    int[] wanted = part.codePoints().toArray();
    if (offset >= points.length) {
      return IntValue.of(-1);
    }
    for (long i = Math.min(offset, points.length - wanted.length); i >= 0; i--) {
      if (isAt(points, wanted, (int) i)) {
        return IntValue.of(i);
      }
    }
    return IntValue.of(-1);
  }

  private static boolean isAt(int[] points, int[] wanted, int at) {
    for (int i = 0; i < wanted.length; i++) {
      if (points[at + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  private static Value ascii(String text, boolean upper) {
    StringBuilder changed = new StringBuilder(text);
    for (int i = 0; i < changed.length(); i++) {
      char c = changed.charAt(i);
      if (upper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z') {
        changed.setCharAt(i, (char) (c ^ 0x20));
      }
    }
    return new StringValue(changed.toString());
  }

  /** As strings.TrimSpace: what Unicode calls white space. */
  private static String trim(String text) {
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

  private static boolean isSpace(char c) {
    return (c >= '\t' && c <= '\r')
        || c == ' '
        || c == 0x85
        || c == 0xA0
        || (c > 0xFF && Character.isSpaceChar(c));
  }

  /** As strings.Replace: an empty part stands before every code point and at the end. */
  private static Value replace(Value[] in, long most) {
    String text = text(in[0]);
    String old = text(in[1]);
    String with = text(in[2]);
    StringBuilder made = new StringBuilder();
    int at = 0;
    long count = 0;
    while (most < 0 || count < most) {
      int found = old.isEmpty() ? at : text.indexOf(old, at);
      if (found < 0 || (old.isEmpty() && at > text.length())) {
        break;
      }
      if ((long) made.length() + (found - at) + with.length() > LONGEST) {
        return TOO_LARGE;
      }
      made.append(text, Math.min(at, text.length()), found).append(with);
      count++;
      at = found + old.length();
      if (old.isEmpty()) {
        if (at >= text.length()) {
          at = text.length();
          break;
        }
        int next = at + Character.charCount(text.codePointAt(at));
        made.append(text, at, next);
        at = next;
      }
    }
    return (long) made.length() + (text.length() - at) > LONGEST
        ? TOO_LARGE
        : new StringValue(made.append(text, at, text.length()).toString());
  }

  /** As strings.SplitN. */
  private static Value split(Value[] in, long most) {
    String text = text(in[0]);
    String by = text(in[1]);
    List<Value> parts = new ArrayList<>();
    if (most == 0) {
      return Lists.EMPTY;
    }
    int at = 0;
    while (most < 0 || parts.size() < most - 1) {
      int next =
          by.isEmpty()
              ? at < text.length() ? at + Character.charCount(text.codePointAt(at)) : -1
              : text.indexOf(by, at);
      if (next < 0 || (by.isEmpty() && next >= text.length())) {
        break;
      }
      parts.add(new StringValue(text.substring(at, next)));
      at = next + by.length();
    }
    if (!by.isEmpty() || at < text.length()) {
      parts.add(new StringValue(text.substring(at)));
    }
    return Lists.of(parts);
  }

  private static Value substring(String text, long start) {
    long length = text.codePointCount(0, text.length());
    return start < 0 || start > length ? outOfRange(start) : substring(text, start, length);
  }

  private static Value substring(String text, long start, long end) {
    long length = text.codePointCount(0, text.length());
    if (start > end) {
      return ErrorValue.of("invalid substring range. start: " + start + ", end: " + end);
    }
    if (start < 0 || start > length) {
      return outOfRange(start);
    }
    if (end > length) {
      return outOfRange(end);
    }
    int from = text.offsetByCodePoints(0, (int) start);
    int to = text.offsetByCodePoints(from, (int) (end - start));
    return new StringValue(text.substring(from, to));
  }

  private static Value join(Value list, String by) {
    StringBuilder joined = new StringBuilder();
    List<Value> elements = elements(list);
    for (int i = 0; i < elements.size(); i++) {
      if (!(elements.get(i) instanceof StringValue(String text))) {
        return ErrorValue.of("join: invalid input: " + Texts.plain(elements.get(i)));
      }
      if ((long) joined.length() + by.length() + text.length() > LONGEST) {
        return TOO_LARGE;
      }
      joined.append(i == 0 ? "" : by).append(text);
    }
    return new StringValue(joined.toString());
  }

  private static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case 7 -> quoted.append("\\a");
        case '\b' -> quoted.append("\\b");
        case '\f' -> quoted.append("\\f");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        case 11 -> quoted.append("\\v");
        case '\\' -> quoted.append("\\\\");
        case '"' -> quoted.append("\\\"");
        default -> quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
