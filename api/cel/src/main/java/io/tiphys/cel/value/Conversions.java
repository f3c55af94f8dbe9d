package io.tiphys.cel.value;

import io.tiphys.cel.type.CelType;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One type from another: {@code int(x)} and its like (cel-go's ConvertToType). */
public final class Conversions {
  private static final ErrorValue TIMESTAMP_OVERFLOW = ErrorValue.of("timestamp overflow");
  private static final Pattern INT = Pattern.compile("[+-]?\\d{1,40}");
  private static final Pattern UINT = Pattern.compile("\\d{1,40}");
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(\\d++\\.?\\d*+|\\.\\d++)([eE][+-]?\\d++)?");
  private static final Pattern HEX =
      Pattern.compile("[+-]?0[xX]([0-9a-fA-F]++\\.?[0-9a-fA-F]*+|\\.[0-9a-fA-F]++)[pP][+-]?\\d++");
  private static final Pattern TIME =
      Pattern.compile(
          "(\\d{4})-(\\d{2})-(\\d{2})T(\\d{1,2}):(\\d{2}):(\\d{2})(?:[.,](\\d+))?"
              + "(?:Z|([+-])(\\d{2}):(\\d{2}))");
  private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
  private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

  private Conversions() {}

  public static Value convert(Value value, CelType to) {
    if (to.equals(CelType.TYPE)) {
      return value instanceof TypeValue ? new TypeValue(CelType.TYPE) : new TypeValue(value.type());
    }
    if (value.type().equals(to)) {
      return value;
    }
    Value converted =
        switch (to.kind()) {
          case INT -> toInt(value);
          case UINT -> toUint(value);
          case DOUBLE -> toDouble(value);
          case BOOL -> toBool(value);
          case STRING -> toText(value);
          case BYTES ->
              value instanceof StringValue(String text)
                  ? new BytesValue(text.getBytes(StandardCharsets.UTF_8))
                  : refused(value, to);
          case DURATION -> toDuration(value);
          case TIMESTAMP -> toTimestamp(value);
          default -> refused(value, to);
        };
    return converted;
  }

  private static Value refused(Value value, CelType to) {
    return ErrorValue.of("type conversion error from '" + value.type() + "' to '" + to + "'");
  }

  private static Value toInt(Value value) {
    return switch (value) {
      case UintValue _, DoubleValue _ -> Numbers.toInt(value);
      case DurationValue(long nanos) -> new IntValue(nanos);
      case TimestampValue(OffsetDateTime time) -> new IntValue(time.toEpochSecond());
      case StringValue(String text) when INT.matcher(text).matches() -> {
        try {
          yield new IntValue(Long.parseLong(text));
        } catch (NumberFormatException _) {
          yield refused(value, CelType.INT);
        }
      }
      default -> refused(value, CelType.INT);
    };
  }

  private static Value toUint(Value value) {
    return switch (value) {
      case IntValue _, DoubleValue _ -> Numbers.toUint(value);
      case StringValue(String text) when UINT.matcher(text).matches() -> {
        try {
          yield new UintValue(Long.parseUnsignedLong(text));
        } catch (NumberFormatException _) {
          yield refused(value, CelType.UINT);
        }
      }
      default -> refused(value, CelType.UINT);
    };
  }

  private static Value toDouble(Value value) {
    return switch (value) {
      case IntValue _, UintValue _ -> Numbers.toDouble(value);
      case StringValue(String text) ->
          parseDouble(text).<Value>map(DoubleValue::new).orElse(refused(value, CelType.DOUBLE));
      default -> refused(value, CelType.DOUBLE);
    };
  }

  /** As strconv.ParseFloat. */
  private static Optional<Double> parseDouble(String text) {
    if (DECIMAL.matcher(text).matches() || HEX.matcher(text).matches()) {
      double number = Double.parseDouble(text);
      return Double.isInfinite(number) ? Optional.empty() : Optional.of(number);
    }
    boolean signed = text.startsWith("-") || text.startsWith("+");
    String word = (signed ? text.substring(1) : text).toLowerCase(java.util.Locale.ROOT);
    if (word.equals("inf") || word.equals("infinity")) {
      return Optional.of(
          text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }
    return word.equals("nan") && !signed ? Optional.of(Double.NaN) : Optional.empty();
  }

  private static Value toBool(Value value) {
    if (value instanceof StringValue(String text)) {
      if (TRUE.contains(text) || FALSE.contains(text)) {
        return BoolValue.of(TRUE.contains(text));
      }
    }
    return refused(value, CelType.BOOL);
  }

  private static Value toText(Value value) {
    return switch (value) {
      case BoolValue _, IntValue _, UintValue _, DoubleValue _ ->
          new StringValue(Texts.plain(value));
      case NullValue _ -> new StringValue("null");
      case BytesValue(byte[] bytes) -> {
        try {
          yield new StringValue(
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException _) {
          yield ErrorValue.of("invalid UTF-8 in bytes, cannot convert to string");
        }
      }
      case DurationValue(long nanos) -> new StringValue(Texts.fixed(seconds(nanos)) + "s");
      case TimestampValue(OffsetDateTime time) -> new StringValue(Texts.rfc3339(time));
      case TypeValue(CelType type) -> new StringValue(type.name());
      default -> refused(value, CelType.STRING);
    };
  }

  /** As Go's Duration.Seconds. */
  static double seconds(long nanos) {
    long seconds = nanos / 1_000_000_000L;
    return seconds + (nanos % 1_000_000_000L) / 1e9;
  }

  private static Value toDuration(Value value) {
    if (value instanceof StringValue(String text)) {
      OptionalLong nanos = GoDuration.parse(text);
      if (nanos.isPresent()) {
        return new DurationValue(nanos.getAsLong());
      }
    }
    return refused(value, CelType.DURATION);
  }

  private static Value toTimestamp(Value value) {
    return switch (value) {
      case IntValue(long seconds) ->
          seconds < TimestampValue.FIRST || seconds > TimestampValue.LAST
              ? TIMESTAMP_OVERFLOW
              : new TimestampValue(
                  LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC).atOffset(ZoneOffset.UTC));
      case StringValue(String text) -> timestamp(text, value);
      default -> refused(value, CelType.TIMESTAMP);
    };
  }

  private static Value timestamp(String text, Value value) {
    Optional<OffsetDateTime> time = parseTime(text);
    if (time.isEmpty()) {
      return refused(value, CelType.TIMESTAMP);
    }
    long seconds = time.get().toEpochSecond();
    return seconds < TimestampValue.FIRST || seconds > TimestampValue.LAST
        ? TIMESTAMP_OVERFLOW
        : new TimestampValue(time.get());
  }

  /** As {@code time.Parse(time.RFC3339, text)}. */
  public static Optional<OffsetDateTime> parseTime(String text) {
    Matcher parts = TIME.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    try {
      String fraction = parts.group(7) == null ? "" : parts.group(7);
      String nanos = (fraction + "000000000").substring(0, 9);
      LocalDateTime local =
          LocalDateTime.of(
              number(parts, 1),
              number(parts, 2),
              number(parts, 3),
              number(parts, 4),
              number(parts, 5),
              number(parts, 6),
              Integer.parseInt(nanos));
      if (parts.group(8) == null) {
        return Optional.of(local.atOffset(ZoneOffset.UTC));
      }
      int minutes = number(parts, 9) * 60 + number(parts, 10);
      if (number(parts, 9) > 24 || number(parts, 10) > 59) {
        return Optional.empty();
      }
      int sign = parts.group(8).equals("-") ? -1 : 1;
      return Optional.of(at(local, sign * minutes * 60));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  /** Java knows no offsets beyond 18 hours. */
  private static OffsetDateTime at(LocalDateTime local, int seconds) {
    return Math.abs(seconds) > 18 * 3600
        ? local.minusSeconds(seconds).atOffset(ZoneOffset.UTC)
        : local.atOffset(ZoneOffset.ofTotalSeconds(seconds));
  }

  private static int number(Matcher parts, int group) {
    return Integer.parseInt(parts.group(group));
  }
}
