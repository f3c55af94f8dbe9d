package io.tiphys.rules.customresources;

import io.tiphys.codec.Json;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with the {@code openAPIV3Schema} of a definition: ValidateStructural, then what
 * OpenAPI allows. Checked against apiextensions-apiserver/pkg/apis/apiextensions/validation and
 * pkg/apiserver/schema.
 */
final class SchemaValidation {
  private static final List<String> TYPES =
      List.of("array", "boolean", "integer", "number", "object", "string");

  /** What may stand at the root where there is a status of its own. */
  private static final Set<String> ROOT_WORDS =
      Set.of(
          "description",
          "type",
          "format",
          "title",
          "maximum",
          "exclusiveMaximum",
          "minimum",
          "exclusiveMinimum",
          "maxLength",
          "minLength",
          "pattern",
          "maxItems",
          "minItems",
          "uniqueItems",
          "multipleOf",
          "required",
          "items",
          "properties",
          "externalDocs",
          "example",
          "x-kubernetes-preserve-unknown-fields",
          "x-kubernetes-validations");

  private static final String ROOT_FIELDS =
      "[Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength"
          + " MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties"
          + " ExternalDocs Example XPreserveUnknownFields XValidations]";

  private static final List<String> UNSUPPORTED =
      List.of("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref");

  private static final Set<String> META = Set.of("metadata", "kind", "apiVersion");

  private final Checks checks = new Checks();

  private SchemaValidation() {}

  /**
   * @param hasStatus the status is a subresource
   */
  static List<FieldError> validate(Json.Obj schema, boolean hasStatus, FieldPath at) {
    SchemaValidation validation = new SchemaValidation();
    if (hasStatus) {
      validation.root(schema, at);
    }
    if (flag(schema, "nullable")) {
      validation.checks.forbidden(at.child("nullable"), "nullable cannot be true at the root");
    }
    List<FieldError> structural = StructuralCheck.validate(schema, at);
    validation.checks.addAll(structural);
    if (structural.isEmpty()) {
      Structural root = SchemaReader.read(schema).asResource();
      validation.checks.addAll(DefaultsCheck.validate(root, at));
    }
    validation.schema(schema, at, new Context(true, false, "", true));
    return validation.checks.errors();
  }

  /**
   * Where a schema stands.
   *
   * @param noDefaults why there may be no defaults; empty where they may be
   */
  private record Context(boolean root, boolean insideMeta, String noDefaults, boolean defaults) {
    Context below() {
      return new Context(false, insideMeta, noDefaults, defaults);
    }

    Context withoutDefaults(String why) {
      return new Context(false, insideMeta, why, false);
    }

    Context inMeta() {
      return new Context(false, true, noDefaults, defaults);
    }
  }

  private void root(Json.Obj schema, FieldPath at) {
    String type = text(schema, "type");
    if (!type.isEmpty() && !type.equals("object")) {
      checks.invalid(
          at.child("type"),
          type,
          "only \"object\" is allowed as the type at the root of the schema if the status"
              + " subresource is enabled");
      return;
    }
    for (String word : schema.members().keySet()) {
      if (!ROOT_WORDS.contains(word)) {
        checks.invalid(
            at,
            schema,
            "only "
                + ROOT_FIELDS
                + " fields are allowed at the root of the schema if the status subresource is"
                + " enabled");
        return;
      }
    }
  }

  private void schema(Json.Obj schema, FieldPath at, Context context) {
    words(schema, at, context);
    if (flag(schema, "uniqueItems")) {
      checks.forbidden(
          at.child("uniqueItems"),
          "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
    }
    Json additional = schema.get("additionalProperties");
    if (additional != null) {
      if (!members(schema, "properties").isEmpty()) {
        checks.forbidden(
            at.child("additionalProperties"),
            "additionalProperties and properties are mutual exclusive");
      }
      Context below =
          context.insideMeta()
              ? context.withoutDefaults("inside additionalProperties applying to object metadata")
              : context.below();
      below(additional, at.child("additionalProperties"), below);
    }
    members(schema, "properties")
        .forEach(
            (name, property) -> {
              boolean meta =
                  META.contains(name)
                      && (context.root() || flag(schema, "x-kubernetes-embedded-resource"));
              Context below = meta ? context.inMeta() : context.below();
              if (meta && context.root()) {
                below = below.withoutDefaults("in top-level " + name);
              }
              below(property, at.child("properties").key(name), below);
            });
    below(schema.get("not"), at.child("not"), context.below());
    for (String word : List.of("allOf", "oneOf", "anyOf")) {
      List<Json> schemas = elements(schema.get(word));
      for (int i = 0; i < schemas.size(); i++) {
        below(schemas.get(i), at.child(word).index(i), context.below());
      }
    }
    below(schema.get("items"), at.child("items"), context.below());
    extensions(schema, at);
    rules(schema, at);
  }

  private void below(@Nullable Json schema, FieldPath at, Context context) {
    if (schema instanceof Json.Obj object) {
      schema(object, at, context);
    }
  }

  private void words(Json.Obj schema, FieldPath at, Context context) {
    String type = text(schema, "type");
    if (!type.isEmpty() && !TYPES.contains(type)) {
      checks.supported(at.child("type"), type, TYPES);
    }
    if (schema.get("default") != null && !context.defaults()) {
      String why = context.noDefaults().isEmpty() ? "" : " " + context.noDefaults();
      checks.forbidden(at.child("default"), "must not be set" + why);
    }
    for (String word : UNSUPPORTED) {
      if (schema.get(word) != null) {
        checks.forbidden(at.child(word), word + " is not supported");
      }
    }
    if (type.equals("null")) {
      checks.forbidden(
          at.child("type"), "type cannot be set to null, use nullable as an alternative");
    }
    if (schema.get("items") instanceof Json.Arr(var several) && !several.isEmpty()) {
      checks.forbidden(at.child("items"), "items must be a schema object and not an array");
    }
    if (context.insideMeta() && flag(schema, "x-kubernetes-embedded-resource")) {
      checks.forbidden(
          at.child("x-kubernetes-embedded-resource"), "must not be used inside of resource meta");
    }
  }

  private void extensions(Json.Obj schema, FieldPath at) {
    if (Json.Bool.FALSE.equals(schema.get("x-kubernetes-preserve-unknown-fields"))) {
      checks.invalid(
          at.child("x-kubernetes-preserve-unknown-fields"), false, "must be true or undefined");
    }
    String type = text(schema, "type");
    String mapType = text(schema, "x-kubernetes-map-type");
    String listType = text(schema, "x-kubernetes-list-type");
    if (!mapType.isEmpty()) {
      typed(at, type, "object", "must be object if x-kubernetes-map-type is specified");
      checks.supported(at.child("x-kubernetes-map-type"), mapType, List.of("atomic", "granular"));
    }
    Json.Obj items = schema.get("items") instanceof Json.Obj object ? object : null;
    if (!listType.isEmpty()) {
      typed(at, type, "array", "must be array if x-kubernetes-list-type is specified");
      if (type.equals("array") && listType.equals("set") && items != null) {
        setItems(items, at.child("items"));
      }
      checks.supported(
          at.child("x-kubernetes-list-type"), listType, List.of("atomic", "set", "map"));
    }
    List<Json> keys = elements(schema.get("x-kubernetes-list-map-keys"));
    if (!keys.isEmpty() && !listType.equals("map")) {
      String must = "must be map if x-kubernetes-list-map-keys is non-empty";
      if (listType.isEmpty()) {
        checks.required(at.child("x-kubernetes-list-type"), must);
      } else {
        checks.invalid(at.child("x-kubernetes-list-type"), listType, must);
      }
    }
    if (listType.equals("map")) {
      mapItems(keys, items, at);
    }
    if ((listType.equals("map") || listType.equals("set"))
        && items != null
        && flag(items, "nullable")) {
      checks.forbidden(
          at.child("items", "nullable"),
          "cannot be nullable when x-kubernetes-list-type is " + listType);
    }
  }

  private void typed(FieldPath at, String type, String wanted, String must) {
    if (type.isEmpty()) {
      checks.required(at.child("type"), must);
    } else if (!type.equals(wanted)) {
      checks.invalid(at.child("type"), type, must);
    }
  }

  private void setItems(Json.Obj items, FieldPath at) {
    String must = "must be atomic as item of a list with x-kubernetes-list-type=set";
    String listType = text(items, "x-kubernetes-list-type");
    String mapType = text(items, "x-kubernetes-map-type");
    switch (text(items, "type")) {
      case "array" -> {
        if (!listType.isEmpty() && !listType.equals("atomic")) {
          checks.invalid(at.child("x-kubernetes-list-type"), listType, must);
        }
      }
      case "object" -> {
        if (!mapType.equals("atomic")) {
          Object shown = listType.isEmpty() ? null : listType;
          checks.invalid(at.child("x-kubernetes-map-type"), shown, must);
        }
      }
      default -> {} // scalars are atomic
    }
  }

  private void mapItems(List<Json> keys, Json.@Nullable Obj items, FieldPath at) {
    FieldPath keysAt = at.child("x-kubernetes-list-map-keys");
    if (keys.isEmpty()) {
      checks.required(keysAt, "must not be empty if x-kubernetes-list-type is map");
    }
    if (items == null) {
      checks.required(at.child("items"), "must have a schema if x-kubernetes-list-type is map");
      return;
    }
    if (!text(items, "type").equals("object")) {
      checks.invalid(
          at.child("items", "type"),
          text(items, "type"),
          "must be object if parent array's x-kubernetes-list-type is map");
      return;
    }
    Map<String, Json> properties = members(items, "properties");
    List<Json> required = elements(items.get("required"));
    Set<Json> seen = new HashSet<>();
    for (Json each : keys) {
      String key = each instanceof Json.Str(String name) ? name : "";
      if (properties.get(key) instanceof Json.Obj property) {
        keyProperty(property, required.contains(each), at.child("items", "properties").key(key));
      } else {
        checks.invalid(keysAt, new Json.Arr(keys), "entries must all be names of item properties");
      }
      if (!seen.add(each)) {
        checks.invalid(keysAt, new Json.Arr(keys), "must not contain duplicate entries");
      }
    }
  }

  private void keyProperty(Json.Obj property, boolean required, FieldPath at) {
    String type = text(property, "type");
    if (type.equals("array") || type.equals("object")) {
      checks.invalid(
          at.child("type"),
          "object",
          "must be a scalar type if parent array's x-kubernetes-list-type is map");
    }
    if (!required && property.get("default") == null) {
      checks.required(
          at.child("default"),
          "this property is in x-kubernetes-list-map-keys, so it must have a default or be a"
              + " required property");
    }
    if (flag(property, "nullable")) {
      checks.forbidden(
          at.child("nullable"),
          "this property is in x-kubernetes-list-map-keys, so it cannot be nullable");
    }
  }

  /** Rules, as far as that shows before they are compiled, which {@link RuleChecks} does. */
  private void rules(Json.Obj schema, FieldPath at) {
    List<ValidationRule> rules = ValidationRule.of(schema);
    for (int i = 0; i < rules.size(); i++) {
      checks.addAll(
          RuleText.validate(rules.get(i), schema, at.child("x-kubernetes-validations").index(i)));
    }
  }

  static String text(Json.Obj schema, String word) {
    return schema.get(word) instanceof Json.Str(String text) ? text : "";
  }

  static boolean flag(Json.Obj schema, String word) {
    return Json.Bool.TRUE.equals(schema.get(word));
  }

  static Map<String, Json> members(Json.Obj schema, String word) {
    return schema.get(word) instanceof Json.Obj(var members) ? members : Map.of();
  }

  static List<Json> elements(@Nullable Json value) {
    return value instanceof Json.Arr(var elements) ? elements : new ArrayList<>();
  }
}
