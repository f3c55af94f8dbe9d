package io.tiphys.meta.patch;

import io.tiphys.codec.Json;
import io.tiphys.meta.GoText;
import io.tiphys.meta.Schema;
import io.tiphys.meta.patch.PatchException.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A merge patch that knows lists: by the schema, elements are paired by a key and merged, and
 * directives in the patch delete, replace or order.
 *
 * <p>Checked against mergeMap and what it calls in apimachinery/pkg/util/strategicpatch/patch.go,
 * with the options that kube-apiserver uses: parallel lists are merged and nulls that match nothing
 * are dropped.
 */
public final class StrategicMergePatch {
  static final String DIRECTIVE = "$patch";
  private static final String RETAIN_KEYS = "$retainKeys";
  private static final String DELETE_FROM_LIST = "$deleteFromPrimitiveList";
  private static final String ELEMENT_ORDER = "$setElementOrder";

  private StrategicMergePatch() {}

  /**
   * The target with the patch applied.
   *
   * @throws PatchException in upstream's words
   */
  public static Json.Obj apply(Json.Obj target, Json patch, Schema schema) {
    if (patch instanceof Json.Obj changes) {
      return merged(target, changes, schema);
    }
    if (patch == Json.Null.NULL) {
      return target;
    }
    throw new PatchException(
        Kind.BAD_REQUEST,
        "error decoding patch: json: cannot unmarshal "
            + GoKind.jsonKind(patch)
            + " into Go value of type map[string]interface {}");
  }

  static Json.Obj merged(Json.Obj target, Json.Obj patch, Schema schema) {
    Json directive = patch.get(DIRECTIVE);
    if (directive != null) {
      return replaced(directive, patch);
    }
    Map<String, Json> members = new LinkedHashMap<>(target.members());
    Map<String, Json> changes = new LinkedHashMap<>(patch.members());
    retainKeys(members, changes);
    orderLists(members, changes, schema);
    changes.forEach(
        (name, change) -> {
          boolean deletion = name.startsWith(DELETE_FROM_LIST);
          String field = deletion ? fieldOf(name, DELETE_FROM_LIST) : name;
          mergeMember(members, field, change, deletion, schema);
        });
    return new Json.Obj(members);
  }

  private static Json.Obj replaced(Json directive, Json.Obj patch) {
    return switch (directive) {
      case Json.Str(var text) when text.equals("replace") -> patch.without(DIRECTIVE);
      case Json.Str(var text) when text.equals("delete") -> Json.Obj.EMPTY;
      default -> throw unknownDirective(directive, patch);
    };
  }

  static PatchException unknownDirective(Json directive, Json.Obj patch) {
    return new PatchException(
        Kind.INTERNAL,
        "unknown patch type: " + GoText.value(directive) + " in map: " + GoText.value(patch));
  }

  /** Drops the members that {@code $retainKeys} does not name. */
  private static void retainKeys(Map<String, Json> members, Map<String, Json> changes) {
    Json directive = changes.remove(RETAIN_KEYS);
    if (directive == null) {
      return;
    }
    if (!(directive instanceof Json.Arr(var keys))) {
      throw new PatchException(Kind.BAD_REQUEST, "invalid patch format of retainKeys");
    }
    Set<String> retained = new HashSet<>();
    for (Json key : keys) {
      if (key instanceof Json.Str(var name)) {
        retained.add(name);
      }
    }
    changes.forEach(
        (name, change) -> {
          boolean exempt =
              change == Json.Null.NULL
                  || name.startsWith(DELETE_FROM_LIST)
                  || name.startsWith(ELEMENT_ORDER);
          if (!exempt && !retained.contains(name)) {
            throw new PatchException(Kind.BAD_REQUEST, "invalid patch format of retainKeys");
          }
        });
    members.keySet().retainAll(retained);
  }

  /** Merges the lists for which the patch gives an order, and takes them out of the patch. */
  private static void orderLists(
      Map<String, Json> members, Map<String, Json> changes, Schema schema) {
    for (String name : List.copyOf(changes.keySet())) {
      if (!name.startsWith(ELEMENT_ORDER)) {
        continue;
      }
      List<Json> order = elements(changes.remove(name));
      String field = fieldOf(name, ELEMENT_ORDER);
      Json current = members.get(field);
      Json change = changes.get(field);
      if (current == Json.Null.NULL) {
        current = null;
      }
      List<Json> before = current == null ? List.of() : elements(current);
      List<Json> patch = change == null ? List.of() : elements(change);
      ListPatch list = listPatch(schema, field);
      list.checkOrder(patch, order);
      if (current == null && change == null) {
        continue;
      }
      List<Json> all;
      if (change == null) {
        all = before;
      } else if (current == null) {
        all = elementsWithoutDirectives(patch);
      } else {
        all = mergedList(before, patch, list, schema, field);
      }
      members.put(field, new Json.Arr(list.ordered(all, order, before, patch)));
      changes.remove(field);
    }
  }

  private static List<Json> mergedList(
      List<Json> before, List<Json> patch, ListPatch list, Schema schema, String field) {
    return merges(schema, field) ? list.merged(before, patch) : patch;
  }

  private static List<Json> elements(@Nullable Json value) {
    if (value instanceof Json.Arr(var elements)) {
      return elements;
    }
    throw new PatchException(
        Kind.INTERNAL,
        "expected a []interface {}, but received a "
            + GoKind.goType(value == null ? Json.Null.NULL : value));
  }

  /** The field that a directive of the form {@code $directive/field} is about. */
  private static String fieldOf(String name, String directive) {
    int slash = name.indexOf('/');
    if (slash != directive.length()) {
      throw new PatchException(
          Kind.BAD_REQUEST,
          directive.equals(DELETE_FROM_LIST)
              ? "invalid patch format of primitive list"
              : "invalid patch format of setElementOrder list");
    }
    return name.substring(slash + 1);
  }

  private static void mergeMember(
      Map<String, Json> members, String field, Json change, boolean deletion, Schema schema) {
    if (change == Json.Null.NULL) {
      members.remove(field);
      return;
    }
    Json current = members.get(field);
    if (current instanceof Json.Obj object && change instanceof Json.Obj changes) {
      Schema inner = member(schema, field);
      members.put(field, replaces(schema, field) ? changes : merged(object, changes, inner));
    } else if (current instanceof Json.Arr(var before) && change instanceof Json.Arr(var patch)) {
      ListPatch list = listPatch(schema, field);
      if (deletion) {
        members.put(field, new Json.Arr(list.deleted(before, patch)));
      } else if (merges(schema, field)) {
        members.put(field, new Json.Arr(list.merged(before, patch)));
      } else {
        members.put(field, change);
      }
    } else if (!deletion) {
      Json value = withoutDirectives(MergePatch.withoutNulls(change));
      if (value == null) {
        members.remove(field);
      } else {
        members.put(field, value);
      }
    }
  }

  /** Null for an object that is a directive itself; such objects vanish from what holds them. */
  private static @Nullable Json withoutDirectives(Json value) {
    return switch (value) {
      case Json.Obj(var members) when members.containsKey(DIRECTIVE) -> null;
      case Json.Obj(var members) -> {
        Map<String, Json> kept = new LinkedHashMap<>();
        members.forEach(
            (name, member) -> {
              Json clean = withoutDirectives(member);
              if (clean != null) {
                kept.put(name, clean);
              }
            });
        yield new Json.Obj(kept);
      }
      case Json.Arr(var elements) -> new Json.Arr(elementsWithoutDirectives(elements));
      default -> value;
    };
  }

  private static List<Json> elementsWithoutDirectives(List<Json> elements) {
    List<Json> kept = new ArrayList<>(elements.size());
    for (Json element : elements) {
      Json clean = withoutDirectives(element);
      if (clean != null) {
        kept.add(clean);
      }
    }
    return kept;
  }

  private static ListPatch listPatch(Schema schema, String field) {
    return member(schema, field) instanceof Schema.ListOf list
        ? new ListPatch(list.element().get(), list.patchMergeKey())
        : new ListPatch(Schema.Scalar.ANY, null);
  }

  private static boolean merges(Schema schema, String field) {
    Schema.Field known = schema instanceof Schema.Struct s ? s.fields().get(field) : null;
    return known != null && known.patch().merge();
  }

  /** The one field in the API that is an object and replaced as a whole. */
  private static boolean replaces(Schema schema, String field) {
    return schema instanceof Schema.Struct struct
        && struct.name().equals("PodDisruptionBudgetSpec")
        && field.equals("selector");
  }

  private static Schema member(Schema schema, String field) {
    return switch (schema) {
      case Schema.Struct struct -> {
        Schema.Field known = struct.fields().get(field);
        yield known == null ? Schema.Scalar.ANY : known.schema().get();
      }
      case Schema.MapOf map -> map.element().get();
      case Schema.ListOf _, Schema.Scalar _ -> Schema.Scalar.ANY;
    };
  }
}
