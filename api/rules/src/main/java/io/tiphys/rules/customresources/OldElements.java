package io.tiphys.rules.customresources;

import io.tiphys.cel.schema.ValueSchema;
import io.tiphys.codec.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which old element an element of a list with names follows. */
final class OldElements {
  private OldElements() {}

  static @Nullable Json find(ValueSchema list, @Nullable Json old, Json element) {
    if (!list.listType().equals("map") || !(old instanceof Json.Arr(var elements))) {
      return null;
    }
    for (Json each : elements) {
      if (sameNames(list.listKeys(), each, element)) {
        return each;
      }
    }
    return null;
  }

  private static boolean sameNames(List<String> keys, Json some, Json other) {
    if (!(some instanceof Json.Obj left) || !(other instanceof Json.Obj right)) {
      return false;
    }
    for (String key : keys) {
      Json value = left.get(key);
      if (value == null ? right.get(key) != null : !value.equals(right.get(key))) {
        return false;
      }
    }
    return true;
  }
}
