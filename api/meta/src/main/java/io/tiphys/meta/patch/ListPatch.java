package io.tiphys.meta.patch;

import io.tiphys.codec.Json;
import io.tiphys.meta.GoText;
import io.tiphys.meta.Schema;
import io.tiphys.meta.patch.PatchException.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a strategic merge patch changes one list.
 *
 * <p>Checked against mergeSlice, normalizeElementOrder and validatePatchWithSetOrderList in
 * apimachinery/pkg/util/strategicpatch/patch.go.
 *
 * @param mergeKey pairs elements that are objects; null for lists of scalars
 */
record ListPatch(Schema element, @Nullable String mergeKey) {

  /** Elements of the patch are merged into those with the same key, or added. */
  List<Json> merged(List<Json> before, List<Json> patch) {
    if (before.isEmpty() && patch.isEmpty()) {
      return before;
    }
    if (!areObjects(before, patch)) {
      Set<Json> all = new LinkedHashSet<>(before);
      all.addAll(patch);
      return ordered(List.copyOf(all), patch, before, false);
    }
    if (mergeKey == null) {
      throw internal(
          "cannot merge lists without merge key for "
              + (element instanceof Schema.Struct struct ? struct.name() : ""));
    }
    List<Json> all = new ArrayList<>(before);
    List<Json> changes = new ArrayList<>();
    if (directives(all, patch, changes)) {
      return ordered(changes, List.of(), changes, true);
    }
    List<Json> serverOrder = List.copyOf(all);
    Map<Json, Integer> places = places(all, true);
    for (Json change : changes) {
      Integer place = places.get(key(change));
      if (place == null) {
        places.put(key(change), all.size());
        all.add(change);
      } else {
        all.set(
            place,
            StrategicMergePatch.merged((Json.Obj) all.get(place), (Json.Obj) change, element));
      }
    }
    return ordered(all, changes, serverOrder, true);
  }

  /**
   * Carries out the directives among the elements of the patch and collects the other elements.
   *
   * @return whether the patch replaces the list
   */
  private boolean directives(List<Json> all, List<Json> patch, List<Json> changes) {
    boolean replace = false;
    for (Json change : patch) {
      Json.Obj object = (Json.Obj) change;
      switch (object.get(StrategicMergePatch.DIRECTIVE)) {
        case null -> changes.add(change);
        case Json.Str(var text) when text.equals("delete") -> {
          Json key = key(change);
          all.removeIf(old -> key.equals(((Json.Obj) old).get(String.valueOf(mergeKey))));
        }
        case Json.Str(var text) when text.equals("replace") -> replace = true;
        case Json.Str(var text) when text.equals("merge") ->
            throw internal("merging lists cannot yet be specified in the patch");
        case Json other -> throw StrategicMergePatch.unknownDirective(other, object);
      }
    }
    return replace;
  }

  /** The list without the scalars that the patch names. */
  List<Json> deleted(List<Json> before, List<Json> patch) {
    if (before.isEmpty() && patch.isEmpty()) {
      return before;
    }
    if (areObjects(before, patch)) {
      return merged(before, patch);
    }
    Set<Json> gone = new HashSet<>(patch);
    return before.stream().filter(element -> !gone.contains(element)).toList();
  }

  /**
   * Orders a merged list: elements named in {@code order} as there, the others as they were, and
   * both interleaved by their old places.
   */
  List<Json> ordered(List<Json> all, List<Json> order, List<Json> before, List<Json> patch) {
    boolean objects = areObjects(before, patch);
    return ordered(all, order, objects ? afterDeletions(before, patch) : before, objects);
  }

  /**
   * The old places once elements were deleted. As many new elements as were deleted count as old,
   * at the end: upstream appends them to the array from which it deleted, and its tests expect the
   * order that follows.
   */
  private List<Json> afterDeletions(List<Json> before, List<Json> patch) {
    List<Json> left = new ArrayList<>(before);
    List<Json> added = new ArrayList<>();
    if (directives(left, patch, added) || left.size() == before.size()) {
      return before;
    }
    int free = before.size() - left.size();
    Map<Json, Integer> survivors = places(left, true);
    added.stream().filter(each -> !survivors.containsKey(key(each))).limit(free).forEach(left::add);
    return left;
  }

  private List<Json> ordered(
      List<Json> all, List<Json> order, List<Json> serverOrder, boolean objects) {
    Map<Json, Integer> wanted = places(order, objects);
    Map<Json, Integer> old = places(serverOrder, objects);
    List<Json> patched = new ArrayList<>();
    List<Json> serverOnly = new ArrayList<>();
    for (Json each : all) {
      (wanted.containsKey(name(each, objects)) ? patched : serverOnly).add(each);
    }
    List<Json> left = sorted(serverOnly, old, objects);
    List<Json> right = sorted(patched, wanted, objects);
    List<Json> interleaved = new ArrayList<>(all.size());
    int i = 0;
    int j = 0;
    while (i < left.size() || j < right.size()) {
      boolean takeLeft = j == right.size();
      if (!takeLeft && i < left.size()) {
        Integer l = old.get(name(left.get(i), objects));
        Integer r = old.get(name(right.get(j), objects));
        takeLeft = l != null && r != null && l < r;
      }
      interleaved.add(takeLeft ? left.get(i++) : right.get(j++));
    }
    return interleaved;
  }

  /** Stable, by place; elements to delete go last. */
  private List<Json> sorted(List<Json> elements, Map<Json, Integer> places, boolean objects) {
    record Placed(Json element, int place) {}
    List<Placed> placed = new ArrayList<>();
    for (Json each : elements) {
      boolean delete =
          objects
              && each instanceof Json.Obj object
              && object.get(StrategicMergePatch.DIRECTIVE) instanceof Json.Str(var directive)
              && directive.equals("delete");
      int place = places.getOrDefault(name(each, objects), -1);
      placed.add(new Placed(each, delete ? Integer.MAX_VALUE : place));
    }
    placed.sort((a, b) -> Integer.compare(a.place, b.place));
    return placed.stream().map(Placed::element).toList();
  }

  /** The first place of each element, by what names it. */
  private Map<Json, Integer> places(List<Json> elements, boolean objects) {
    Map<Json, Integer> places = new HashMap<>();
    for (int i = 0; i < elements.size(); i++) {
      if (objects && mergeKey != null && !(elements.get(i) instanceof Json.Obj)) {
        throw internal("value for key " + i + " is not a map");
      }
      places.putIfAbsent(name(elements.get(i), objects), i);
    }
    return places;
  }

  private Json name(Json element, boolean objects) {
    return objects && mergeKey != null ? key(element) : element;
  }

  /** Checks that the elements of the patch come in the given order and are all in it. */
  void checkOrder(List<Json> patch, List<Json> order) {
    if (order.isEmpty() || patch.isEmpty()) {
      return;
    }
    int next = 0;
    for (Json change : patch) {
      if (change instanceof Json.Obj object && object.get(StrategicMergePatch.DIRECTIVE) != null) {
        continue;
      }
      while (next < order.size() && !same(change, order.get(next))) {
        next++;
      }
      if (next == order.size()) {
        throw internal(
            "The order in patch list:\n%s\n doesn't match $setElementOrder list:\n%s\n"
                .formatted(GoText.value(new Json.Arr(patch)), GoText.value(new Json.Arr(order))));
      }
      next++;
    }
  }

  private boolean same(Json left, Json right) {
    return mergeKey == null ? left.equals(right) : key(left).equals(key(right));
  }

  private Json key(Json element) {
    if (!(element instanceof Json.Obj object)) {
      throw internal(
          "expected a map[string]interface {}, but received a " + GoKind.goType(element));
    }
    Json key = object.get(String.valueOf(mergeKey));
    if (key == null) {
      throw internal(
          "map: " + GoText.value(object) + " does not contain declared merge key: " + mergeKey);
    }
    return key;
  }

  /** Whether the elements are objects; they must all be of one type. */
  private static boolean areObjects(List<Json> before, List<Json> patch) {
    Json first = null;
    for (List<Json> elements : List.of(before, patch)) {
      for (Json each : elements) {
        if (first == null) {
          first = each;
          if (each instanceof Json.Arr) {
            throw new PatchException(Kind.UNPROCESSABLE, "lists of lists are not supported");
          }
        } else if (first.getClass() != each.getClass()) {
          throw internal(
              "list element types are not identical: ["
                  + GoText.value(new Json.Arr(before))
                  + " "
                  + GoText.value(new Json.Arr(patch))
                  + "]");
        }
      }
    }
    return first instanceof Json.Obj;
  }

  private static PatchException internal(String message) {
    return new PatchException(Kind.INTERNAL, message);
  }
}
