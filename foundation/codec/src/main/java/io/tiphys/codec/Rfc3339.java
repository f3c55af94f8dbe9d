package io.tiphys.codec;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;

/** Times as Kubernetes writes them; refusals in the words of Go's time.Parse (time/format.go). */
final class Rfc3339 {
  /** Of a time with microseconds, in bytes. */
  static final int MAX_LENGTH = 27;

  private static final int SECONDS_PER_DAY = 86_400;
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
    long seconds = SECONDS_PER_DAY * LocalDate.of(year, month, day).toEpochDay();
    return Instant.ofEpochSecond(
        seconds + 3600L * hour + 60L * minute + second - offsetSeconds, nanos);
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

  /** The time in UTC; {@code micros} with six digits of a second. */
  static String format(Instant time, boolean micros) {
    byte[] text = new byte[MAX_LENGTH];
    return new String(text, 0, put(time, micros, text, 0), StandardCharsets.ISO_8859_1);
  }

  /** Writes the time into {@code out} from {@code at} on; returns where it ends. */
  @SuppressWarnings("JavaInstantGetSecondsGetNano") // The seconds are written before.
  static int put(Instant time, boolean micros, byte[] out, int at) {
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(time.getEpochSecond(), SECONDS_PER_DAY));
    int second = Math.floorMod(time.getEpochSecond(), SECONDS_PER_DAY);
    int end = digits(Math.clamp(date.getYear(), 0, 9999), 4, '-', out, at);
    end = digits(date.getMonthValue(), 2, '-', out, end);
    end = digits(date.getDayOfMonth(), 2, 'T', out, end);
    end = digits(second / 3600, 2, ':', out, end);
    end = digits(second / 60 % 60, 2, ':', out, end);
    end = digits(second % 60, 2, micros ? '.' : 'Z', out, end);
    return micros ? digits(time.getNano() / 1000, 6, 'Z', out, end) : end;
  }

  private static int digits(int value, int count, char after, byte[] out, int at) {
    int rest = value;
    for (int i = at + count - 1; i >= at; i--) {
      out[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    out[at + count] = (byte) after;
    return at + count + 1;
  }
}
