package io.tiphys.rules.customresources;

import io.tiphys.codec.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes away the fields that a schema does not know. Checked against
 * apiextensions-apiserver/pkg/apiserver/schema/pruning.
 */
final class Pruner {
  private static final Set<String> META = Set.of("apiVersion", "kind", "metadata");

  private final List<String> unknown = new ArrayList<>();

  private Pruner() {}

  /**
   * What is left of a value.
   *
   * @param unknown paths of what went, in alphabetical order
   */
  record Pruned(Json value, List<String> unknown) {}

  /** A whole object: its kind and metadata stay. */
  static Pruned object(Json value, Structural schema) {
    return prune(value, schema.asResource());
  }

  static Pruned prune(Json value, Structural schema) {
    Pruner pruner = new Pruner();
    Json left = pruner.prune(value, schema, "");
    Collections.sort(pruner.unknown);
    return new Pruned(left, List.copyOf(pruner.unknown));
  }

  private Json prune(Json value, @Nullable Structural schema, String path) {
    return switch (value) {
      case Json.Obj object -> object(object, schema, path);
      case Json.Arr(var elements) -> {
        List<Json> kept = new ArrayList<>(elements.size());
        for (int i = 0; i < elements.size(); i++) {
          kept.add(prune(elements.get(i), items(schema), path + "[" + i + "]"));
        }
        yield new Json.Arr(kept);
      }
      default -> value;
    };
  }

  /** Elements of a list that is kept whole are kept whole too. */
  private static @Nullable Structural items(@Nullable Structural schema) {
    if (schema == null) {
      return null;
    }
    return schema.extensions().preserve() && schema.items() == null ? KEPT : schema.items();
  }

  private static final Structural KEPT =
      new Structural(
          "",
          Map.of(),
          null,
          null,
          false,
          null,
          new Structural.Extensions(true, false, false, "", List.of(), ""),
          ValueChecks.NONE);

  private Json object(Json.Obj object, @Nullable Structural schema, String path) {
    Json.Obj.Builder kept = Json.Obj.builder();
    object
        .members()
        .forEach(
            (name, value) -> {
              String at = path.isEmpty() ? name : path + "." + name;
              if (schema != null && schema.extensions().embedded() && META.contains(name)) {
                kept.put(name, value);
              } else if (schema != null && isKnown(schema, name)) {
                kept.put(name, additional(schema, name, value, at));
              } else if (schema != null && schema.extensions().preserve()) {
                kept.put(name, value);
              } else {
                if (!META.contains(name) || !path.isEmpty()) {
                  unknown.add(at);
                }
              }
            });
    return kept.build();
  }

  private static boolean isKnown(Structural schema, String name) {
    return schema.properties().containsKey(name) || schema.additional() != null;
  }

  private Json additional(Structural schema, String name, Json value, String at) {
    return prune(value, schema.field(name), at);
  }
}
