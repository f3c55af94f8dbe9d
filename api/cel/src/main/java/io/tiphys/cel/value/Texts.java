package io.tiphys.cel.value;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Values as Go writes them. */
public final class Texts {
  /** Digits before the point from which on a number is written with an exponent. */
  private static final int EXPONENT_FROM = 21;

  /** The same where Go's {@code %g} chooses. */
  private static final int SHORT_EXPONENT_FROM = 6;

  private Texts() {}

  /** As {@code %v} writes a value into a message. */
  public static String plain(Value value) {
    return switch (value) {
      case NullValue _ -> "NULL_VALUE";
      case BoolValue flag -> flag.value() ? "true" : "false";
      case IntValue(long number) -> Long.toString(number);
      case UintValue(long number) -> Long.toUnsignedString(number);
      case DoubleValue(double number) -> general(number);
      case StringValue(String text) -> text;
      case BytesValue(byte[] bytes) -> {
        List<String> numbers = new ArrayList<>();
        for (byte each : bytes) {
          numbers.add(Integer.toString(each & 0xff));
        }
        yield "[" + String.join(" ", numbers) + "]";
      }
      case DurationValue(long nanos) -> GoDuration.format(nanos);
      case TimestampValue(OffsetDateTime time) -> rfc3339(time);
      case TypeValue(var type) -> type.toString();
      case OptionalValue(Value held) ->
          held == null ? "optional.none()" : "optional(" + plain(held) + ")";
      case ListValue list ->
          Lists.elements(list).stream()
              .map(Texts::plain)
              .collect(Collectors.joining(", ", "[", "]"));
      case MapValue map ->
          map.keys().stream()
              .map(key -> plain(key) + ": " + member(map, key))
              .collect(Collectors.joining(", ", "{", "}"));
      case OpaqueValue opaque -> opaque.toString();
      case ErrorValue(String message) -> message;
    };
  }

  private static String member(MapValue map, Value key) {
    Value value = map.find(key);
    return value == null ? "<nil>" : plain(value);
  }

  /** As {@code %g}: with an exponent where that is shorter. */
  public static String general(double value) {
    return number(value, SHORT_EXPONENT_FROM);
  }

  /** As encoding/json writes a number. */
  public static String json(double value) {
    return number(value, EXPONENT_FROM);
  }

  private static String number(double value, int exponentFrom) {
    if (!Double.isFinite(value)) {
      return Double.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    BigDecimal digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = digits.precision() - digits.scale() - 1;
    if (exponent >= -4 && exponent < exponentFrom) {
      return digits.toPlainString();
    }
    String all = digits.unscaledValue().abs().toString();
    String fraction = all.length() == 1 ? "" : "." + all.substring(1);
    String sign = exponent < 0 ? "-" : "+";
    String size = (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    return (value < 0 ? "-" : "") + all.charAt(0) + fraction + "e" + sign + size;
  }

  /** As {@code strconv.FormatFloat(value, 'f', -1, 64)}: never with an exponent. */
  public static String fixed(double value) {
    return Double.isFinite(value)
        ? value == 0
            ? number(value, SHORT_EXPONENT_FROM)
            : new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString()
        : number(value, SHORT_EXPONENT_FROM);
  }

  /** With as many digits of the second as there are. */
  public static String rfc3339(OffsetDateTime time) {
    StringBuilder text = new StringBuilder();
    text.append(
        "%04d-%02d-%02dT%02d:%02d:%02d"
            .formatted(
                time.getYear(),
                time.getMonthValue(),
                time.getDayOfMonth(),
                time.getHour(),
                time.getMinute(),
                time.getSecond()));
    if (time.getNano() != 0) {
      text.append('.').append("%09d".formatted(time.getNano()).replaceFirst("0+$", ""));
    }
    ZoneOffset offset = time.getOffset();
    return text.append(offset.getTotalSeconds() == 0 ? "Z" : offset.getId()).toString();
  }

  /** How many bytes a text has in UTF-8. */
  public static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
