package io.tiphys.cel.library;

import static io.tiphys.cel.type.CelType.DURATION;
import static io.tiphys.cel.type.CelType.INT;
import static io.tiphys.cel.type.CelType.STRING;
import static io.tiphys.cel.type.CelType.TIMESTAMP;

import io.tiphys.cel.value.DurationValue;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.IntValue;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.TimestampValue;
import io.tiphys.cel.value.Value;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;

/** Parts of moments and of spans of time (cel-go's common/stdlib/standard.go). */
final class StandardTimes {
  private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,9}");
  private static final long SECOND = 1_000_000_000;

  private StandardTimes() {}

  static List<Function> functions() {
    List<Function> all = new ArrayList<>();
    all.add(part("getFullYear", "timestamp_to_year", ZonedDateTime::getYear));
    all.add(part("getMonth", "timestamp_to_month", time -> time.getMonthValue() - 1));
    all.add(part("getDayOfYear", "timestamp_to_day_of_year", time -> time.getDayOfYear() - 1));
    all.add(part("getDayOfMonth", "timestamp_to_day_of_month", time -> time.getDayOfMonth() - 1));
    all.add(part("getDate", "timestamp_to_day_of_month_1_based", ZonedDateTime::getDayOfMonth));
    all.add(
        part(
            "getDayOfWeek",
            "timestamp_to_day_of_week",
            time -> time.getDayOfWeek().getValue() % 7));
    all.add(
        both(
            "getHours",
            "hours",
            "timestamp_to_hours_with_tz",
            ZonedDateTime::getHour,
            3600 * SECOND));
    all.add(
        both(
            "getMinutes",
            "minutes",
            "timestamp_to_minutes_with_tz",
            ZonedDateTime::getMinute,
            60 * SECOND));
    all.add(
        both("getSeconds", "seconds", "timestamp_to_seconds_tz", ZonedDateTime::getSecond, SECOND));
    all.add(
        both(
            "getMilliseconds",
            "milliseconds",
            "timestamp_to_milliseconds_with_tz",
            time -> time.getNano() / 1_000_000,
            1_000_000));
    return all;
  }

  private static Function part(String name, String id, ToLongFunction<ZonedDateTime> of) {
    return Function.of(name, utc(id, of), inZone(id + "_with_tz", of));
  }

  private static Function both(
      String name, String unit, String zoned, ToLongFunction<ZonedDateTime> of, long nanos) {
    return Function.of(
        name,
        utc("timestamp_to_" + unit, of),
        inZone(zoned, of),
        Overload.accessor(
            "duration_to_" + unit,
            DURATION,
            INT,
            value ->
                value instanceof DurationValue(long all)
                    ? IntValue.of(all / nanos)
                    : ErrorValue.noSuchOverload(value)));
  }

  private static Overload utc(String id, ToLongFunction<ZonedDateTime> of) {
    return Overload.accessor(id, TIMESTAMP, INT, time -> in(time, new StringValue("UTC"), of));
  }

  private static Overload inZone(String id, ToLongFunction<ZonedDateTime> of) {
    return Overload.method(id, TIMESTAMP, STRING, INT, (time, zone) -> in(time, zone, of));
  }

  private static Value in(Value time, Value zone, ToLongFunction<ZonedDateTime> of) {
    if (!(time instanceof TimestampValue(OffsetDateTime moment))
        || !(zone instanceof StringValue(String name))) {
      return ErrorValue.noSuchOverload();
    }
    try {
      return IntValue.of(of.applyAsLong(local(moment, name)));
    } catch (DateTimeException _) {
      return ErrorValue.of("unknown time zone " + name);
    } catch (NumberFormatException e) {
      return ErrorValue.of(String.valueOf(e.getMessage()));
    }
  }

  /** Java knows no offsets beyond 18 hours: what is asked for is what a clock there shows. */
  private static ZonedDateTime local(OffsetDateTime moment, String name) {
    int colon = name.indexOf(':');
    if (colon < 0) {
      boolean utc = name.isEmpty() || name.equals("UTC");
      return moment.atZoneSameInstant(utc ? ZoneOffset.UTC : ZoneId.of(name));
    }
    long hours = number(name.substring(0, colon));
    long minutes = number(name.substring(colon + 1));
    long offset = name.startsWith("-") ? hours * 60 - minutes : hours * 60 + minutes;
    return moment.atZoneSameInstant(ZoneOffset.UTC).plusMinutes(offset);
  }

  private static int number(String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw new NumberFormatException("strconv.Atoi: parsing \"" + text + "\": invalid syntax");
    }
    return Integer.parseInt(text);
  }
}
