package io.tiphys.server.discovery;

import io.tiphys.server.kinds.Registry;
import io.tiphys.server.kinds.ServedKind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which OpenAPI documents a registry has, and the operations that each tells of. Pure. */
final class OpenApiDocuments {
  private final Registry registry;

  OpenApiDocuments(Registry registry) {
    this.registry = registry;
  }

  /** Names as they stand behind {@code /openapi/v3/}, such as {@code apis/apps/v1}. */
  List<String> names() {
    Set<String> names = new LinkedHashSet<>(List.of("api", "apis", "version"));
    registry
        .groups()
        .forEach(
            (group, versions) -> {
              names.add(name(group, ""));
              versions.keySet().forEach(version -> names.add(name(group, version)));
            });
    return List.copyOf(names);
  }

  private static String name(String group, String version) {
    return new ApiWords(group, version).root().substring(1);
  }

  /** The kinds that a document tells of; none for pages of discovery. */
  List<ServedKind<?>> kinds(String name) {
    String[] words = name.split("/", -1);
    boolean core = words[0].equals("api");
    if (words.length != (core ? 2 : 3)) {
      return List.of();
    }
    return registry
        .groups()
        .getOrDefault(core ? "" : words[1], Map.of())
        .getOrDefault(words[words.length - 1], List.of());
  }

  /** The operations of one document, by path, or null when there is no such document. */
  @Nullable Map<String, List<Operation>> operations(String name) {
    switch (name) {
      case "api" -> {
        return PageOperations.versions();
      }
      case "apis" -> {
        return PageOperations.groups();
      }
      case "version" -> {
        return PageOperations.program();
      }
      default -> {} // a group's
    }
    String[] words = name.split("/", -1);
    if (words.length == 2 && words[0].equals("api")) {
      return resources("", words[1]);
    }
    if (words.length < 2 || !words[0].equals("apis") || words[1].isEmpty()) {
      return null;
    }
    if (words.length == 2) {
      return registry.groups().containsKey(words[1]) ? PageOperations.group(words[1]) : null;
    }
    return words.length == 3 ? resources(words[1], words[2]) : null;
  }

  private @Nullable Map<String, List<Operation>> resources(String group, String version) {
    List<ServedKind<?>> entries = registry.groups().getOrDefault(group, Map.of()).get(version);
    if (entries == null) {
      return null;
    }
    Map<String, List<Operation>> operations =
        new TreeMap<>(PageOperations.resources(group, version));
    entries.forEach(
        entry ->
            operations.putAll(
                entry.custom() == null
                    ? ResourceOperations.of(entry)
                    : CustomOperations.of(entry)));
    return operations;
  }

  /** The operations of all documents. */
  Map<String, List<Operation>> all() {
    Map<String, List<Operation>> all = new TreeMap<>();
    for (String name : names()) {
      Map<String, List<Operation>> operations = operations(name);
      if (operations != null) {
        all.putAll(operations);
      }
    }
    return all;
  }
}
