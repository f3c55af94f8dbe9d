package io.tiphys.cel.value;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as Go's time package reads and writes them. */
public final class GoDuration {
  private static final Pattern PART =
      Pattern.compile("(\\d+(?:\\.\\d*)?|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)");
  private static final Map<String, Long> UNITS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "μs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  /** Longer texts are none: all digits that count are in front. */
  private static final int LONGEST = 1_000;

  private GoDuration() {}

  /** Nanoseconds; empty where the text is no duration or one too long to be told. */
  public static OptionalLong parse(String text) {
    boolean negative = text.startsWith("-");
    String rest = negative || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return OptionalLong.of(0);
    }
    if (rest.isEmpty() || rest.length() > LONGEST) {
      return OptionalLong.empty();
    }
    BigDecimal sum = BigDecimal.ZERO;
    Matcher part = PART.matcher(rest);
    int at = 0;
    while (at < rest.length()) {
      if (!part.find(at) || part.start() != at) {
        return OptionalLong.empty();
      }
      String digits = part.group(1);
      BigDecimal count = new BigDecimal(digits.endsWith(".") ? digits + "0" : digits);
      BigDecimal nanos = count.multiply(BigDecimal.valueOf(UNITS.getOrDefault(part.group(2), 0L)));
      sum = sum.add(nanos.setScale(0, RoundingMode.DOWN));
      at = part.end();
    }
    try {
      return OptionalLong.of((negative ? sum.negate() : sum).longValueExact());
    } catch (ArithmeticException _) {
      return OptionalLong.empty();
    }
  }

  /** As {@code 1h2m3.5s}. */
  public static String format(long nanos) {
    if (nanos == 0) {
      return "0s";
    }
    BigDecimal all = BigDecimal.valueOf(nanos).abs();
    String sign = nanos < 0 ? "-" : "";
    if (all.compareTo(BigDecimal.valueOf(1_000_000_000)) < 0) {
      return sign + small(all.longValueExact());
    }
    BigDecimal[] minutes = all.divideAndRemainder(BigDecimal.valueOf(60_000_000_000L));
    long whole = minutes[0].longValueExact();
    String seconds = plain(minutes[1].movePointLeft(9)) + "s";
    if (whole == 0) {
      return sign + seconds;
    }
    return sign + (whole >= 60 ? whole / 60 + "h" : "") + whole % 60 + "m" + seconds;
  }

  private static String small(long nanos) {
    if (nanos < 1_000) {
      return nanos + "ns";
    }
    return nanos < 1_000_000
        ? plain(BigDecimal.valueOf(nanos, 3)) + "µs"
        : plain(BigDecimal.valueOf(nanos, 6)) + "ms";
  }

  private static String plain(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }
}
