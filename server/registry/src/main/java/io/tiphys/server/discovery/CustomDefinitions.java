package io.tiphys.server.discovery;

import io.tiphys.api.Resource;
import io.tiphys.codec.Json;
import io.tiphys.server.kinds.ServedKind;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The OpenAPI definitions of custom resources. Pure. Checked against
 * apiextensions-apiserver/pkg/controller/openapi/builder.
 */
final class CustomDefinitions {
  private static final String META = "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.";
  private static final String METADATA =
      "Standard object's metadata. More info:"
          + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";
  private static final String LIST_METADATA =
      "Standard list metadata. More info:"
          + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds";
  private static final String API_VERSION =
      "APIVersion defines the versioned schema of this representation of an object. Servers should"
          + " convert recognized schemas to the latest internal value, and may reject unrecognized"
          + " values. More info:"
          + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources";
  private static final String KIND =
      "Kind is a string value representing the REST resource this object represents. Servers may"
          + " infer this from the endpoint the client submits requests to. Cannot be updated. In"
          + " CamelCase. More info:"
          + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds";
  private static final String PRESERVE = "x-kubernetes-preserve-unknown-fields";

  /** What the second form tells of a value: its shape, and nothing of what it must be. */
  private static final Set<String> SHAPE =
      Set.of(
          "type",
          "title",
          "description",
          "properties",
          "items",
          "additionalProperties",
          "x-kubernetes-embedded-resource",
          "x-kubernetes-int-or-string",
          "x-kubernetes-list-map-keys",
          "x-kubernetes-list-type",
          "x-kubernetes-map-type",
          PRESERVE);

  private CustomDefinitions() {}

  /**
   * By name, with references as the second form has them.
   *
   * @param second for the second form of OpenAPI, which knows less
   */
  static Map<String, Json> of(List<ServedKind<?>> kinds, boolean second) {
    Map<String, Json> definitions = new TreeMap<>();
    for (ServedKind<?> kind : kinds) {
      ServedKind.Custom custom = kind.custom();
      if (custom != null) {
        Resource<?> resource = kind.resource();
        definitions.put(name(resource, resource.kind()), object(resource, custom, second));
        definitions.put(name(resource, custom.listKind()), list(resource, custom));
      }
    }
    return definitions;
  }

  /** {@code com.example.v1.Widget}. */
  private static String name(Resource<?> resource, String kind) {
    List<String> words = Arrays.asList(resource.group().split("\\."));
    Collections.reverse(words);
    return String.join(".", words) + "." + resource.version() + "." + kind;
  }

  private static Json object(Resource<?> resource, ServedKind.Custom custom, boolean second) {
    Json.Obj schema = custom.schema();
    Json kinds = kinds(resource, resource.kind());
    boolean open = second && Json.Bool.TRUE.equals(schema.get(PRESERVE));
    if (open || !(schema.get("type") instanceof Json.Str)) {
      return Json.Obj.builder()
          .put("type", "object")
          .put("x-kubernetes-group-version-kind", kinds)
          .build();
    }
    Json.Obj shown = (Json.Obj) (second ? shape(schema) : embedded(schema));
    return withMeta(shown, METADATA, "ObjectMeta").with("x-kubernetes-group-version-kind", kinds);
  }

  private static Json.Obj withMeta(Json.Obj schema, String text, String type) {
    Map<String, Json> properties = new LinkedHashMap<>();
    properties.put("apiVersion", text(API_VERSION));
    properties.put("kind", text(KIND));
    properties.put(
        "metadata", Json.Obj.builder().put("description", text).put("$ref", META + type).build());
    if (schema.get("properties") instanceof Json.Obj(var members)) {
      members.forEach(properties::putIfAbsent);
    }
    return schema.with("properties", new Json.Obj(properties));
  }

  private static Json text(String description) {
    return Json.Obj.builder().put("type", "string").put("description", description).build();
  }

  /** With what every object has, in the objects within. */
  private static Json embedded(Json value) {
    if (!(value instanceof Json.Obj schema)) {
      return value;
    }
    Json.Obj below = within(schema, false);
    return Json.Bool.TRUE.equals(below.get("x-kubernetes-embedded-resource"))
        ? withMeta(below, METADATA, "ObjectMeta")
        : below;
  }

  private static Json shape(Json value) {
    if (!(value instanceof Json.Obj schema)) {
      return value;
    }
    Json.Obj.Builder kept = Json.Obj.builder();
    schema
        .members()
        .forEach(
            (word, member) -> {
              if (SHAPE.contains(word)) {
                kept.put(word, member);
              }
            });
    return within(kept.build(), true);
  }

  private static Json.Obj within(Json.Obj schema, boolean second) {
    Json.Obj.Builder changed = Json.Obj.builder();
    schema
        .members()
        .forEach(
            (word, member) ->
                changed.put(
                    word,
                    switch (word) {
                      case "properties" -> properties(member, second);
                      case "items", "additionalProperties" ->
                          second ? shape(member) : embedded(member);
                      default -> member;
                    }));
    return changed.build();
  }

  private static Json properties(Json value, boolean second) {
    if (!(value instanceof Json.Obj(var members))) {
      return value;
    }
    Json.Obj.Builder changed = Json.Obj.builder();
    members.forEach(
        (name, property) -> changed.put(name, second ? shape(property) : embedded(property)));
    return changed.build();
  }

  private static Json list(Resource<?> resource, ServedKind.Custom custom) {
    Json items =
        Json.Obj.builder()
            .put(
                "description",
                "List of "
                    + resource.plural()
                    + ". More info:"
                    + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md")
            .put("type", "array")
            .put(
                "items",
                Json.Obj.of("$ref", Json.of("#/definitions/" + name(resource, resource.kind()))))
            .build();
    Json.Obj list =
        Json.Obj.builder()
            .put("description", custom.listKind() + " is a list of " + resource.kind())
            .put("type", "object")
            .put("required", new Json.Arr(List.of(Json.of("items"))))
            .put("properties", Json.Obj.of("items", items))
            .build();
    return withMeta(list, LIST_METADATA, "ListMeta")
        .with("x-kubernetes-group-version-kind", kinds(resource, custom.listKind()));
  }

  private static Json kinds(Resource<?> resource, String kind) {
    return new Json.Arr(
        List.of(
            Json.Obj.builder()
                .put("group", resource.group())
                .put("kind", kind)
                .put("version", resource.version())
                .build()));
  }
}
