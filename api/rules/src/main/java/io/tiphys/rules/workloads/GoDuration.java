package io.tiphys.rules.workloads;

import io.tiphys.meta.GoText;
import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations such as {@code 1h30m}, in the words of Go's time.ParseDuration. */
final class GoDuration {
  private static final Pattern PART = Pattern.compile("([0-9]*)(?:\\.([0-9]*))?([^0-9.]*)");

  /** No duration needs more, and numbers of any length would cost the square of it. */
  private static final int MAX_LENGTH = 128;

  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "μs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private GoDuration() {}

  /** What is wrong with it, or empty. */
  static String problem(String text) {
    if (text.length() > MAX_LENGTH) {
      return "time: invalid duration " + GoText.quote(text.substring(0, MAX_LENGTH) + "...");
    }
    String invalid = "time: invalid duration " + GoText.quote(text);
    boolean signed = text.startsWith("-") || text.startsWith("+");
    String rest = signed ? text.substring(1) : text;
    if (rest.equals("0")) {
      return "";
    }
    if (rest.isEmpty()) {
      return invalid;
    }
    BigDecimal nanos = BigDecimal.ZERO;
    Matcher part = PART.matcher(rest);
    for (int at = 0; at < rest.length(); at = part.end()) {
      part.region(at, rest.length());
      boolean number = part.lookingAt() && (part.end(1) > at || part.end(2) > part.start(2));
      if (!number) {
        return invalid;
      }
      String unit = part.group(3);
      Long size = NANOS.get(unit);
      if (unit.isEmpty()) {
        return "time: missing unit in duration " + GoText.quote(text);
      }
      if (size == null) {
        return "time: unknown unit %s in duration %s"
            .formatted(GoText.quote(unit), GoText.quote(text));
      }
      String fraction = part.group(2) == null ? "" : part.group(2);
      nanos =
          nanos.add(
              new BigDecimal("0" + part.group(1) + "." + fraction + "0")
                  .multiply(BigDecimal.valueOf(size)));
    }
    return nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0 ? invalid : "";
  }
}
