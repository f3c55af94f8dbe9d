package io.tiphys.cel.library;

import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.BytesValue;
import io.tiphys.cel.value.Conversions;
import io.tiphys.cel.value.DoubleValue;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.IntValue;
import io.tiphys.cel.value.ListValue;
import io.tiphys.cel.value.Lists;
import io.tiphys.cel.value.MapValue;
import io.tiphys.cel.value.NullValue;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.Texts;
import io.tiphys.cel.value.UintValue;
import io.tiphys.cel.value.Value;
import io.tiphys.meta.GoText;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** {@code "...%s...".format([...])}, in the American way (cel-go's ext/formatting.go). */
final class StringFormat {
  private static final int DEFAULT_PRECISION = 6;

  /** More digits behind the point than any number has. */
  private static final int MOST_PRECISION = 1_000;

  private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  private StringFormat() {}

  private static final class Misfit extends Exception {
    private static final long serialVersionUID = 1;

    Misfit(String message) {
      super(message, null, false, false);
    }
  }

  static Value format(String pattern, List<Value> arguments) {
    try {
      return new StringValue(filled(pattern, arguments));
    } catch (Misfit e) {
      return ErrorValue.of(String.valueOf(e.getMessage()));
    }
  }

  private static String filled(String pattern, List<Value> arguments) throws Misfit {
    StringBuilder made = new StringBuilder();
    int next = 0;
    int at = 0;
    while (at < pattern.length()) {
      char c = pattern.charAt(at);
      if (c != '%') {
        made.append(c);
        at++;
      } else if (at + 1 < pattern.length() && pattern.charAt(at + 1) == '%') {
        made.append('%');
        at += 2;
      } else {
        if (next >= arguments.size()) {
          throw new Misfit("index " + next + " out of range");
        }
        if (at + 1 >= pattern.length()) {
          throw new Misfit("unexpected end of string");
        }
        at = clause(pattern, at + 1, arguments.get(next++), made);
      }
    }
    return made.toString();
  }

  /** Writes one argument; behind its clause. */
  private static int clause(String pattern, int from, Value value, StringBuilder made)
      throws Misfit {
    int at = from;
    int precision = DEFAULT_PRECISION;
    if (pattern.charAt(at) == '.') {
      int end = at + 1;
      while (end < pattern.length() && Character.isDigit(pattern.charAt(end))) {
        end++;
      }
      String before = "could not parse formatting clause: error while parsing precision: ";
      if (end >= pattern.length()) {
        throw new Misfit(before + "could not find end of precision specifier");
      }
      String digits = pattern.substring(at + 1, end);
      if (digits.isEmpty() || digits.length() > 4 || Integer.parseInt(digits) > MOST_PRECISION) {
        throw new Misfit(
            before
                + "error while converting precision to integer: strconv.Atoi: parsing \""
                + digits
                + "\": invalid syntax");
      }
      precision = Integer.parseInt(digits);
      at = end;
    }
    char verb = pattern.charAt(at);
    if ("sdfebxXo".indexOf(verb) < 0) {
      throw new Misfit(
          "could not parse formatting clause: unrecognized formatting clause \"" + verb + "\"");
    }
    try {
      String part = formatted(verb, precision, value);
      bounded((long) made.length() + part.length());
      made.append(part);
    } catch (Misfit e) {
      throw new Misfit("error during formatting: " + e.getMessage());
    }
    return at + 1;
  }

  private static void bounded(long length) throws Misfit {
    if (length > StringFunctions.LONGEST) {
      throw new Misfit(StringFunctions.TOO_LARGE.message());
    }
  }

  private static String formatted(char verb, int precision, Value value) throws Misfit {
    return switch (verb) {
      case 's' -> text(value);
      case 'd' -> decimal(value);
      case 'f' -> fixed(precision, number(value, "fixed-point"));
      case 'e' -> scientific(precision, number(value, "scientific"));
      case 'b' ->
          switch (value) {
            case IntValue(long whole) -> signed(whole, 2);
            case UintValue(long whole) -> Long.toUnsignedString(whole, 2);
            case BoolValue flag -> flag.value() ? "1" : "0";
            default -> throw unfit("only integers and bools can be formatted as binary", value);
          };
      case 'o' ->
          switch (value) {
            case IntValue(long whole) -> signed(whole, 8);
            case UintValue(long whole) -> Long.toUnsignedString(whole, 8);
            default -> throw unfit("octal clause can only be used on integers", value);
          };
      default -> {
        String hex = hex(value);
        yield verb == 'X' ? hex.toUpperCase(Locale.ROOT) : hex;
      }
    };
  }

  private static Misfit unfit(String rule, Value value) {
    return new Misfit(rule + ", was given " + value.type().name());
  }

  private static String signed(long whole, int radix) {
    return Long.toString(whole, radix);
  }

  private static String hex(Value value) throws Misfit {
    return switch (value) {
      case IntValue(long whole) -> signed(whole, 16);
      case UintValue(long whole) -> Long.toUnsignedString(whole, 16);
      case StringValue(String text) ->
          HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
      case BytesValue(byte[] bytes) -> HexFormat.of().formatHex(bytes);
      default ->
          throw unfit("only integers, byte buffers, and strings can be formatted as hex", value);
    };
  }

  private static String decimal(Value value) throws Misfit {
    return switch (value) {
      case IntValue _, UintValue _ -> Texts.plain(value);
      default -> throw unfit("decimal clause can only be used on integers", value);
    };
  }

  private static double number(Value value, String clause) throws Misfit {
    return switch (value) {
      case DoubleValue(double number) -> number;
      case StringValue(String text) when text.equals("NaN") -> Double.NaN;
      case StringValue(String text) when text.equals("Infinity") -> Double.POSITIVE_INFINITY;
      case StringValue(String text) when text.equals("-Infinity") -> Double.NEGATIVE_INFINITY;
      default -> throw unfit(clause + " clause can only be used on doubles", value);
    };
  }

  private static String special(double number) {
    return Double.isNaN(number) ? "NaN" : number > 0 ? "∞" : "-∞";
  }

  private static String fixed(int precision, double number) {
    if (!Double.isFinite(number)) {
      return special(number);
    }
    DecimalFormat format = new DecimalFormat("#,##0", DecimalFormatSymbols.getInstance(Locale.US));
    format.setMinimumFractionDigits(precision);
    format.setMaximumFractionDigits(precision);
    format.setRoundingMode(RoundingMode.HALF_EVEN);
    return format.format(new BigDecimal(number));
  }

  private static String scientific(int precision, double number) {
    if (!Double.isFinite(number)) {
      return special(number);
    }
    String plain = String.format(Locale.ROOT, "%." + precision + "e", number);
    int e = plain.indexOf('e');
    StringBuilder exponent = new StringBuilder();
    for (char c : plain.substring(e + 1).toCharArray()) {
      exponent.append(
          c == '-' ? "⁻" : c == '+' ? "" : String.valueOf(SUPERSCRIPTS.charAt(c - '0')));
    }
    return plain.substring(0, e) + "\u202f×\u202f10" + exponent;
  }

  private static String text(Value value) throws Misfit {
    return switch (value) {
      case ListValue list -> list(list);
      case MapValue map -> map(map);
      case NullValue _ -> "null";
      default -> {
        Value converted =
            switch (value.type().kind()) {
              case INT, UINT, DOUBLE, BOOL, STRING, TIMESTAMP, BYTES, DURATION, TYPE ->
                  Conversions.convert(value, CelType.STRING);
              default -> value;
            };
        if (converted instanceof StringValue(String text)) {
          yield text;
        }
        throw unfit(
            "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists,"
                + " types, durations, and timestamps",
            value);
      }
    };
  }

  private static String list(ListValue list) throws Misfit {
    List<String> parts = new ArrayList<>();
    long length = 0;
    for (Value each : Lists.elements(list)) {
      String part = part(each);
      length += part.length();
      bounded(length);
      parts.add(part);
    }
    return "[" + String.join(", ", parts) + "]";
  }

  private static String map(MapValue map) throws Misfit {
    Map<String, String> entries = new TreeMap<>();
    long length = 0;
    for (Value key : map.keys()) {
      Value value = map.find(key);
      switch (key.type().kind()) {
        case STRING, BOOL, INT, UINT -> {
          String part = value == null ? "" : part(value);
          length += part.length();
          bounded(length);
          entries.put(part(key), part);
        }
        default ->
            throw new Misfit("no formatting function for map key of type " + key.type().name());
      }
    }
    List<String> parts = new ArrayList<>();
    entries.forEach((key, value) -> parts.add(key + ":" + value));
    return "{" + String.join(", ", parts) + "}";
  }

  /** A value within a list or a map. */
  private static String part(Value value) throws Misfit {
    return switch (value.type().kind()) {
      case STRING -> GoText.quote(text(value));
      case BYTES -> "b" + GoText.quote(text(value));
      case TIMESTAMP -> "timestamp(" + GoText.quote(text(value)) + ")";
      case DURATION -> "duration(" + GoText.quote(text(value)) + ")";
      case DOUBLE -> inner(value);
      case INT, UINT, BOOL, NULL, TYPE, LIST, MAP -> text(value);
      default -> throw new Misfit("no formatting function for " + value.type().name());
    };
  }

  private static String inner(Value value) {
    if (!(value instanceof DoubleValue(double number)) || !Double.isFinite(number)) {
      return GoText.quote(Texts.plain(value));
    }
    return new BigDecimal(number)
        .setScale(DEFAULT_PRECISION, RoundingMode.HALF_EVEN)
        .toPlainString();
  }
}
