package io.tiphys.server.discovery;

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
    return new Definitions(((Json.Obj) Json.parse(bytes())).members());
  }

  /** These and more. */
  Definitions with(Map<String, Json> more) {
    if (more.isEmpty()) {
      return this;
    }
    Map<String, Json> all = new HashMap<>(byName);
    all.putAll(more);
    return new Definitions(all);
  }

  /** As they were generated. */
  static byte[] bytes() {
    try (InputStream in = Definitions.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the API's definitions are not on the class path");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The name of a definition.
   *
   * @param schema a kind such as {@code apps/v1/Deployment}, or the name itself
   */
  String nameOf(String schema) {
    String name = schema.startsWith("io.k8s.") ? schema : byKind.get(schema);
    if (name == null || !byName.containsKey(name)) {
      throw new IllegalStateException("no definition of " + schema);
    }
    return name;
  }

  /** The definitions that operations take and give. */
  Set<String> mentioned(Map<String, List<Operation>> byPath) {
    Set<String> names = new HashSet<>();
    for (List<Operation> operations : byPath.values()) {
      for (Operation operation : operations) {
        Operation.Body body = operation.body();
        if (body != null) {
          names.add(nameOf(body.schema()));
        }
        for (Operation.Answer answer : operation.answers()) {
          if (!answer.schema().isEmpty() && !answer.schema().equals(Operation.TEXT)) {
            names.add(nameOf(answer.schema()));
          }
        }
      }
    }
    return names;
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
