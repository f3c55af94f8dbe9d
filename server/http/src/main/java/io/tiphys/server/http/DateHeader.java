package io.tiphys.server.http;

import io.tiphys.base.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The time as answers tell it, written once a second. Thread-safe. */
final class DateHeader {
  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Clock clock;
  private volatile Written written = new Written(Long.MIN_VALUE, "");

  private record Written(long second, String text) {}

  DateHeader(Clock clock) {
    this.clock = clock;
  }

  String value() {
    Instant now = clock.now();
    Written last = written;
    if (last.second() != now.getEpochSecond()) {
      last = new Written(now.getEpochSecond(), FORM.format(now));
      written = last;
    }
    return last.text();
  }
}
