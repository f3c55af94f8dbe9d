package io.tiphys.cel.value;

import io.tiphys.cel.type.CelType;

/** A type as a value. */
public record TypeValue(CelType value) implements Value {
  @Override
  public CelType type() {
    return CelType.TYPE;
  }

  @Override
  public boolean same(Value other) {
    return other instanceof TypeValue(CelType that) && value.name().equals(that.name());
  }
}
