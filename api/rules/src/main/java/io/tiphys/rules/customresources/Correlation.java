package io.tiphys.rules.customresources;

import io.tiphys.codec.Json;
import org.jspecify.annotations.Nullable;

/**
 * Which part of an old value a part of the new one follows. Checked against
 * apiserver/pkg/cel/common/equality.go.
 */
final class Correlation {
  private Correlation() {}

  /** The old value of a field; null where there was none or where maps go as a whole. */
  static @Nullable Json member(@Nullable Json old, Structural schema, String name) {
    boolean atomic = schema.extensions().mapType().equals("atomic");
    return !atomic && old instanceof Json.Obj object ? object.get(name) : null;
  }

  /** The old elements of a list whose elements have names. */
  static OldElements elements(@Nullable Json old, Structural schema) {
    return OldElements.of(schema.extensions().listType(), schema.extensions().listKeys(), old);
  }
}
