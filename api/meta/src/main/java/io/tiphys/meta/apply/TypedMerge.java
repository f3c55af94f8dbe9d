package io.tiphys.meta.apply;

import io.tiphys.codec.Json;
import io.tiphys.meta.Schema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lays one version of an object over another, and takes fields out of one.
 *
 * <p>Checked against structured-merge-diff/typed/merge.go and remove.go.
 */
final class TypedMerge {
  private TypedMerge() {}

  /** Where both set a field, the second wins; null if nothing is left. */
  static @Nullable Json merge(@Nullable Json below, @Nullable Json above, Schema schema) {
    Shape shape = Shape.of(schema, above == null ? below : above);
    boolean whole =
        shape == Shape.SCALAR
            || Shape.isAtomic(schema, shape)
            || (shape == Shape.MAP
                ? Shape.members(below).isEmpty() && Shape.members(above).isEmpty()
                : Shape.elements(below).isEmpty() && Shape.elements(above).isEmpty());
    if (whole) {
      return above == null ? below : above;
    }
    if (shape == Shape.MAP) {
      return mergeMembers(Shape.members(below), Shape.members(above), schema);
    }
    return new ListMerge((Schema.ListOf) schema, Shape.elements(below), Shape.elements(above))
        .merge();
  }

  private static @Nullable Json mergeMembers(
      Map<String, Json> below, Map<String, Json> above, Schema schema) {
    Map<String, Json> merged = new LinkedHashMap<>();
    below.forEach(
        (name, value) -> put(merged, name, value, above.get(name), Shape.member(schema, name)));
    above.forEach(
        (name, value) -> {
          if (!below.containsKey(name)) {
            put(merged, name, null, value, Shape.member(schema, name));
          }
        });
    return merged.isEmpty() ? null : new Json.Obj(merged);
  }

  private static void put(
      Map<String, Json> merged,
      String name,
      @Nullable Json below,
      @Nullable Json above,
      Schema schema) {
    Json value = merge(below, above, schema);
    if (value != null) {
      merged.put(name, value);
    }
  }

  /** Merges two lists of named elements: the order above rules, what is only below stays near. */
  private static final class ListMerge {
    private final Schema element;
    private final List<Json> below;
    private final List<PathElement> namesBelow = new ArrayList<>();
    private final List<PathElement> namesAbove = new ArrayList<>();

    /** By name; null in JSON where a name occurs more than once. */
    private final Map<PathElement, Json> byNameBelow = new HashMap<>();

    private final Map<PathElement, Json> byNameAbove = new HashMap<>();
    private final List<Json> merged = new ArrayList<>();

    /** The names on both sides that are still to come, in the order above. */
    private final List<PathElement> shared = new ArrayList<>();

    private int nextShared;

    ListMerge(Schema.ListOf list, List<Json> below, List<Json> above) {
      this.element = list.element().get();
      this.below = below;
      for (Json each : below) {
        PathElement name = Shape.nameOf(list, each);
        namesBelow.add(name);
        byNameBelow.merge(name, each, (_, _) -> Json.Null.NULL);
      }
      for (Json each : above) {
        PathElement name = Shape.nameOf(list, each);
        namesAbove.add(name);
        byNameAbove.put(name, each);
        if (byNameBelow.containsKey(name)) {
          shared.add(name);
        }
      }
    }

    @Nullable Json merge() {
      Set<PathElement> taken = new HashSet<>();
      int i = 0;
      int j = 0;
      while (i < namesBelow.size() || j < namesAbove.size()) {
        PathElement left = i < namesBelow.size() ? namesBelow.get(i) : null;
        PathElement right = j < namesAbove.size() ? namesAbove.get(j) : null;
        if (left != null && right != null) {
          if (left.equals(right)) {
            taken.add(left);
            add(byNameBelow.get(left), byNameAbove.get(left));
            i++;
            j++;
            nextShared++;
            continue;
          }
          if (byNameAbove.containsKey(left) && isSharedButNotNext(left)) {
            i++;
            continue;
          }
        }
        if (left != null) {
          if (!byNameAbove.containsKey(left)) {
            add(below.get(i), null);
            i++;
            continue;
          }
          if (taken.contains(left)) {
            i++;
          }
        }
        if (right != null) {
          taken.add(right);
          add(byNameBelow.get(right), byNameAbove.get(right));
          j++;
          if (nextShared < shared.size() && shared.get(nextShared).equals(right)) {
            nextShared++;
          }
        }
      }
      return merged.isEmpty() ? null : new Json.Arr(merged);
    }

    private boolean isSharedButNotNext(PathElement name) {
      return nextShared < shared.size() && !shared.get(nextShared).equals(name);
    }

    private void add(@Nullable Json below, @Nullable Json above) {
      Json value = TypedMerge.merge(below, above, element);
      if (value != null) {
        merged.add(value);
      }
    }
  }

  /** A value without some of its fields; null in JSON if nothing is left. */
  static Json remove(Json value, FieldSet fields, Schema schema) {
    Shape shape = Shape.of(schema, value);
    if (shape == Shape.SCALAR) {
      return value;
    }
    if (Shape.isAtomic(schema, shape)) {
      return Json.Null.NULL;
    }
    return shape == Shape.MAP
        ? removeMembers(Shape.members(value), fields, schema)
        : removeElements(Shape.elements(value), fields, (Schema.ListOf) schema);
  }

  private static Json removeMembers(Map<String, Json> members, FieldSet fields, Schema schema) {
    Map<String, Json> kept = new LinkedHashMap<>();
    members.forEach(
        (name, value) -> {
          PathElement element = PathElement.field(name);
          if (!fields.hasMember(element)) {
            FieldSet below = fields.below(element);
            kept.put(
                name, below.isEmpty() ? value : remove(value, below, Shape.member(schema, name)));
          }
        });
    return kept.isEmpty() ? Json.Null.NULL : new Json.Obj(kept);
  }

  private static Json removeElements(List<Json> elements, FieldSet fields, Schema.ListOf schema) {
    List<Json> kept = new ArrayList<>();
    for (Json each : elements) {
      PathElement name = Shape.nameOf(schema, each);
      if (!fields.hasMember(name)) {
        FieldSet below = fields.below(name);
        kept.add(below.isEmpty() ? each : remove(each, below, schema.element().get()));
      }
    }
    return kept.isEmpty() ? Json.Null.NULL : new Json.Arr(kept);
  }
}
