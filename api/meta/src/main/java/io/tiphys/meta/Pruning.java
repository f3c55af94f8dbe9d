package io.tiphys.meta;

import io.tiphys.codec.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Fields that a schema does not know: what a strict reader complains of and what is not stored. */
public final class Pruning {
  private Pruning() {}

  /** The value without unknown fields. */
  public static Json prune(Json value, Schema schema) {
    return switch (schema) {
      case Schema.Struct struct when value instanceof Json.Obj(var members) -> {
        Map<String, Json> kept = new LinkedHashMap<>();
        members.forEach(
            (name, member) -> {
              Schema known = struct.member(name);
              if (known != null) {
                kept.put(name, prune(member, known));
              }
            });
        yield new Json.Obj(kept);
      }
      case Schema.MapOf map when value instanceof Json.Obj(var members) -> {
        Map<String, Json> kept = new LinkedHashMap<>();
        members.forEach((name, member) -> kept.put(name, prune(member, map.element().get())));
        yield new Json.Obj(kept);
      }
      case Schema.ListOf list when value instanceof Json.Arr(var elements) ->
          new Json.Arr(
              elements.stream().map(element -> prune(element, list.element().get())).toList());
      default -> value;
    };
  }

  /** Paths of unknown fields, as upstream's strict decoder writes them: {@code spec.a[0].b}. */
  public static List<String> unknownFields(Json value, Schema schema) {
    List<String> unknown = new ArrayList<>();
    collect(value, schema, "", unknown);
    return unknown;
  }

  private static void collect(Json value, Schema schema, String path, List<String> unknown) {
    switch (schema) {
      case Schema.Struct struct when value instanceof Json.Obj(var members) ->
          members.forEach(
              (name, member) -> {
                Schema known = struct.member(name);
                String at = path.isEmpty() ? name : path + "." + name;
                if (known == null) {
                  unknown.add(at);
                } else {
                  collect(member, known, at, unknown);
                }
              });
      case Schema.MapOf map when value instanceof Json.Obj(var members) ->
          members.forEach(
              (name, member) -> collect(member, map.element().get(), path + "." + name, unknown));
      case Schema.ListOf list when value instanceof Json.Arr(var elements) -> {
        for (int i = 0; i < elements.size(); i++) {
          collect(elements.get(i), list.element().get(), path + "[" + i + "]", unknown);
        }
      }
      default -> {}
    }
  }
}
