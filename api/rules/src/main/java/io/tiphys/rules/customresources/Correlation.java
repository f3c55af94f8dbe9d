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

  /** The old element with the same keys, in a list whose elements have names. */
  static @Nullable Json element(@Nullable Json old, Structural schema, Json element) {
    boolean named = schema.extensions().listType().equals("map");
    if (!named || !(old instanceof Json.Arr(var elements))) {
      return null;
    }
    for (Json candidate : elements) {
      if (sameKeys(schema, candidate, element)) {
        return candidate;
      }
    }
    return null;
  }

  private static boolean sameKeys(Structural schema, Json some, Json other) {
    if (!(some instanceof Json.Obj left) || !(other instanceof Json.Obj right)) {
      return false;
    }
    for (String key : schema.extensions().listKeys()) {
      Json value = left.get(key);
      if (value == null ? right.get(key) != null : !value.equals(right.get(key))) {
        return false;
      }
    }
    return true;
  }
}
