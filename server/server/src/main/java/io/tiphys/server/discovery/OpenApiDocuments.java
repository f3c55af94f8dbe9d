package io.tiphys.server.discovery;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which OpenAPI documents there are, and the operations that each tells of. Pure. */
final class OpenApiDocuments {
  private OpenApiDocuments() {}

  /** Names as they stand behind {@code /openapi/v3/}, such as {@code apis/apps/v1}. */
  static List<String> names() {
    Set<String> names = new LinkedHashSet<>(List.of("api", "apis", "version"));
    Surface.groups()
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

  /** The operations of one document, by path, or null when there is no such document. */
  static @Nullable Map<String, List<Operation>> operations(String name) {
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
      return Surface.groups().containsKey(words[1]) ? PageOperations.group(words[1]) : null;
    }
    return words.length == 3 ? resources(words[1], words[2]) : null;
  }

  private static @Nullable Map<String, List<Operation>> resources(String group, String version) {
    List<Surface.Entry> entries = Surface.groups().getOrDefault(group, Map.of()).get(version);
    if (entries == null) {
      return null;
    }
    Map<String, List<Operation>> operations =
        new TreeMap<>(PageOperations.resources(group, version));
    entries.forEach(entry -> operations.putAll(ResourceOperations.of(entry)));
    return operations;
  }

  /** The operations of all documents. */
  static Map<String, List<Operation>> all() {
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
