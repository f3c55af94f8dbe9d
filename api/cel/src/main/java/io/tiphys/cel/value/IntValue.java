package io.tiphys.cel.value;

import io.tiphys.cel.type.CelType;

/** A whole number of 64 bits with a sign. */
public record IntValue(long value) implements Value {
  public static final IntValue ZERO = new IntValue(0);

  public static IntValue of(long value) {
    return value == 0 ? ZERO : new IntValue(value);
  }

  @Override
  public CelType type() {
    return CelType.INT;
  }

  @Override
  public boolean same(Value other) {
    return Numbers.same(this, other);
  }
}
