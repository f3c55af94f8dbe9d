package io.tiphys.cel.check;

import io.tiphys.cel.type.CelType;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The variables of loops, inside out. */
final class Scope {
  private final @Nullable Scope outer;
  private final Map<String, CelType> names = new HashMap<>();

  Scope(@Nullable Scope outer) {
    this.outer = outer;
  }

  Scope outer() {
    return outer == null ? this : outer;
  }

  void declare(String name, CelType type) {
    names.putIfAbsent(name, type);
  }

  @Nullable CelType find(String name) {
    CelType type = names.get(name);
    return type != null || outer == null ? type : outer.find(name);
  }
}
