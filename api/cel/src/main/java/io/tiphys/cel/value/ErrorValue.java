package io.tiphys.cel.value;

import io.tiphys.cel.type.CelType;

/** Why there is no value. */
public record ErrorValue(String message) implements Value {
  private static final ErrorValue NO_SUCH_OVERLOAD = new ErrorValue("no such overload");

  public static ErrorValue of(String message) {
    return new ErrorValue(message);
  }

  public static ErrorValue noSuchOverload() {
    return NO_SUCH_OVERLOAD;
  }

  /** The value's own error, or that no function takes it. */
  public static Value noSuchOverload(Value value) {
    return value.isError() ? value : NO_SUCH_OVERLOAD;
  }

  public static ErrorValue noSuchKey(Value key) {
    return of("no such key: " + Texts.plain(key));
  }

  public static ErrorValue outOfBounds(Value index) {
    return of("index out of bounds: " + Texts.plain(index));
  }

  @Override
  public CelType type() {
    return CelType.ERROR;
  }

  @Override
  public boolean same(Value other) {
    return false;
  }
}
