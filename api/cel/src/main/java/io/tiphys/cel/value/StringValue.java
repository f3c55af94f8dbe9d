package io.tiphys.cel.value;

import io.tiphys.cel.type.CelType;

/** A text. */
public record StringValue(String value) implements Value {
  /** Its length in code points, which is what {@code size} counts. */
  public long size() {
    return value.codePointCount(0, value.length());
  }

  @Override
  public CelType type() {
    return CelType.STRING;
  }

  @Override
  public boolean same(Value other) {
    return equals(other);
  }
}
