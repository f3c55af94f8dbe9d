package io.tiphys.cel.value;

import io.tiphys.cel.type.CelType;

/**
 * What an expression is made of and gives. Errors are values as well: operators hand them on, and
 * {@code &&} and {@code ||} may do without them.
 */
public sealed interface Value
    permits NullValue,
        BoolValue,
        IntValue,
        UintValue,
        DoubleValue,
        StringValue,
        BytesValue,
        DurationValue,
        TimestampValue,
        TypeValue,
        OptionalValue,
        ListValue,
        MapValue,
        OpaqueValue,
        ErrorValue {
  /** The type at run time, of lists and maps without what they hold. */
  CelType type();

  /** Whether it equals another one, as {@code ==} says. */
  boolean same(Value other);

  default boolean isError() {
    return this instanceof ErrorValue;
  }
}
