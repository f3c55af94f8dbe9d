package io.tiphys.meta.apply;

import io.tiphys.codec.Json;
import io.tiphys.meta.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How two versions of an object differ. No path is in more than one of the sets.
 *
 * <p>Checked against structured-merge-diff/typed/compare.go.
 */
public record Comparison(FieldSet added, FieldSet modified, FieldSet removed) {

  /** Walks both versions once. */
  public static Comparison of(Json before, Json after, Schema schema) {
    Node root = new Node();
    root.compare(before, after, schema);
    return new Comparison(root.paths(ADDED), root.paths(MODIFIED), root.paths(REMOVED));
  }

  public boolean isEmpty() {
    return added.isEmpty() && modified.isEmpty() && removed.isEmpty();
  }

  Comparison filtered(FieldFilter filter) {
    return new Comparison(filter.apply(added), filter.apply(modified), filter.apply(removed));
  }

  private static final int ADDED = 1;
  private static final int MODIFIED = 2;
  private static final int REMOVED = 4;

  /**
   * A place where the versions were compared: how the value itself differs, and the places inside
   * it that differ. Marks are bits, because a list that stops having duplicates both loses and
   * gains an element of one name.
   */
  private static final class Node {
    private int marks;
    private int marksBelow;
    private List<PathElement> elements = List.of();
    private List<Node> nodes = List.of();

    @SuppressWarnings("ReferenceEquality") // patched trees share what they did not change
    void compare(@Nullable Json before, @Nullable Json after, Schema schema) {
      if (before == after) {
        return;
      }
      Shape left = Shape.of(schema, before);
      Shape right = Shape.of(schema, after);
      boolean whole;
      if (after == null) {
        whole = compareAs(left, before, null, schema);
      } else {
        if (before != null && left != right) {
          compareAs(left, before, after, schema);
        }
        whole = compareAs(right, before, after, schema);
      }
      if (!whole && before == null) {
        marks |= ADDED;
      } else if (!whole && after == null) {
        marks |= REMOVED;
      }
    }

    /** Whether the values were compared as wholes. */
    private boolean compareAs(
        Shape shape, @Nullable Json before, @Nullable Json after, Schema schema) {
      boolean whole =
          shape == Shape.SCALAR
              || Shape.isAtomic(schema, shape)
              || (shape == Shape.MAP
                  ? Shape.members(before).isEmpty() && Shape.members(after).isEmpty()
                  : Shape.elements(before).isEmpty() && Shape.elements(after).isEmpty());
      if (whole) {
        compareWholes(before, after);
      } else if (shape == Shape.MAP) {
        compareMembers(before, after, schema);
      } else {
        compareElements(Shape.elements(before), Shape.elements(after), (Schema.ListOf) schema);
      }
      return whole;
    }

    private void compareWholes(@Nullable Json before, @Nullable Json after) {
      if (before == null) {
        marks |= ADDED;
      } else if (after == null) {
        marks |= REMOVED;
      } else if (!JsonOrder.equal(before, after)) {
        marks |= MODIFIED;
      }
    }

    private void compareMembers(@Nullable Json before, @Nullable Json after, Schema schema) {
      Map<String, Json> old = Shape.members(before);
      Map<String, Json> now = Shape.members(after);
      now.forEach(
          (name, value) ->
              member(
                  name,
                  orEmpty(old.get(name), before, value, schema, name),
                  value,
                  Shape.member(schema, name)));
      old.forEach(
          (name, value) -> {
            if (!now.containsKey(name)) {
              member(
                  name,
                  value,
                  orEmpty(null, after, value, schema, name),
                  Shape.member(schema, name));
            }
          });
    }

    /**
     * Go writes a required list or map also when it is empty, so that filling one adds its elements
     * but not the field itself. Here an empty one may be left out; it is taken to be there.
     */
    private static @Nullable Json orEmpty(
        @Nullable Json value, @Nullable Json holder, Json other, Schema schema, String name) {
      if (value != null
          || holder == null
          || other == Json.Null.NULL
          || !(schema instanceof Schema.Struct struct)) {
        return value;
      }
      Schema.Field field = struct.fields().get(name);
      boolean written =
          field != null
              && field.required()
              && (field.schema().get() instanceof Schema.ListOf
                  || field.schema().get() instanceof Schema.MapOf);
      return written ? Json.Null.NULL : value;
    }

    private void member(String name, @Nullable Json before, @Nullable Json after, Schema schema) {
      Node node = new Node();
      node.compare(before, after, schema);
      keep(node, PathElement.field(name));
    }

    private void keep(Node node, PathElement element) {
      int all = node.marks | node.marksBelow;
      if (all != 0) {
        if (elements.isEmpty()) {
          elements = new ArrayList<>();
          nodes = new ArrayList<>();
        }
        elements.add(element);
        nodes.add(node);
        marksBelow |= all;
      }
    }

    /** The elements of one name on both sides. */
    private record Pair(List<Json> before, List<Json> after) {}

    private void compareElements(List<Json> before, List<Json> after, Schema.ListOf schema) {
      Map<PathElement, Pair> pairs = new LinkedHashMap<>();
      for (Json element : before) {
        pair(pairs, schema, element).before.add(element);
      }
      for (Json element : after) {
        pair(pairs, schema, element).after.add(element);
      }
      Schema inner = schema.element().get();
      pairs.forEach(
          (name, pair) -> {
            Node node = new Node();
            node.compareAll(pair.before, pair.after, inner);
            keep(node, name);
          });
    }

    private static Pair pair(Map<PathElement, Pair> pairs, Schema.ListOf schema, Json element) {
      return pairs.computeIfAbsent(
          Shape.nameOf(schema, element), _ -> new Pair(new ArrayList<>(1), new ArrayList<>(1)));
    }

    /** Duplicates are compared as wholes; losing or gaining them takes or adds the name. */
    private void compareAll(List<Json> before, List<Json> after, Schema schema) {
      Json old = before.isEmpty() ? null : before.getFirst();
      Json now = after.isEmpty() ? null : after.getFirst();
      if (before.size() <= 1 && after.size() <= 1) {
        compare(old, now, schema);
      } else if (before.size() >= 2 && after.size() >= 2) {
        if (!JsonOrder.equal(new Json.Arr(before), new Json.Arr(after))) {
          marks |= MODIFIED;
        }
      } else if (before.size() >= 2) {
        if (now != null) {
          compare(null, now, schema);
        }
        marks |= REMOVED;
      } else {
        if (old != null) {
          compare(old, null, schema);
        }
        marks |= ADDED;
      }
    }

    FieldSet paths(int mark) {
      if ((marksBelow & mark) == 0) {
        return FieldSet.EMPTY;
      }
      FieldSet.Builder set = new FieldSet.Builder(elements.size());
      for (int i = 0; i < elements.size(); i++) {
        Node node = nodes.get(i);
        set.add(elements.get(i), (node.marks & mark) != 0, node.paths(mark));
      }
      return set.build();
    }
  }
}
