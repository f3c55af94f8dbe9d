package io.tiphys.server.discovery;

import io.tiphys.codec.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Definitions in the words of either form of OpenAPI. Pure. */
final class SchemaForms {
  private static final String DEFINITIONS = "#/definitions/";
  private static final String KINDS = "x-kubernetes-group-version-kind";
  private static final String SCHEMAS = "#/components/schemas/";

  /**
   * Values of more than one JSON type: the second form calls them strings, the third knows more.
   */
  private static final Map<String, List<String>> ONE_OF =
      Map.of(
          "io.k8s.apimachinery.pkg.api.resource.Quantity", List.of("string", "number"),
          "io.k8s.apimachinery.pkg.util.intstr.IntOrString", List.of("integer", "string"));

  private SchemaForms() {}

  /** Without what the second form leaves out: defaults. */
  static Json version2(Json schema) {
    return schema instanceof Json.Obj object
        ? each(object.without("default"), SchemaForms::version2)
        : schema;
  }

  /**
   * With the third form's references, which have no siblings beside them.
   *
   * @param document such as {@code apis/apps/v1}: kinds that every group has are its own here
   */
  static Json version3(String name, Json definition, String document) {
    Json schema = ownKinds(version3(definition), document);
    List<String> types = ONE_OF.get(name);
    if (types == null || !(schema instanceof Json.Obj object)) {
      return schema;
    }
    List<Json> oneOf = types.stream().<Json>map(t -> Json.Obj.of("type", Json.of(t))).toList();
    return object.without("type").with("oneOf", new Json.Arr(oneOf));
  }

  private static Json ownKinds(Json schema, String document) {
    if (!(schema instanceof Json.Obj object)
        || !(object.get(KINDS) instanceof Json.Arr(List<Json> kinds))
        || kinds.size() == 1) {
      return schema;
    }
    List<Json> own =
        kinds.stream().filter(kind -> List.of("api/v1", document).contains(rootOf(kind))).toList();
    return object.with(KINDS, new Json.Arr(own));
  }

  private static String rootOf(Json kind) {
    return kind instanceof Json.Obj members
            && members.get("group") instanceof Json.Str(String group)
            && members.get("version") instanceof Json.Str(String version)
        ? new ApiWords(group, version).root().substring(1)
        : "";
  }

  private static Json version3(Json schema) {
    if (!(schema instanceof Json.Obj object)) {
      return schema;
    }
    Json.Obj written = each(object, SchemaForms::version3);
    if (!(written.get("$ref") instanceof Json.Str(String target))) {
      return written;
    }
    String name = target.substring(DEFINITIONS.length());
    Json reference = Json.Obj.of("$ref", Json.of(SCHEMAS + name));
    return written.members().size() == 1
        ? reference
        : written.without("$ref").with("allOf", new Json.Arr(List.of(reference)));
  }

  /** A schema with the schemas within it changed. */
  private static Json.Obj each(Json.Obj schema, UnaryOperator<Json> change) {
    Map<String, Json> members = new TreeMap<>();
    schema
        .members()
        .forEach(
            (word, value) ->
                members.put(
                    word,
                    switch (word) {
                      case "properties" -> properties(value, change);
                      case "items", "additionalProperties" -> change.apply(value);
                      default -> value;
                    }));
    return new Json.Obj(members);
  }

  private static Json properties(Json value, UnaryOperator<Json> change) {
    if (!(value instanceof Json.Obj properties)) {
      return value;
    }
    Map<String, Json> changed = new TreeMap<>();
    properties.members().forEach((name, schema) -> changed.put(name, change.apply(schema)));
    return new Json.Obj(changed);
  }
}
