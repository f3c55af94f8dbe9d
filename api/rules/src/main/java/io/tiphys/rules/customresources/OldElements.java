package io.tiphys.rules.customresources;

import io.tiphys.codec.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The elements of an old list with names: which of them an element of the new list follows. */
final class OldElements {
  private final List<String> keys;
  private final Map<Map<String, Json>, Json> byNames = new HashMap<>();

  private OldElements(List<String> keys) {
    this.keys = keys;
  }

  static OldElements of(String listType, List<String> keys, @Nullable Json old) {
    OldElements elements = new OldElements(keys);
    if (listType.equals("map") && old instanceof Json.Arr(var all)) {
      for (Json each : all) {
        if (each instanceof Json.Obj object) {
          elements.byNames.putIfAbsent(elements.names(object), each);
        }
      }
    }
    return elements;
  }

  /** The first element with the same names; null if there is none. */
  @Nullable Json find(Json element) {
    return !byNames.isEmpty() && element instanceof Json.Obj object
        ? byNames.get(names(object))
        : null;
  }

  private Map<String, Json> names(Json.Obj object) {
    Map<String, Json> names = new HashMap<>();
    for (String key : keys) {
      Json value = object.get(key);
      if (value != null) {
        names.put(key, value);
      }
    }
    return names;
  }
}
