package io.tiphys.meta.apply;

import io.tiphys.codec.Json;
import io.tiphys.meta.Schema;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields that a value sets.
 *
 * <p>Checked against structured-merge-diff/typed/tofieldset.go.
 */
public final class FieldSets {
  private FieldSets() {}

  /** All fields that an object sets: what its applier will own. */
  public static FieldSet of(Json value, Schema schema) {
    FieldSet content = content(value, schema);
    return content == null ? FieldSet.EMPTY : content;
  }

  /** What is set inside a value; null if the value is set as a whole. */
  private static @Nullable FieldSet content(Json value, Schema schema) {
    Shape shape = Shape.of(schema, value);
    if (shape == Shape.SCALAR || Shape.isAtomic(schema, shape)) {
      return null;
    }
    return shape == Shape.MAP
        ? map(Shape.members(value), schema)
        : list(Shape.elements(value), (Schema.ListOf) schema);
  }

  private static FieldSet map(Map<String, Json> members, Schema schema) {
    FieldSet.Builder set = new FieldSet.Builder(members.size());
    members.forEach(
        (name, value) -> {
          FieldSet content = content(value, Shape.member(schema, name));
          boolean member =
              content == null
                  || value == Json.Null.NULL
                  || (value instanceof Json.Obj object && object.members().isEmpty())
                  || !Shape.isNamedField(schema, name);
          set.add(PathElement.field(name), member, content);
        });
    return set.build();
  }

  /** Elements that share a name are owned together, as wholes. */
  private static FieldSet list(List<Json> elements, Schema.ListOf schema) {
    FieldSet.Builder set = new FieldSet.Builder(elements.size());
    PathElement[] names = new PathElement[elements.size()];
    Set<PathElement> seen = new HashSet<>();
    Set<PathElement> duplicates = new HashSet<>();
    for (int i = 0; i < names.length; i++) {
      names[i] = Shape.nameOf(schema, elements.get(i));
      if (!seen.add(names[i])) {
        duplicates.add(names[i]);
      }
    }
    Schema inner = schema.element().get();
    for (int i = 0; i < names.length; i++) {
      FieldSet content = duplicates.contains(names[i]) ? null : content(elements.get(i), inner);
      set.add(names[i], true, content);
    }
    return set.build();
  }
}
