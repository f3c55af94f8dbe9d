package io.tiphys.build.types;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import javax.lang.model.SourceVersion;

/**
 * The rules of presence, order and naming: what follows from a field's shape and whether the API
 * demands it, and what only the facts tables know.
 */
final class Presence {
  /** Go keeps these as values wherever they stand. */
  private static final Set<String> VALUES = Set.of("metadata", "spec", "status", "template");

  private Presence() {}

  static FieldDef field(
      String json,
      Shape shape,
      List<Integer> path,
      boolean required,
      Facts facts,
      String description) {
    boolean collection =
        shape instanceof Shape.ListOf
            || shape instanceof Shape.MapOf
            || shape == Shape.Scalar.BYTES;
    boolean plain = shape instanceof Shape.Scalar scalar && scalar.isPlain();
    boolean tree = shape instanceof Shape.Scalar scalar && scalar.isTree();
    boolean pointer = facts.has("pointer");
    boolean written = required && !(plain && pointer);
    if (!plain && !tree && !collection) {
      // Go writes a struct that is no pointer whatever its tag says, bar omitzero.
      pointer |= !required && !VALUES.contains(json) && !facts.has("value");
      written = !pointer;
    }
    written = facts.has("written") || (written && !facts.has("omitted"));
    return new FieldDef(
        json, ProtoPath.plain(json), shape, path, pointer, written, required, facts, description);
  }

  /**
   * Fields in the order of Go's structs: by number in protobuf, unless the tables say otherwise.
   */
  static List<FieldDef> ordered(List<FieldDef> fields) {
    List<FieldDef> sorted = new ArrayList<>(fields);
    sorted.sort(Comparator.comparing(FieldDef::path, Presence::compare));
    List<FieldDef> moved = new ArrayList<>();
    for (FieldDef field : sorted) {
      if (field.facts().has("first") || field.facts().has("after")) {
        moved.add(field);
      }
    }
    sorted.removeAll(moved);
    while (!moved.isEmpty()) {
      int before = moved.size();
      moved.removeIf(field -> insert(sorted, field));
      if (moved.size() == before) {
        throw new IllegalStateException("nothing to stand after: " + moved);
      }
    }
    return List.copyOf(sorted);
  }

  private static boolean insert(List<FieldDef> sorted, FieldDef field) {
    if (field.facts().has("first")) {
      sorted.addFirst(field);
      return true;
    }
    for (int i = 0; i < sorted.size(); i++) {
      if (sorted.get(i).json().equals(field.facts().value("after"))) {
        sorted.add(i + 1, field);
        return true;
      }
    }
    return false;
  }

  private static int compare(List<Integer> left, List<Integer> right) {
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      int order = left.get(i).compareTo(right.get(i));
      if (order != 0) {
        return order;
      }
    }
    return left.size() - right.size();
  }

  /** Names that Java or the records' own methods occupy get a trailing underscore. */
  static List<FieldDef> named(TypeDef.Role role, List<FieldDef> fields) {
    return fields.stream()
        .map(
            field -> {
              String java = field.java();
              boolean taken =
                  SourceVersion.isKeyword(java)
                      || java.equals("schema")
                      || (role == TypeDef.Role.OBJECT && java.equals("type"));
              return taken
                  ? new FieldDef(
                      field.json(),
                      java + "_",
                      field.shape(),
                      field.path(),
                      field.pointer(),
                      field.written(),
                      field.required(),
                      field.facts(),
                      field.description())
                  : field;
            })
        .toList();
  }
}
