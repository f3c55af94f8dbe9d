package io.tiphys.rules.customresources;

import io.tiphys.codec.Json;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Simple paths such as {@code .spec.replicas} in custom objects. Pure. */
final class CustomPaths {
  private CustomPaths() {}

  static List<String> words(String path) {
    return Arrays.asList((path.startsWith(".") ? path.substring(1) : path).split("\\.", -1));
  }

  static @Nullable Json get(Json.Obj content, List<String> path) {
    Json value = content;
    for (String name : path) {
      if (!(value instanceof Json.Obj object)) {
        return null;
      }
      value = object.get(name);
      if (value == null) {
        return null;
      }
    }
    return value;
  }

  /** The content with a value set; objects on the way are made where there are none. */
  static Json.Obj with(Json.Obj content, List<String> path, Json value) {
    String name = path.getFirst();
    if (path.size() == 1) {
      return content.with(name, value);
    }
    Json.Obj below = content.get(name) instanceof Json.Obj object ? object : Json.Obj.EMPTY;
    return content.with(name, with(below, path.subList(1, path.size()), value));
  }
}
