package io.tiphys.cel.value;

import io.tiphys.cel.type.CelType;

/** Nothing. */
public enum NullValue implements Value {
  NULL;

  @Override
  public CelType type() {
    return CelType.NULL;
  }

  @Override
  public boolean same(Value other) {
    return other == NULL;
  }
}
