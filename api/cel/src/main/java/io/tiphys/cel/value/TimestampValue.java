package io.tiphys.cel.value;

import io.tiphys.cel.type.CelType;
import java.time.OffsetDateTime;

/** A moment, and the offset it was written with, which only shows when it is written again. */
public record TimestampValue(OffsetDateTime time) implements Value {
  /** Seconds of the first moment that can be told: year 1. */
  public static final long FIRST = -62135596800L;

  /** Seconds of the last: the end of year 9999. */
  public static final long LAST = 253402300799L;

  @Override
  public CelType type() {
    return CelType.TIMESTAMP;
  }

  @Override
  public boolean same(Value other) {
    return other instanceof TimestampValue(OffsetDateTime that) && time.isEqual(that);
  }
}
