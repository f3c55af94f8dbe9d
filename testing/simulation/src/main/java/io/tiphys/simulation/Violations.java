package io.tiphys.simulation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Laws that the run has broken. */
final class Violations {
  /** The first few tell what is wrong; the rest follow from them. */
  private static final int LIMIT = 10;

  private final Trace trace;
  private final List<Throwable> found = new ArrayList<>();

  Violations(Trace trace) {
    this.trace = trace;
  }

  void add(String message) {
    add(message, null);
  }

  void add(String message, @Nullable Throwable cause) {
    trace.line("VIOLATION " + message);
    if (found.size() < LIMIT) {
      found.add(new AssertionError(message, cause));
    }
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  List<Throwable> all() {
    return List.copyOf(found);
  }
}
