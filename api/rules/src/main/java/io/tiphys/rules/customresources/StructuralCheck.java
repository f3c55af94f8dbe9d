package io.tiphys.rules.customresources;

import static io.tiphys.rules.customresources.SchemaValidation.elements;
import static io.tiphys.rules.customresources.SchemaValidation.flag;
import static io.tiphys.rules.customresources.SchemaValidation.members;
import static io.tiphys.rules.customresources.SchemaValidation.text;

import io.tiphys.codec.Json;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a schema is structural: every field has one type, and what is under {@code allOf} and its
 * like judges values alone. Checked against
 * apiextensions-apiserver/pkg/apiserver/schema/{validation,complete}.go.
 */
final class StructuralCheck {
  /** {@code anyOf} an integer or a string: what x-kubernetes-int-or-string may say besides. */
  private static final Json INT_OR_STRING =
      new Json.Arr(
          List.of(Json.Obj.of("type", Json.of("integer")), Json.Obj.of("type", Json.of("string"))));

  private static final List<String> JUNCTORS = List.of("anyOf", "allOf", "oneOf");

  /** What only the structure may say, and what is said where it is not. */
  private static final List<Map.Entry<String, String>> FORBIDDEN =
      List.of(
          Map.entry("type", "must be empty to be structural"),
          Map.entry("additionalProperties", "must be undefined to be structural"),
          Map.entry("default", "must be undefined to be structural"),
          Map.entry("title", "must be empty to be structural"),
          Map.entry("description", "must be empty to be structural"),
          Map.entry("nullable", "must be false to be structural"),
          Map.entry("x-kubernetes-preserve-unknown-fields", "must be false to be structural"),
          Map.entry("x-kubernetes-embedded-resource", "must be false to be structural"),
          Map.entry("x-kubernetes-int-or-string", "must be false to be structural"),
          Map.entry("x-kubernetes-list-map-keys", "must be empty to be structural"),
          Map.entry("x-kubernetes-list-type", "must be undefined to be structural"),
          Map.entry("x-kubernetes-map-type", "must be undefined to be structural"),
          Map.entry("x-kubernetes-validations", "must be empty to be structural"));

  private static final Set<String> NAMES = Set.of("name", "generateName");

  private final Checks checks = new Checks();

  private StructuralCheck() {}

  private enum Level {
    ROOT("must not be empty at the root"),
    ITEM("must not be empty for specified array items"),
    FIELD("must not be empty for specified object fields");

    private final String untyped;

    Level(String untyped) {
      this.untyped = untyped;
    }
  }

  static List<FieldError> validate(Json.Obj schema, FieldPath at) {
    StructuralCheck check = new StructuralCheck();
    check.structure(schema, Level.ROOT, at);
    check.complete(schema, schema, at, at);
    List<FieldError> errors = new ArrayList<>(check.checks.errors());
    errors.sort(Comparator.comparing(FieldError::message));
    return errors;
  }

  private void structure(Json.Obj schema, Level level, FieldPath at) {
    String type = text(schema, "type");
    boolean embedded = flag(schema, "x-kubernetes-embedded-resource");
    boolean preserves = flag(schema, "x-kubernetes-preserve-unknown-fields");
    boolean either = flag(schema, "x-kubernetes-int-or-string");
    Map<String, Json> properties = members(schema, "properties");
    if (type.equals("array") && !(schema.get("items") instanceof Json.Obj)) {
      checks.required(at.child("items"), "must be specified");
    }
    if (schema.get("items") instanceof Json.Obj items) {
      structure(items, Level.ITEM, at.child("items"));
    }
    properties.forEach(
        (name, property) -> {
          if (property instanceof Json.Obj object) {
            structure(object, Level.FIELD, at.child("properties").key(name));
          }
        });
    additional(schema.get("additionalProperties"), level, embedded, at);
    if (either && preserves) {
      checks.invalid(
          at.child("x-kubernetes-preserve-unknown-fields"),
          true,
          "must be false if x-kubernetes-int-or-string is true");
    }
    if (either && embedded) {
      checks.invalid(
          at.child("x-kubernetes-embedded-resource"),
          true,
          "must be false if x-kubernetes-int-or-string is true");
    }
    values(schema, at, true);
    if (embedded && !type.equals("object")) {
      String must = "must be object if x-kubernetes-embedded-resource is true";
      if (type.isEmpty()) {
        checks.required(at.child("type"), must);
      } else {
        checks.invalid(at.child("type"), type, must);
      }
    } else if (type.isEmpty() && !either && !preserves) {
      checks.required(at.child("type"), level.untyped);
    }
    if (level == Level.ROOT && !type.isEmpty() && !type.equals("object")) {
      checks.invalid(at.child("type"), type, "must be object at the root");
    }
    if (level == Level.ROOT || embedded) {
      meta(properties, level, at.child("properties"));
    }
    if (embedded && !preserves && properties.isEmpty()) {
      checks.required(
          at.child("properties"),
          "must not be empty if x-kubernetes-embedded-resource is true without"
              + " x-kubernetes-preserve-unknown-fields");
    }
  }

  private void additional(@Nullable Json value, Level level, boolean embedded, FieldPath at) {
    if (value == null) {
      return;
    }
    FieldPath below = at.child("additionalProperties");
    if (level == Level.ROOT) {
      checks.forbidden(below, "must not be used at the root");
    }
    if (value instanceof Json.Obj schema) {
      structure(schema, Level.FIELD, below);
    }
    if (embedded) {
      checks.forbidden(below, "must not be used if x-kubernetes-embedded-resource is set");
    }
  }

  private void meta(Map<String, Json> properties, Level level, FieldPath at) {
    for (String name : List.of("kind", "apiVersion")) {
      if (properties.get(name) instanceof Json.Obj property
          && !text(property, "type").equals("string")) {
        checks.invalid(at.key(name).child("type"), text(property, "type"), "must be string");
      }
    }
    if (!(properties.get("metadata") instanceof Json.Obj metadata)) {
      return;
    }
    FieldPath path = at.key("metadata");
    if (!text(metadata, "type").equals("object")) {
      checks.invalid(path.child("type"), text(metadata, "type"), "must be object");
    }
    boolean namesAlone = NAMES.containsAll(members(metadata, "properties").keySet());
    Json.Obj rest = metadata.without("type").without("default").without("properties");
    boolean restricts = rest.members().keySet().stream().anyMatch(StructuralCheck::isStructure);
    if (level == Level.ROOT && (!namesAlone || restricts)) {
      checks.forbidden(
          path,
          "must not specify anything other than name and generateName, but metadata is implicitly"
              + " specified");
    }
  }

  private static boolean isStructure(String word) {
    return FORBIDDEN.stream().anyMatch(entry -> entry.getKey().equals(word))
        || word.equals("items");
  }

  /**
   * @param structural the schema is one of the structure, which may say once more that a value is a
   *     number or a string
   */
  private void values(Json.Obj schema, FieldPath at, boolean structural) {
    for (String junctor : JUNCTORS) {
      List<Json> schemas = elements(schema.get(junctor));
      if (structural && junctor.equals("anyOf") && INT_OR_STRING.equals(schema.get(junctor))) {
        continue;
      }
      for (int i = 0; i < schemas.size(); i++) {
        boolean first = structural && junctor.equals("allOf") && i == 0;
        if (schemas.get(i) instanceof Json.Obj nested) {
          boolean allowed = first && INT_OR_STRING.equals(nested.get("anyOf"));
          Json.Obj judged = allowed ? nested.without("anyOf") : nested;
          nested(judged, at.child(junctor).index(i));
        }
      }
    }
    if (schema.get("not") instanceof Json.Obj not) {
      nested(not, at.child("not"));
    }
    String pattern = text(schema, "pattern");
    if (!pattern.isEmpty()) {
      try {
        GoPattern.compile(pattern);
      } catch (IllegalArgumentException e) {
        checks.invalid(
            at.child("pattern"),
            pattern,
            "must be a valid regular expression, but isn't: " + e.getMessage());
      }
    }
  }

  private void nested(Json.Obj schema, FieldPath at) {
    values(schema, at, false);
    if (schema.get("items") instanceof Json.Obj items) {
      nested(items, at.child("items"));
    }
    Map<String, Json> properties = members(schema, "properties");
    properties.forEach(
        (name, property) -> {
          if (property instanceof Json.Obj object) {
            nested(object, at.child("properties").key(name));
          }
        });
    for (Map.Entry<String, String> entry : FORBIDDEN) {
      if (schema.get(entry.getKey()) != null) {
        checks.forbidden(at.child(entry.getKey()), entry.getValue());
      }
    }
    if (properties.containsKey("metadata")) {
      checks.forbidden(
          at.child("properties").key("metadata"), "must not be specified in a nested context");
    }
  }

  /** What values are judged by must be there in the structure. */
  private void complete(Json.Obj values, Json.Obj schema, FieldPath at, FieldPath from) {
    for (String junctor : JUNCTORS) {
      List<Json> schemas = elements(values.get(junctor));
      for (int i = 0; i < schemas.size(); i++) {
        if (schemas.get(i) instanceof Json.Obj nested) {
          completeNested(nested, schema, at, from.child(junctor).index(i));
        }
      }
    }
    if (values.get("not") instanceof Json.Obj not) {
      completeNested(not, schema, at, from.child("not"));
    }
  }

  private void completeNested(Json.Obj values, Json.Obj schema, FieldPath at, FieldPath from) {
    complete(values, schema, at, from);
    if (values.get("items") instanceof Json.Obj items) {
      inStructure(items, schema.get("items"), at.child("items"), from.child("items"));
    }
    members(values, "properties")
        .forEach(
            (name, property) -> {
              if (property instanceof Json.Obj object) {
                inStructure(
                    object,
                    members(schema, "properties").get(name),
                    at.child("properties").key(name),
                    from.child("properties").key(name));
              }
            });
  }

  private void inStructure(Json.Obj values, @Nullable Json schema, FieldPath at, FieldPath from) {
    if (schema instanceof Json.Obj object) {
      completeNested(values, object, at, from);
    } else {
      checks.required(at, "because it is defined in " + from);
    }
  }
}
