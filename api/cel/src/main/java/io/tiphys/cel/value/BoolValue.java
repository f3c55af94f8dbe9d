package io.tiphys.cel.value;

import io.tiphys.cel.type.CelType;

/** Yes or no. */
public enum BoolValue implements Value {
  FALSE,
  TRUE;

  public static BoolValue of(boolean value) {
    return value ? TRUE : FALSE;
  }

  public boolean value() {
    return this == TRUE;
  }

  @Override
  public CelType type() {
    return CelType.BOOL;
  }

  @Override
  public boolean same(Value other) {
    return this == other;
  }
}
