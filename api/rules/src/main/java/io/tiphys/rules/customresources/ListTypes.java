package io.tiphys.rules.customresources;

import io.tiphys.codec.Json;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sets have each element once, named elements have each name once. Checked against
 * apiextensions-apiserver/pkg/apiserver/schema/listtype.
 */
final class ListTypes {
  private final List<FieldError> errors = new ArrayList<>();

  private ListTypes() {}

  static List<FieldError> validate(Json value, Structural schema) {
    ListTypes check = new ListTypes();
    check.check("", value, schema);
    return check.errors;
  }

  private void check(String path, Json value, @Nullable Structural schema) {
    if (schema == null) {
      return;
    }
    switch (value) {
      case Json.Obj(var members) ->
          members.forEach(
              (name, member) -> {
                boolean property = schema.properties().containsKey(name);
                String at =
                    property ? path.isEmpty() ? name : path + "." + name : path + "[" + name + "]";
                check(at, member, schema.field(name));
              });
      case Json.Arr(var elements) -> {
        switch (schema.extensions().listType()) {
          case "set" -> unique(path, elements, elements);
          case "map" -> named(path, elements, schema.extensions().listKeys());
          default -> {}
        }
        for (int i = 0; i < elements.size(); i++) {
          check(path + "[" + i + "]", elements.get(i), schema.items());
        }
      }
      default -> {}
    }
  }

  private void named(String path, List<Json> elements, List<String> keys) {
    List<Json> names = new ArrayList<>();
    for (int i = 0; i < elements.size(); i++) {
      Json element = elements.get(i);
      if (!(element instanceof Json.Obj) && element != Json.Null.NULL) {
        errors.add(
            FieldError.invalid(
                FieldPath.of(path + "[" + i + "]"),
                element,
                "must be an object for an array of list-type map"));
        return;
      }
      Json.Obj.Builder name = Json.Obj.builder();
      if (element instanceof Json.Obj object) {
        for (String key : keys) {
          Json value = object.get(key);
          if (value != null) {
            name.put(key, value);
          }
        }
      }
      names.add(name.build());
    }
    unique(path, names, names);
  }

  /** The second of several like elements is the one that is told of. */
  private void unique(String path, List<Json> elements, List<Json> shown) {
    Map<Json, Integer> seen = new HashMap<>();
    for (int i = 0; i < elements.size(); i++) {
      if (seen.merge(elements.get(i), 1, Integer::sum) == 2) {
        errors.add(FieldError.duplicate(FieldPath.of(path + "[" + i + "]"), shown.get(i)));
      }
    }
  }
}
