package io.tiphys.api;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How exact the API's times are. Every encoding holds a Time in whole seconds and a MicroTime in
 * whole microseconds (apimachinery/pkg/apis/meta/v1/time.go and micro_time.go), so the records do
 * too: an object that was never encoded equals the same object read back.
 */
public final class TimePrecision {
  private TimePrecision() {}

  /** A Time. */
  public static @Nullable Instant seconds(@Nullable Instant time) {
    return time == null ? null : time.truncatedTo(ChronoUnit.SECONDS);
  }

  /** Times by name. */
  public static Map<String, Instant> seconds(Map<String, Instant> times) {
    Map<String, Instant> whole = new LinkedHashMap<>(times);
    whole.replaceAll((_, time) -> time.truncatedTo(ChronoUnit.SECONDS));
    return whole;
  }

  /** A MicroTime. */
  public static @Nullable Instant micros(@Nullable Instant time) {
    return time == null ? null : time.truncatedTo(ChronoUnit.MICROS);
  }
}
