package io.tiphys.server.catalog;

import io.tiphys.api.Resource;
import io.tiphys.codec.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The paths of an OpenAPI document: which operations there are on which kind, and the query
 * parameters by which clients find out what a server understands ({@code dryRun}, {@code
 * fieldValidation}).
 */
final class OpenApiPaths {
  private static final Map<String, String> HTTP =
      Map.of("create", "post", "update", "put", "patch", "patch", "delete", "delete", "get", "get");
  private static final List<String> WRITE_PARAMETERS =
      List.of("dryRun", "fieldManager", "fieldValidation");
  private static final List<String> PATCH_PARAMETERS =
      List.of("dryRun", "fieldManager", "fieldValidation", "force");
  private static final List<String> DELETE_PARAMETERS =
      List.of("dryRun", "gracePeriodSeconds", "propagationPolicy");
  private static final List<String> LIST_PARAMETERS =
      List.of("continue", "fieldSelector", "labelSelector", "limit", "resourceVersion", "watch");

  private final boolean version3;
  private final Map<String, Json> paths = new TreeMap<>();

  private OpenApiPaths(boolean version3) {
    this.version3 = version3;
  }

  /**
   * @param version3 the third form of OpenAPI, else the second
   */
  static Json.Obj of(Iterable<Surface.Entry> entries, boolean version3) {
    OpenApiPaths document = new OpenApiPaths(version3);
    entries.forEach(document::add);
    return new Json.Obj(document.paths);
  }

  private void add(Surface.Entry entry) {
    Resource<?> resource = entry.resource();
    String root = resource.group().isEmpty() ? "/api/" : "/apis/" + resource.group() + "/";
    String all = root + resource.version() + "/";
    String collection =
        (resource.namespaced() ? all + "namespaces/{namespace}/" : all) + resource.plural();
    Map<String, Json> onCollection = new TreeMap<>();
    Map<String, Json> onObject = new TreeMap<>();
    for (String verb : entry.verbs()) {
      switch (verb) {
        case "create" -> onCollection.put("post", operation(entry, verb, WRITE_PARAMETERS, ""));
        case "list" -> onCollection.put("get", operation(entry, verb, LIST_PARAMETERS, ""));
        case "deletecollection" ->
            onCollection.put("delete", operation(entry, verb, DELETE_PARAMETERS, ""));
        case "get", "update", "patch", "delete" ->
            onObject.put(
                HTTP.getOrDefault(verb, verb), operation(entry, verb, parameters(verb), ""));
        default -> {} // watch is a parameter of list
      }
    }
    put(collection, onCollection);
    put(collection + "/{name}", onObject);
    entry
        .subresources()
        .forEach(
            (name, part) -> {
              Map<String, Json> onPart = new TreeMap<>();
              for (String verb : part.verbs()) {
                onPart.put(
                    HTTP.getOrDefault(verb, verb), operation(entry, verb, parameters(verb), name));
              }
              put(collection + "/{name}/" + name, onPart);
            });
  }

  private void put(String path, Map<String, Json> operations) {
    if (!operations.isEmpty()) {
      paths.put(path, new Json.Obj(operations));
    }
  }

  private static List<String> parameters(String verb) {
    return switch (verb) {
      case "patch" -> PATCH_PARAMETERS;
      case "create", "update" -> WRITE_PARAMETERS;
      case "delete" -> DELETE_PARAMETERS;
      default -> List.of();
    };
  }

  private Json operation(
      Surface.Entry entry, String verb, List<String> parameters, String subresource) {
    Resource<?> resource = entry.resource();
    var kind =
        subresource.isEmpty()
            ? resource.type().gvk()
            : entry.subresources().getOrDefault(subresource, NO_PART).kind();
    Json described =
        Json.Obj.builder()
            .put("group", kind.group())
            .put("kind", kind.kind())
            .put("version", kind.version())
            .build();
    return Json.Obj.builder()
        .put("operationId", operationId(resource, verb, subresource))
        .put("parameters", new Json.Arr(parameters.stream().map(this::parameter).toList()))
        .put("responses", Json.Obj.of("200", Json.Obj.of("description", Json.of("OK"))))
        .put("x-kubernetes-action", verb)
        .put("x-kubernetes-group-version-kind", described)
        .build();
  }

  private static final Surface.Subresource NO_PART =
      new Surface.Subresource(new io.tiphys.meta.GroupVersionKind("", "", ""), List.of());

  private Json parameter(String name) {
    String type =
        switch (name) {
          case "force", "watch" -> "boolean";
          case "limit", "gracePeriodSeconds" -> "integer";
          default -> "string";
        };
    Json.Obj.Builder out = Json.Obj.builder().put("name", name).put("in", "query");
    return version3
        ? out.put("schema", Json.Obj.of("type", Json.of(type))).build()
        : out.put("type", type).build();
  }

  private static String operationId(Resource<?> resource, String verb, String subresource) {
    List<String> words = new ArrayList<>();
    words.add(verb);
    words.add(resource.group().isEmpty() ? "Core" : capital(resource.group().split("\\.")[0]));
    words.add(capital(resource.version()));
    words.add(resource.namespaced() ? "Namespaced" : "");
    words.add(resource.kind());
    words.add(subresource.isEmpty() ? "" : capital(subresource));
    return String.join("", words);
  }

  private static String capital(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }
}
