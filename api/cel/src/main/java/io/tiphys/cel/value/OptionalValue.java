package io.tiphys.cel.value;

import io.tiphys.cel.type.CelType;
import org.jspecify.annotations.Nullable;

/**
 * A value that may be absent.
 *
 * @param value null if it is
 */
public record OptionalValue(@Nullable Value value) implements Value {
  public static final OptionalValue NONE = new OptionalValue(null);

  public static OptionalValue of(Value value) {
    return new OptionalValue(value);
  }

  /** The value; an error if there is none. */
  public Value get() {
    return value == null ? ErrorValue.of("optional.none() dereference") : value;
  }

  @Override
  public CelType type() {
    return CelType.OPTIONAL;
  }

  @Override
  public boolean same(Value other) {
    return other instanceof OptionalValue(Value that)
        && (value == null ? that == null : that != null && value.same(that));
  }
}
