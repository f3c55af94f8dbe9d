package io.tiphys.server.catalog;

import io.tiphys.codec.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The OpenAPI definitions of all kinds, as generated beside the records; read when asked for. */
final class Definitions {
  private static final String RESOURCE = "/io/tiphys/api/openapi-definitions.json";
  private static final String REFERENCE = "#/definitions/";

  private final Map<String, Json> byName;
  private final Map<String, String> byKind = new HashMap<>();

  private Definitions(Map<String, Json> byName) {
    this.byName = byName;
    byName.forEach(
        (name, definition) -> {
          for (String kind : kindsOf(definition)) {
            byKind.put(kind, name);
          }
        });
  }

  static Definitions read() {
    try (InputStream in = Definitions.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the API's definitions are not on the class path");
      }
      return new Definitions(((Json.Obj) Json.parse(in.readAllBytes())).members());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The definition's name of a kind such as {@code apps/v1/Deployment}, or null. */
  @Nullable String nameOf(String apiVersion, String kind) {
    return byKind.get(apiVersion + "/" + kind);
  }

  /** The named definitions and all they refer to, by name. */
  Map<String, Json> reachable(Iterable<String> names) {
    Map<String, Json> found = new TreeMap<>();
    Deque<String> left = new ArrayDeque<>();
    names.forEach(left::add);
    while (!left.isEmpty()) {
      String name = left.remove();
      Json definition = byName.get(name);
      if (definition != null && found.put(name, definition) == null) {
        Set<String> mentioned = new HashSet<>();
        mentions(definition, mentioned);
        left.addAll(mentioned);
      }
    }
    return found;
  }

  /** Rewrites every reference for OpenAPI v3: other prefix, and no siblings beside it. */
  static Json forVersion3(Json value) {
    return switch (value) {
      case Json.Obj object -> {
        Json.Obj.Builder out = Json.Obj.builder();
        object
            .members()
            .forEach(
                (name, member) -> {
                  if (!name.equals("$ref")) {
                    out.put(name, forVersion3(member));
                  }
                });
        if (object.get("$ref") instanceof Json.Str(String target)) {
          String name = target.substring(REFERENCE.length());
          Json reference = Json.Obj.of("$ref", Json.of("#/components/schemas/" + name));
          if (object.members().size() == 1) {
            yield reference;
          }
          out.put("allOf", new Json.Arr(List.of(reference)));
        }
        yield out.build();
      }
      case Json.Arr(List<Json> elements) ->
          new Json.Arr(elements.stream().map(Definitions::forVersion3).toList());
      default -> value;
    };
  }

  private static void mentions(Json value, Set<String> names) {
    switch (value) {
      case Json.Obj object -> {
        if (object.get("$ref") instanceof Json.Str(String target)) {
          names.add(target.substring(REFERENCE.length()));
        }
        object.members().values().forEach(member -> mentions(member, names));
      }
      case Json.Arr(List<Json> elements) -> elements.forEach(e -> mentions(e, names));
      default -> {}
    }
  }

  private static Set<String> kindsOf(Json definition) {
    Set<String> kinds = new HashSet<>();
    if (definition instanceof Json.Obj object
        && object.get("x-kubernetes-group-version-kind") instanceof Json.Arr(List<Json> entries)) {
      for (Json entry : entries) {
        if (entry instanceof Json.Obj kind
            && kind.get("group") instanceof Json.Str(String group)
            && kind.get("version") instanceof Json.Str(String version)
            && kind.get("kind") instanceof Json.Str(String name)) {
          kinds.add((group.isEmpty() ? version : group + "/" + version) + "/" + name);
        }
      }
    }
    return kinds;
  }
}
