package io.tiphys.meta.patch;

import io.tiphys.codec.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A merge patch of RFC 7386: members replace members, null removes.
 *
 * <p>Checked against merge.go of evanphx/json-patch v4, which also drops nulls inside values that
 * are new, even within lists.
 */
public final class MergePatch {
  private MergePatch() {}

  /**
   * The target with the patch applied.
   *
   * @throws PatchException if the patch is no object
   */
  public static Json.Obj apply(Json.Obj target, Json patch) {
    if (patch instanceof Json.Obj changes) {
      return merged(target, changes);
    }
    throw new PatchException(
        PatchException.Kind.BAD_REQUEST,
        patch == Json.Null.NULL
            ? "Invalid JSON Patch"
            : "error decoding patch: json: cannot unmarshal "
                + GoKind.jsonKind(patch)
                + " into Go value of type map[string]interface {}");
  }

  private static Json.Obj merged(Json.Obj target, Json.Obj patch) {
    Map<String, Json> members = new LinkedHashMap<>(target.members());
    patch
        .members()
        .forEach(
            (name, change) -> {
              if (change == Json.Null.NULL) {
                members.remove(name);
              } else {
                members.put(name, merged(members.get(name), change));
              }
            });
    return new Json.Obj(members);
  }

  private static Json merged(@Nullable Json current, Json change) {
    if (current instanceof Json.Obj object) {
      return change instanceof Json.Obj changes ? merged(object, changes) : change;
    }
    return withoutNulls(change);
  }

  /** Members of objects that are null go; null elements of lists stay. */
  static Json withoutNulls(Json value) {
    return switch (value) {
      case Json.Obj(var members) -> {
        Map<String, Json> kept = new LinkedHashMap<>();
        members.forEach(
            (name, member) -> {
              if (member != Json.Null.NULL) {
                kept.put(name, withoutNulls(member));
              }
            });
        yield new Json.Obj(kept);
      }
      case Json.Arr(var elements) ->
          new Json.Arr(elements.stream().map(MergePatch::withoutNulls).toList());
      default -> value;
    };
  }

  /** The smallest patch that turns one object into another; nulls in either are not preserved. */
  public static Json.Obj diff(Json.Obj from, Json.Obj to) {
    Map<String, Json> patch = new LinkedHashMap<>();
    from.members()
        .forEach(
            (name, _) -> {
              if (!to.members().containsKey(name)) {
                patch.put(name, Json.Null.NULL);
              }
            });
    to.members()
        .forEach(
            (name, wanted) -> {
              Json current = from.get(name);
              if (current instanceof Json.Obj before && wanted instanceof Json.Obj after) {
                Json.Obj inner = diff(before, after);
                if (!inner.members().isEmpty()) {
                  patch.put(name, inner);
                }
              } else if (!wanted.equals(current)) {
                patch.put(name, wanted);
              }
            });
    return new Json.Obj(patch);
  }
}
