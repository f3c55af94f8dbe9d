package io.tiphys.cel.value;

import io.tiphys.cel.type.CelType;

/** A number of 64 bits with a fraction. */
public record DoubleValue(double value) implements Value {
  @Override
  public CelType type() {
    return CelType.DOUBLE;
  }

  @Override
  public boolean same(Value other) {
    return Numbers.same(this, other);
  }
}
