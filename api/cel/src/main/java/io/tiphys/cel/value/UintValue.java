package io.tiphys.cel.value;

import io.tiphys.cel.type.CelType;

/** A whole number of 64 bits without a sign. */
public record UintValue(long value) implements Value {
  @Override
  public CelType type() {
    return CelType.UINT;
  }

  @Override
  public boolean same(Value other) {
    return Numbers.same(this, other);
  }
}
