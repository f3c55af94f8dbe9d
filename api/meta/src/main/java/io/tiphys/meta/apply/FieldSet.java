package io.tiphys.meta.apply;

import io.tiphys.codec.Json;
import io.tiphys.meta.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable set of paths into an object, kept as a tree.
 *
 * <p>Each node holds its path elements in order, and for each of them whether the path to it is in
 * the set (a member) and which paths beyond it are (a child). An element that is neither is not
 * there. A member does not stand for what is below it.
 *
 * <p>Checked against structured-merge-diff/fieldpath/set.go and serialize.go.
 */
@SuppressWarnings("ReferenceEquality") // the same set back means that nothing changed
public final class FieldSet {
  public static final FieldSet EMPTY =
      new FieldSet(new PathElement[0], new boolean[0], new FieldSet[0]);

  private final PathElement[] elements;
  private final boolean[] members;
  private final @Nullable FieldSet[] children;

  private FieldSet(PathElement[] elements, boolean[] members, @Nullable FieldSet[] children) {
    this.elements = elements;
    this.members = members;
    this.children = children;
  }

  /** The set of one path; empty for the path of no steps. */
  public static FieldSet of(List<PathElement> path) {
    FieldSet set = EMPTY;
    for (int i = path.size() - 1; i >= 0; i--) {
      Builder node = new Builder(1);
      node.add(path.get(i), i == path.size() - 1, set);
      set = node.build();
    }
    return set;
  }

  /** The set of one path made of field names. */
  public static FieldSet ofFields(String... names) {
    return of(Arrays.stream(names).map(PathElement::field).toList());
  }

  public boolean isEmpty() {
    return elements.length == 0;
  }

  /** How many paths there are. */
  public int size() {
    int size = 0;
    for (int i = 0; i < elements.length; i++) {
      size += members[i] ? 1 : 0;
      FieldSet child = children[i];
      size += child == null ? 0 : child.size();
    }
    return size;
  }

  /** Whether a path is in the set. */
  public boolean contains(List<PathElement> path) {
    FieldSet node = this;
    for (int i = 0; i < path.size(); i++) {
      int at = node.find(path.get(i));
      if (at < 0) {
        return false;
      }
      if (i == path.size() - 1) {
        return node.members[at];
      }
      FieldSet child = node.children[at];
      if (child == null) {
        return false;
      }
      node = child;
    }
    return false;
  }

  boolean hasMember(PathElement element) {
    int at = find(element);
    return at >= 0 && members[at];
  }

  /** The paths that begin with an element, without it. */
  FieldSet below(PathElement element) {
    int at = find(element);
    FieldSet child = at < 0 ? null : children[at];
    return child == null ? EMPTY : child;
  }

  /** The paths that begin with one of the prefixes, in which a star is any one element. */
  FieldSet below(List<List<String>> prefixes) {
    Builder result = new Builder(elements.length);
    for (int i = 0; i < elements.length; i++) {
      String name = elements[i] instanceof PathElement.Field field ? field.name() : "*";
      List<List<String>> rest = new ArrayList<>();
      for (List<String> prefix : prefixes) {
        if (prefix.getFirst().equals("*") || prefix.getFirst().equals(name)) {
          rest.add(prefix.subList(1, prefix.size()));
        }
      }
      FieldSet child = children[i];
      if (rest.stream().anyMatch(List::isEmpty)) {
        result.add(this, i);
      } else if (!rest.isEmpty()) {
        result.add(elements[i], members[i], child == null ? null : child.below(rest));
      }
    }
    return result.build();
  }

  private int find(PathElement element) {
    return Arrays.binarySearch(elements, element);
  }

  public FieldSet union(FieldSet other) {
    if (isEmpty()) {
      return other;
    }
    if (other.isEmpty() || this == other) {
      return this;
    }
    Builder result = new Builder(elements.length + other.elements.length);
    int i = 0;
    int j = 0;
    while (i < elements.length && j < other.elements.length) {
      int order = elements[i].compareTo(other.elements[j]);
      if (order < 0) {
        result.add(this, i++);
      } else if (order > 0) {
        result.add(other, j++);
      } else {
        FieldSet mine = children[i];
        FieldSet theirs = other.children[j];
        result.add(
            elements[i],
            members[i] || other.members[j],
            mine == null ? theirs : theirs == null ? mine : mine.union(theirs));
        i++;
        j++;
      }
    }
    while (i < elements.length) {
      result.add(this, i++);
    }
    while (j < other.elements.length) {
      result.add(other, j++);
    }
    return result.build();
  }

  public FieldSet intersection(FieldSet other) {
    if (isEmpty() || other.isEmpty()) {
      return EMPTY;
    }
    Builder result = new Builder(Math.min(elements.length, other.elements.length));
    int i = 0;
    int j = 0;
    while (i < elements.length && j < other.elements.length) {
      int order = elements[i].compareTo(other.elements[j]);
      if (order == 0) {
        FieldSet mine = children[i];
        FieldSet theirs = other.children[j];
        result.add(
            elements[i],
            members[i] && other.members[j],
            mine == null || theirs == null ? null : mine.intersection(theirs));
      }
      i += order <= 0 ? 1 : 0;
      j += order >= 0 ? 1 : 0;
    }
    return result.build();
  }

  /** The paths that are not in the other set, path by path. */
  public FieldSet difference(FieldSet other) {
    return difference(other, false);
  }

  /** The paths that neither are in the other set nor begin with one that is. */
  public FieldSet recursiveDifference(FieldSet other) {
    return difference(other, true);
  }

  private FieldSet difference(FieldSet other, boolean recursive) {
    if (isEmpty() || other.isEmpty()) {
      return this;
    }
    Builder result = new Builder(elements.length);
    boolean changed = false;
    int j = 0;
    for (int i = 0; i < elements.length; i++) {
      int order = -1;
      while (j < other.elements.length && (order = elements[i].compareTo(other.elements[j])) > 0) {
        j++;
      }
      if (j == other.elements.length || order != 0) {
        result.add(this, i);
        continue;
      }
      boolean gone = other.members[j];
      FieldSet mine = children[i];
      FieldSet theirs = other.children[j];
      FieldSet left = mine;
      if (recursive && gone) {
        left = null;
      } else if (mine != null && theirs != null) {
        left = mine.difference(theirs, recursive);
      }
      changed |= left != mine || (gone && members[i]);
      result.add(elements[i], members[i] && !gone, left);
    }
    return changed ? result.build() : this;
  }

  /**
   * Adds the named fields on the way to each path: with {@code a.b.c} also {@code a}, if it is a
   * field of a struct, but not {@code a.b}, if that is an entry of a map.
   */
  FieldSet withNamedFields(Schema schema) {
    Builder result = new Builder(elements.length);
    for (int i = 0; i < elements.length; i++) {
      FieldSet child = children[i];
      boolean named =
          child != null
              && elements[i] instanceof PathElement.Field field
              && Shape.isNamedField(schema, field.name());
      result.add(
          elements[i],
          members[i] || named,
          child == null ? null : child.withNamedFields(Shape.below(schema, elements[i])));
    }
    return result.build();
  }

  /**
   * Takes back what lies beyond a value that is now owned as a whole: a set written when the field
   * was granular. The same set if there is nothing to do.
   */
  FieldSet reconciled(Schema schema) {
    Builder result = new Builder(elements.length);
    boolean changed = false;
    for (int i = 0; i < elements.length; i++) {
      FieldSet child = children[i];
      if (child == null) {
        result.add(this, i);
        continue;
      }
      Schema inner = Shape.below(schema, elements[i]);
      if (Shape.isAtomic(inner)) {
        result.add(elements[i], true, null);
        changed = true;
      } else {
        FieldSet kept = child.reconciled(inner);
        changed |= kept != child;
        result.add(elements[i], members[i], kept);
      }
    }
    return changed ? result.build() : this;
  }

  /** Each path once: at each node first its members, then what is below them. */
  public void forEachPath(Consumer<List<PathElement>> visitor) {
    forEachPath(new ArrayList<>(), visitor);
  }

  private void forEachPath(List<PathElement> prefix, Consumer<List<PathElement>> visitor) {
    for (int i = 0; i < elements.length; i++) {
      if (members[i]) {
        prefix.add(elements[i]);
        visitor.accept(List.copyOf(prefix));
        prefix.removeLast();
      }
    }
    for (int i = 0; i < elements.length; i++) {
      FieldSet child = children[i];
      if (child != null) {
        prefix.add(elements[i]);
        child.forEachPath(prefix, visitor);
        prefix.removeLast();
      }
    }
  }

  /** The paths as messages show them, such as {@code .spec.containers[name="web"].image}. */
  public List<String> paths() {
    List<String> paths = new ArrayList<>();
    forEachPath(
        path -> paths.add(String.join("", path.stream().map(PathElement::toString).toList())));
    return paths;
  }

  /** FieldsV1, in upstream's order. */
  public Json.Obj toJson() {
    return toJson(false);
  }

  private Json.Obj toJson(boolean self) {
    Json.Obj.Builder json = Json.Obj.builder();
    if (self) {
      json.put(".", Json.Obj.EMPTY);
    }
    for (int i = 0; i < elements.length; i++) {
      FieldSet child = children[i];
      json.put(elements[i].text(), child == null ? Json.Obj.EMPTY : child.toJson(members[i]));
    }
    return json.build();
  }

  /**
   * Reads FieldsV1. Elements of kinds unknown today are dropped.
   *
   * @throws IllegalArgumentException if it is malformed
   */
  public static FieldSet ofJson(Json fields) {
    if (fields == Json.Null.NULL) {
      return EMPTY;
    }
    if (!(fields instanceof Json.Obj(var entries))) {
      throw new IllegalArgumentException("not an object");
    }
    Builder node = new Builder(entries.size());
    for (var entry : entries.entrySet()) {
      PathElement element = entry.getKey().equals(".") ? null : PathElement.parse(entry.getKey());
      if (element != null) {
        FieldSet child = ofJson(entry.getValue());
        boolean self =
            entry.getValue() instanceof Json.Obj inner && inner.members().containsKey(".");
        node.add(element, self || child.isEmpty(), child);
      }
    }
    return node.build();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof FieldSet that
            && Arrays.equals(members, that.members)
            && Arrays.equals(elements, that.elements)
            && Arrays.equals(children, that.children));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(elements);
  }

  @Override
  public String toString() {
    return String.join("\n", paths());
  }

  /** Collects the elements of one node, in any order. */
  static final class Builder {
    private PathElement[] elements;
    private boolean[] members;
    private @Nullable FieldSet[] children;
    private int size;
    private boolean sorted = true;

    Builder(int expected) {
      elements = new PathElement[expected];
      members = new boolean[expected];
      children = new FieldSet[expected];
    }

    void add(FieldSet from, int i) {
      add(from.elements[i], from.members[i], from.children[i]);
    }

    /** Adds an element, unless it neither is a member nor has a child. */
    void add(PathElement element, boolean member, @Nullable FieldSet child) {
      FieldSet kept = child == null || child.isEmpty() ? null : child;
      if (!member && kept == null) {
        return;
      }
      if (size == elements.length) {
        int more = Math.max(4, size * 2);
        elements = Arrays.copyOf(elements, more);
        members = Arrays.copyOf(members, more);
        children = Arrays.copyOf(children, more);
      }
      sorted &= size == 0 || elements[size - 1].compareTo(element) < 0;
      elements[size] = element;
      members[size] = member;
      children[size] = kept;
      size++;
    }

    FieldSet build() {
      if (size == 0) {
        return EMPTY;
      }
      if (!sorted) {
        sort();
      }
      return size == elements.length
          ? new FieldSet(elements, members, children)
          : new FieldSet(
              Arrays.copyOf(elements, size),
              Arrays.copyOf(members, size),
              Arrays.copyOf(children, size));
    }

    /** Sorts the three columns alike, and joins equal elements. */
    private void sort() {
      Integer[] order = new Integer[size];
      Arrays.setAll(order, i -> i);
      PathElement[] keys = elements;
      Arrays.sort(order, (a, b) -> keys[a].compareTo(keys[b]));
      Builder ordered = new Builder(size);
      for (int i : order) {
        int last = ordered.size - 1;
        if (last >= 0 && ordered.elements[last].equals(elements[i])) {
          FieldSet mine = ordered.children[last];
          FieldSet more = children[i];
          ordered.members[last] |= members[i];
          ordered.children[last] = mine == null ? more : more == null ? mine : mine.union(more);
        } else {
          ordered.add(elements[i], members[i], children[i]);
        }
      }
      elements = ordered.elements;
      members = ordered.members;
      children = ordered.children;
      size = ordered.size;
    }
  }
}
