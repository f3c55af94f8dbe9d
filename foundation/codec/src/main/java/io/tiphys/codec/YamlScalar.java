package io.tiphys.codec;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/** What the text of a scalar means by YAML 1.1, as go.yaml.in/yaml/v2 decides it (resolve.go). */
final class YamlScalar {
  private static final String TAG_PREFIX = "tag:yaml.org,2002:";
  private static final Set<String> TRUE =
      Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
  private static final Set<String> FALSE =
      Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
  private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
  private static final Pattern NOT_FINITE =
      Pattern.compile("[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
  private static final Pattern TIMESTAMP =
      Pattern.compile(
          "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
              + "([Tt ][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\\.[0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})?)?");
  private static final Pattern BASE_60 =
      Pattern.compile("[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\\.[0-9_]*)?");

  private YamlScalar() {}

  static boolean isMerge(ScalarEvent key) {
    return key.getValue().equals("<<") && key.getScalarStyle() == ScalarStyle.PLAIN;
  }

  static Json resolve(ScalarEvent scalar) {
    String text = scalar.getValue();
    String tag = scalar.getTag().orElse("");
    if (tag.isEmpty()) {
      return scalar.getScalarStyle() == ScalarStyle.PLAIN ? plain(text) : new Json.Str(text);
    }
    Json plain = plain(text);
    boolean fits =
        switch (tag.startsWith(TAG_PREFIX) ? tag.substring(TAG_PREFIX.length()) : "") {
          case "bool" -> plain instanceof Json.Bool;
          case "null" -> plain instanceof Json.Null;
          case "int" -> plain instanceof Json.Int;
          case "float" -> plain instanceof Json.Int || plain instanceof Json.Num;
          case "binary" -> {
            byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
            plain = new Json.Str(GoText.decodeBase64(encoded).text());
            yield true;
          }
          default -> {
            plain = new Json.Str(text);
            yield true;
          }
        };
    if (!fits) {
      throw new CodecException(
          "yaml: cannot decode %s `%s` as a !!%s"
              .formatted(shortTag(plain), text, tag.substring(TAG_PREFIX.length())));
    }
    return plain;
  }

  private static String shortTag(Json value) {
    return switch (value) {
      case Json.Bool _ -> "!!bool";
      case Json.Null _ -> "!!null";
      case Json.Int _ -> "!!int";
      case Json.Num _ -> "!!float";
      default -> "!!str";
    };
  }

  /** An unquoted, untagged scalar. */
  static Json plain(String text) {
    if (NULL.contains(text)) {
      return Json.Null.NULL;
    }
    if (TRUE.contains(text) || FALSE.contains(text)) {
      return Json.Bool.of(TRUE.contains(text));
    }
    char first = text.charAt(0);
    boolean numeric = first == '+' || first == '-' || first == '.' || isDigit(first);
    Json number = numeric && !TIMESTAMP.matcher(text).matches() ? number(text) : null;
    return number != null ? number : new Json.Str(text);
  }

  /** Whether {@code text} must be quoted to be read as a string again. */
  static boolean needsQuotes(String text) {
    return !(plain(text) instanceof Json.Str)
        || text.equals("<<")
        || TIMESTAMP.matcher(text).matches()
        || BASE_60.matcher(text).matches();
  }

  private static @Nullable Json number(String text) {
    if (NOT_FINITE.matcher(text).matches()) {
      String name = text.endsWith("n") || text.endsWith("N") ? "NaN" : "Inf";
      String sign = name.equals("NaN") ? "" : text.startsWith("-") ? "-" : "+";
      throw new CodecException("json: unsupported value: " + sign + name);
    }
    String digits = text.charAt(0) == '.' ? text : text.replace("_", "");
    BigInteger integer = text.charAt(0) == '.' ? null : integer(digits);
    if (integer != null && integer.bitLength() < 64) {
      return new Json.Int(integer.longValue());
    }
    if (integer != null && integer.signum() > 0 && integer.bitLength() == 64) {
      return new Json.Num(integer.doubleValue());
    }
    if (!FLOAT.matcher(digits).matches()) {
      return null;
    }
    double real = Double.parseDouble(digits);
    if (Double.isInfinite(real)) {
      return null;
    }
    // As in JSON, where such a number is written without a fraction.
    boolean whole = real == Math.rint(real) && Math.abs(real) < 0x1p63;
    return whole ? new Json.Int((long) real) : new Json.Num(real);
  }

  /** Decimal, or by the prefix 0x, 0b, 0o or 0; null if it is none of them. */
  private static @Nullable BigInteger integer(String text) {
    boolean signed = text.charAt(0) == '-' || text.charAt(0) == '+';
    String digits = signed ? text.substring(1) : text;
    if (digits.isEmpty() || !isDigit(digits.charAt(0))) {
      return null;
    }
    int radix = 10;
    if (digits.length() > 1 && digits.charAt(0) == '0') {
      char prefix = Character.toLowerCase(digits.charAt(1));
      radix = prefix == 'x' ? 16 : prefix == 'b' ? 2 : 8;
      digits = digits.substring(isDigit(prefix) ? 1 : 2);
      if (prefix != 'x' && prefix != 'b' && prefix != 'o' && !isDigit(prefix)) {
        return null;
      }
    }
    if (digits.isEmpty()) {
      return null;
    }
    for (int i = 0; i < digits.length(); i++) {
      if (Character.digit(digits.charAt(i), radix) < 0 || digits.charAt(i) > 'z') {
        return null;
      }
    }
    // More than 64 bits in any radix: a float, or text.
    if (digits.length() > 80) {
      return null;
    }
    BigInteger value = new BigInteger(digits, radix);
    return text.charAt(0) == '-' ? value.negate() : value;
  }

  /** The name that a key's value stands for in JSON. */
  static String keyText(Json key) {
    return switch (key) {
      case Json.Str text -> text.value();
      case Json.Int _, Json.Num _, Json.Bool _ -> key.text();
      case Json.Null _ -> throw unsupportedKey("%!s(<nil>)", "<nil>");
      case Json.Arr _, Json.Obj _ ->
          throw new CodecException("yaml: invalid map key: " + goSyntax(key));
    };
  }

  /** Go's %#v, which people know from templates whose braces were read as YAML. */
  private static String goSyntax(Json value) {
    return switch (value) {
      case Json.Str text -> GoText.quote(text.value());
      case Json.Null _ -> "interface {}(nil)";
      case Json.Int _, Json.Num _, Json.Bool _ -> value.text();
      case Json.Arr(var elements) ->
          elements.stream()
              .map(YamlScalar::goSyntax)
              .collect(Collectors.joining(", ", "[]interface {}{", "}"));
      case Json.Obj(var members) ->
          members.entrySet().stream()
              .map(member -> GoText.quote(member.getKey()) + ":" + goSyntax(member.getValue()))
              .sorted()
              .collect(Collectors.joining(", ", "map[interface {}]interface {}{", "}"));
    };
  }

  private static CodecException unsupportedKey(String type, String key) {
    return new CodecException("unsupported map key of type: " + type + ", key: " + key);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
