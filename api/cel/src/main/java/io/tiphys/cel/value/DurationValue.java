package io.tiphys.cel.value;

import io.tiphys.cel.type.CelType;

/** A span of time. */
public record DurationValue(long nanos) implements Value {
  @Override
  public CelType type() {
    return CelType.DURATION;
  }

  @Override
  public boolean same(Value other) {
    return equals(other);
  }
}
