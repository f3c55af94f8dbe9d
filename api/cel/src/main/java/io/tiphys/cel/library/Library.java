package io.tiphys.cel.library;

import io.tiphys.cel.syntax.Macro;
import java.util.List;

/** Functions and macros that belong together. */
public record Library(List<Function> functions, List<Macro> macros) {
  public Library {
    functions = List.copyOf(functions);
    macros = List.copyOf(macros);
  }

  static Library of(Function... functions) {
    return new Library(List.of(functions), List.of());
  }
}
