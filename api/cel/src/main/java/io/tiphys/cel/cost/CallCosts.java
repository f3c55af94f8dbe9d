package io.tiphys.cel.cost;

import io.tiphys.cel.value.Value;
import java.util.OptionalLong;

/** What calls of a library's functions did cost. */
@FunctionalInterface
public interface CallCosts {
  /** Leaves all to the rules of the standard library. */
  CallCosts NONE = (function, overload, arguments, result) -> OptionalLong.empty();

  /**
   * @param overload the form that was called; empty if that showed at run time only
   * @return empty for functions it knows nothing of
   */
  OptionalLong of(String function, String overload, Value[] arguments, Value result);
}
