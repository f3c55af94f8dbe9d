package io.tiphys.cel.library;

import io.tiphys.cel.value.Value;

/** What a function does. */
@FunctionalInterface
public interface Implementation {
  /**
   * @param arguments of the types its overload has; a target comes first
   * @return a value, which may be an error
   */
  Value call(Value[] arguments);

  /** Of one argument. */
  @FunctionalInterface
  interface Unary {
    Value call(Value argument);
  }

  /** Of two. */
  @FunctionalInterface
  interface Binary {
    Value call(Value first, Value second);
  }

  static Implementation of(Unary unary) {
    return arguments -> unary.call(arguments[0]);
  }

  static Implementation of(Binary binary) {
    return arguments -> binary.call(arguments[0], arguments[1]);
  }
}
