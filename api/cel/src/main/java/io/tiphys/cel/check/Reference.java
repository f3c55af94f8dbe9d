package io.tiphys.cel.check;

import java.util.List;

/** What a name or a call was found to mean. */
public sealed interface Reference {
  /** A variable or a type. */
  record Variable(String name) implements Reference {}

  /** The forms of a function that fit, one unless types are only known at run time. */
  record Overloads(List<String> ids) implements Reference {
    public Overloads {
      ids = List.copyOf(ids);
    }
  }
}
