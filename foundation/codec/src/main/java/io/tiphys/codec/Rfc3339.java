package io.tiphys.codec;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;

/** Times as Kubernetes writes them; refusals in the words of Go's time.Parse (time/format.go). */
final class Rfc3339 {
  private static final String LAYOUT = "2006-01-02T15:04:05Z07:00";

  private final String text;
  private int position;

  private Rfc3339(String text) {
    this.text = text;
  }

  /** Reads a time of any offset and any number of digits of a second. */
  static Instant parse(String text) {
    return new Rfc3339(text).parse();
  }

  private Instant parse() {
    int year = number(4, "2006");
    separator('-');
    int month = ranged(number(2, "01"), 1, 12, "month");
    separator('-');
    int day = number(2, "02");
    separator('T');
    int hour = ranged(number(2, "15"), 0, 23, "hour");
    separator(':');
    int minute = ranged(number(2, "04"), 0, 59, "minute");
    separator(':');
    int second = ranged(number(2, "05"), 0, 59, "second");
    int nanos = fraction();
    int offsetSeconds = offset();
    if (position < text.length()) {
      throw refuse(": extra text: " + GoText.quote(text.substring(position)));
    }
    ranged(day, 1, YearMonth.of(year, month).lengthOfMonth(), "day");
    return LocalDateTime.of(year, month, day, hour, minute, second, nanos)
        .toInstant(ZoneOffset.UTC)
        .minusSeconds(offsetSeconds);
  }

  private int number(int digits, String element) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      if (!isDigit(position + i)) {
        throw unparsable(element);
      }
      value = 10 * value + (text.charAt(position + i) - '0');
    }
    position += digits;
    return value;
  }

  private void separator(char expected) {
    if (position == text.length() || text.charAt(position) != expected) {
      throw unparsable(String.valueOf(expected));
    }
    position++;
  }

  private int fraction() {
    if (position >= text.length()
        || (text.charAt(position) != '.' && text.charAt(position) != ',')
        || !isDigit(position + 1)) {
      return 0;
    }
    int nanos = 0;
    int weight = 100_000_000;
    for (position++; isDigit(position); position++) {
      nanos += weight * (text.charAt(position) - '0');
      weight /= 10;
    }
    return nanos;
  }

  private int offset() {
    if (position < text.length() && text.charAt(position) == 'Z') {
      position++;
      return 0;
    }
    int start = position;
    boolean wellFormed =
        text.length() - start >= 6
            && (text.charAt(start) == '+' || text.charAt(start) == '-')
            && isDigit(start + 1)
            && isDigit(start + 2)
            && text.charAt(start + 3) == ':'
            && isDigit(start + 4)
            && isDigit(start + 5);
    if (!wellFormed) {
      throw unparsable("Z07:00");
    }
    int hours = Integer.parseInt(text, start + 1, start + 3, 10);
    int minutes = Integer.parseInt(text, start + 4, start + 6, 10);
    ranged(hours, 0, 24, "time zone offset hour");
    ranged(minutes, 0, 60, "time zone offset minute");
    position += 6;
    int seconds = 3600 * hours + 60 * minutes;
    return text.charAt(start) == '-' ? -seconds : seconds;
  }

  private boolean isDigit(int index) {
    return index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '9';
  }

  private int ranged(int value, int least, int most, String what) {
    if (value < least || value > most) {
      throw refuse(": " + what + " out of range");
    }
    return value;
  }

  private CodecException unparsable(String element) {
    return refuse(
        " as \""
            + LAYOUT
            + "\": cannot parse "
            + GoText.quote(text.substring(position))
            + " as "
            + GoText.quote(element));
  }

  private CodecException refuse(String why) {
    return new CodecException("parsing time " + GoText.quote(text) + why);
  }

  /**
   * The time in UTC.
   *
   * @param micros with six digits of a second
   */
  @SuppressWarnings("JavaInstantGetSecondsGetNano") // The seconds are written before.
  static String format(Instant time, boolean micros) {
    LocalDateTime local = LocalDateTime.ofEpochSecond(time.getEpochSecond(), 0, ZoneOffset.UTC);
    LocalDate date = local.toLocalDate();
    StringBuilder out = new StringBuilder(27);
    padded(out, date.getYear(), 1000).append('-');
    padded(out, date.getMonthValue(), 10).append('-');
    padded(out, date.getDayOfMonth(), 10).append('T');
    padded(out, local.getHour(), 10).append(':');
    padded(out, local.getMinute(), 10).append(':');
    padded(out, local.getSecond(), 10);
    if (micros) {
      padded(out.append('.'), time.getNano() / 1000, 100_000);
    }
    return out.append('Z').toString();
  }

  private static StringBuilder padded(StringBuilder out, int value, int unit) {
    for (int rest = unit; rest > 1 && value < rest; rest /= 10) {
      out.append('0');
    }
    return out.append(value);
  }
}
