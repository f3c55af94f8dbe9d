package io.tiphys.build.types;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.stream.JsonWriter;
import io.tiphys.build.types.Shape.ListOf;
import io.tiphys.build.types.Shape.MapOf;
import io.tiphys.build.types.Shape.Scalar;
import io.tiphys.build.types.Shape.Struct;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The definitions of all types as upstream's OpenAPI v2 document has them. */
final class OpenApiDefinitions {
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
  private static final String QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";
  private static final String INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
  private static final String RAW_EXTENSION = "io.k8s.apimachinery.pkg.runtime.RawExtension";
  private static final String EXTENSIONS =
      "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";

  private final Packages packages;
  private final Map<TypeName, TypeDef> types;
  private final Enums enums = Enums.load();
  private final Map<String, String> defaults = namedDefaults();
  private final Descriptions descriptions = Descriptions.load();
  private final StringWriter text = new StringWriter();
  private final JsonWriter out = new JsonWriter(text);

  OpenApiDefinitions(Packages packages, Map<TypeName, TypeDef> types) {
    this.packages = packages;
    this.types = types;
  }

  String write() {
    try {
      out.setHtmlSafe(false);
      out.beginObject();
      for (TypeDef type : types.values()) {
        definition(type);
      }
      leaves();
      written();
      out.endObject();
      return text.toString();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private String name(TypeName type) {
    return packages.of(type.pkg()).definitions() + "." + type.simple();
  }

  private void definition(TypeDef type) throws IOException {
    out.name(name(type.name())).beginObject();
    text("description", descriptions.better(type.name().toString(), type.description()));
    out.name("type").value("object");
    List<FieldDef> fields =
        type.fields().stream().sorted(Comparator.comparing(FieldDef::json)).toList();
    List<String> required =
        type.fields().stream().filter(FieldDef::required).map(FieldDef::json).toList();
    if (!required.isEmpty()) {
      out.name("required").beginArray();
      for (String each : required) {
        out.value(each);
      }
      out.endArray();
    }
    out.name("properties").beginObject();
    if (type.hasKind() || type.role() == TypeDef.Role.LIST) {
      typeMeta();
    }
    for (FieldDef field : fields) {
      out.name(field.json()).beginObject();
      field(type, field);
      if (type.role() != TypeDef.Role.LIST) {
        markers(field);
      }
      out.endObject();
    }
    out.endObject();
    if (type.facts().has("atomic")) {
      out.name("x-kubernetes-map-type").value("atomic");
    }
    if (type.hasKind() || type.role() == TypeDef.Role.LIST) {
      groupVersionKind(type.name());
    }
    String union = type.facts().value("union");
    if (union != null) {
      union(union);
    }
    out.endObject();
  }

  private void field(TypeDef type, FieldDef field) throws IOException {
    String of = type.name() + "." + field.json();
    String description = descriptions.better(of, field.description());
    List<Enums.Value> values = enums.of(type.name(), field);
    boolean simple = field.shape() instanceof Scalar;
    text(
        "description",
        simple && !values.isEmpty() ? Enums.described(description, values) : description);
    shape(type.name(), field.shape(), values);
    defaults(of, field);
  }

  /** By type and field; values in JSON. */
  private static Map<String, String> namedDefaults() {
    Map<String, String> named = new HashMap<>();
    for (String line : Tables.lines("defaults.table")) {
      int space = line.indexOf(' ');
      named.put(line.substring(0, space), line.substring(space + 1));
    }
    return named;
  }

  /** Where Go cannot tell absent from zero, or the tables name another value. */
  private void defaults(String of, FieldDef field) throws IOException {
    String named = defaults.get(of);
    if (named != null) {
      out.name("default").jsonValue(named);
    } else if (!field.pointer() && field.shape() instanceof Struct) {
      out.name("default").beginObject().endObject();
    } else if (field.written() && !field.pointer() && field.shape() instanceof Scalar scalar) {
      switch (scalar) {
        case STRING -> out.name("default").value("");
        case INT, LONG, DOUBLE -> out.name("default").value(0);
        case BOOLEAN -> out.name("default").value(false);
        default -> {} // null, or a definition of its own
      }
    }
  }

  private void text(String name, String value) throws IOException {
    if (!value.isEmpty()) {
      out.name(name).value(value);
    }
  }

  private void typeMeta() throws IOException {
    out.name("apiVersion").beginObject();
    text(
        "description",
        "APIVersion defines the versioned schema of this representation of an object. Servers"
            + " should convert recognized schemas to the latest internal value, and may reject"
            + " unrecognized values. More info:"
            + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources");
    out.name("type").value("string").endObject();
    out.name("kind").beginObject();
    text(
        "description",
        "Kind is a string value representing the REST resource this object represents. Servers may"
            + " infer this from the endpoint the client submits requests to. Cannot be updated. In"
            + " CamelCase. More info:"
            + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds");
    out.name("type").value("string").endObject();
  }

  private void groupVersionKind(TypeName name) throws IOException {
    if (name.toString().equals("meta.v1.DeleteOptions")) {
      out.name("x-kubernetes-group-version-kind").jsonValue(everywhere(name.simple()).toString());
      return;
    }
    ApiPackage pkg = packages.of(name.pkg());
    out.name("x-kubernetes-group-version-kind").beginArray().beginObject();
    out.name("group").value(pkg.group());
    out.name("kind").value(name.simple());
    out.name("version").value(pkg.version());
    out.endObject().endArray();
  }

  /** {@code type(a,b)}: the discriminator, which may be missing, and the members. */
  private void union(String fact) throws IOException {
    String discriminator = fact.substring(0, fact.indexOf('('));
    out.name("x-kubernetes-unions").beginArray().beginObject();
    text("discriminator", discriminator);
    out.name("fields-to-discriminateBy").beginObject();
    for (String member : fact.substring(fact.indexOf('(') + 1, fact.length() - 1).split(",")) {
      out.name(member).value(Character.toUpperCase(member.charAt(0)) + member.substring(1));
    }
    out.endObject().endObject().endArray();
  }

  private void shape(TypeName owner, Shape shape, List<Enums.Value> values) throws IOException {
    switch (shape) {
      case Struct struct -> reference(name(struct.name()));
      case ListOf list -> {
        out.name("type").value("array").name("items").beginObject();
        shape(owner, list.element(), values);
        out.endObject();
      }
      case MapOf map -> {
        out.name("type").value("object").name("additionalProperties").beginObject();
        shape(owner, map.element(), values);
        out.endObject();
      }
      case Scalar scalar -> {
        if (!values.isEmpty()) {
          out.name("enum").beginArray();
          for (Enums.Value each : values) {
            out.value(each.value());
          }
          out.endArray();
        }
        switch (scalar) {
          case STRING -> simple("string", "");
          case INT -> simple("integer", "int32");
          case LONG -> simple("integer", "int64");
          case DOUBLE -> simple("number", "double");
          case BOOLEAN -> simple("boolean", "");
          case BYTES -> simple("string", "byte");
          case TIME -> reference(META + "Time");
          case MICRO_TIME -> reference(META + "MicroTime");
          case QUANTITY -> reference(QUANTITY);
          case INT_OR_STRING -> reference(INT_OR_STRING);
          case ANY -> reference(any(owner));
          case EMPTY_OBJECT -> reference(EXTENSIONS + "CustomResourceSubresourceStatus");
          case SCHEMA_OR_ARRAY -> reference(EXTENSIONS + "JSONSchemaPropsOrArray");
          case SCHEMA_OR_BOOL -> reference(EXTENSIONS + "JSONSchemaPropsOrBool");
          case SCHEMA_OR_STRINGS -> reference(EXTENSIONS + "JSONSchemaPropsOrStringArray");
        }
      }
    }
  }

  /** What Go calls free JSON, in the package of the type that holds it. */
  private static String any(TypeName owner) {
    return switch (owner.pkg()) {
      case "meta.v1" -> META + "FieldsV1";
      case "apiextensions.v1" -> EXTENSIONS + "JSON";
      default -> RAW_EXTENSION;
    };
  }

  private void reference(String name) throws IOException {
    out.name("$ref").value("#/definitions/" + name);
  }

  private void simple(String type, String format) throws IOException {
    out.name("type").value(type);
    text("format", format);
  }

  private void markers(FieldDef field) throws IOException {
    Facts facts = field.facts();
    if (field.shape() instanceof ListOf && !facts.has("unmarked")) {
      String keys = facts.value("map");
      if (keys != null) {
        out.name("x-kubernetes-list-map-keys").beginArray();
        for (String key : keys.split(",")) {
          out.value(key);
        }
        out.endArray();
      }
      out.name("x-kubernetes-list-type")
          .value(keys != null ? "map" : facts.has("set") ? "set" : "atomic");
    }
    if (facts.has("atomic") || facts.has("granular")) {
      out.name("x-kubernetes-map-type").value(facts.has("atomic") ? "atomic" : "granular");
    }
    String merge = facts.value("merge");
    if (merge != null && !merge.isEmpty()) {
      out.name("x-kubernetes-patch-merge-key").value(merge);
    }
    String strategy =
        merge != null && facts.has("retainKeys")
            ? "merge,retainKeys"
            : merge != null
                ? "merge"
                : facts.has("retainKeys") ? "retainKeys" : facts.has("replace") ? "replace" : "";
    text("x-kubernetes-patch-strategy", strategy);
  }

  /** The types that are plain values in Java. */
  private void leaves() throws IOException {
    leaf(
        META + "Time",
        "Time is a wrapper around time.Time which supports correct marshaling to YAML and JSON. "
            + " Wrappers are provided for many of the factory methods that the time package"
            + " offers.",
        "string",
        "date-time");
    leaf(
        META + "MicroTime",
        "MicroTime is version of Time with microsecond level precision.",
        "string",
        "date-time");
    leaf(QUANTITY, "Quantity is a fixed-point representation of a number.", "string", "");
    leaf(
        INT_OR_STRING,
        "IntOrString is a type that can hold an int32 or a string.",
        "string",
        "int-or-string");
    leaf(
        META + "FieldsV1",
        "FieldsV1 stores a set of fields in a data structure like a Trie, in JSON format. The exact"
            + " format is defined in sigs.k8s.io/structured-merge-diff",
        "object",
        "");
    leaf(
        META + "Patch",
        "Patch is provided to give a concrete name and type to the Kubernetes PATCH request body.",
        "object",
        "");
    leaf(RAW_EXTENSION, "RawExtension holds any object in its serialized form.", "object", "");
    leaf(
        EXTENSIONS + "JSON",
        "JSON represents any valid JSON value. These types are supported: bool, int64, float64,"
            + " string, []interface{}, map[string]interface{} and nil.",
        "",
        "");
    leaf(
        EXTENSIONS + "JSONSchemaPropsOrArray",
        "JSONSchemaPropsOrArray represents a value that can either be a JSONSchemaProps or an"
            + " array of JSONSchemaProps. Mainly here for serialization purposes.",
        "",
        "");
    leaf(
        EXTENSIONS + "JSONSchemaPropsOrBool",
        "JSONSchemaPropsOrBool represents JSONSchemaProps or a boolean value. Defaults to true for"
            + " the boolean property.",
        "",
        "");
    leaf(
        EXTENSIONS + "JSONSchemaPropsOrStringArray",
        "JSONSchemaPropsOrStringArray represents a JSONSchemaProps or a string array.",
        "",
        "");
    leaf(
        EXTENSIONS + "CustomResourceSubresourceStatus",
        "CustomResourceSubresourceStatus defines how to serve the status subresource for"
            + " CustomResources. Status is represented by the `.status` JSON path inside of a"
            + " CustomResource.",
        "object",
        "");
  }

  /** What no record stands for, as it is in {@code definitions.json}. */
  private void written() throws IOException {
    for (var definition : Descriptions.Json.object("definitions.json").entrySet()) {
      JsonObject members = definition.getValue().getAsJsonObject();
      if (definition.getKey().equals(META + "WatchEvent")) {
        members.add("x-kubernetes-group-version-kind", everywhere("WatchEvent"));
      }
      out.name(definition.getKey()).jsonValue(members.toString());
    }
  }

  /** A kind that every group and version has. */
  private static JsonArray everywhere(String kind) {
    JsonArray kinds = new JsonArray();
    for (String line : Tables.lines("versions.table")) {
      JsonObject each = new JsonObject();
      each.addProperty("group", line.substring(0, line.indexOf('/')));
      each.addProperty("kind", kind);
      each.addProperty("version", line.substring(line.indexOf('/') + 1));
      kinds.add(each);
    }
    return kinds;
  }

  private void leaf(String name, String description, String type, String format)
      throws IOException {
    out.name(name).beginObject();
    text("description", descriptions.better(name, description));
    text("type", type);
    text("format", format);
    out.endObject();
  }
}
