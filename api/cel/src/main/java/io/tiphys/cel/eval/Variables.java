package io.tiphys.cel.eval;

import io.tiphys.cel.value.Value;
import org.jspecify.annotations.Nullable;

/** The values of an expression's variables. */
@FunctionalInterface
public interface Variables {
  /** The value of a variable; null if there is none. May be asked more than once. */
  @Nullable Value find(String name);
}
