package io.tiphys.rules.customresources;

import io.tiphys.api.apiextensions.v1.JSONSchemaProps;
import io.tiphys.api.apiextensions.v1.SelectableField;
import io.tiphys.codec.Json;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields that watches and lists of custom objects can be narrowed by: which paths they may
 * have, and their values. Pure. Checked against ValidateCustomResourceSelectableFields in
 * apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go and ValidFieldPath in
 * pkg/apiserver/schema/cel/validation.go.
 */
final class SelectableFields {
  /** Upstream's MaxSelectableFields. */
  private static final int MOST = 8;

  private static final Set<String> TYPES = Set.of("string", "boolean", "integer");

  private SelectableFields() {}

  /** The field's name in a selector: its path without the dot that it begins with. */
  static String name(SelectableField field) {
    String path = field.jsonPath();
    return path.startsWith(".") ? path.substring(1) : path;
  }

  /** What an object has there, as a selector compares it; empty if it has nothing. */
  static String value(Json.Obj content, List<String> path) {
    return switch (CustomPaths.get(content, path)) {
      case null -> "";
      case Json.Null _ -> "";
      case Json.Str(String text) -> text;
      case Json value -> value.text();
    };
  }

  static List<FieldError> validate(
      List<SelectableField> fields, @Nullable JSONSchemaProps schema, FieldPath path) {
    List<FieldError> errors = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < fields.size(); i++) {
      FieldPath at = path.index(i).child("jsonPath");
      String given = fields.get(i).jsonPath();
      if (given.isEmpty()) {
        errors.add(FieldError.required(at, ""));
        continue;
      }
      String problem = problem(given, schema);
      if (problem != null) {
        errors.add(FieldError.invalid(at, given, "is an invalid path: " + problem));
        continue;
      }
      judge(given, schema, at, errors);
      if (!seen.add(given)) {
        errors.add(FieldError.duplicate(at, given));
      }
    }
    if (seen.size() > MOST) {
      errors.add(FieldError.tooMany(path, seen.size(), MOST));
    }
    return errors;
  }

  private static void judge(
      String given, @Nullable JSONSchemaProps schema, FieldPath at, List<FieldError> errors) {
    List<String> words = CustomPaths.words(given);
    if (words.getFirst().equals("metadata")) {
      errors.add(FieldError.invalid(at, given, "must not point to fields in metadata"));
    }
    JSONSchemaProps found = schema;
    for (String word : words) {
      found = found == null ? null : found.properties().get(word);
    }
    if (found == null || !TYPES.contains(found.type())) {
      errors.add(
          FieldError.invalid(
              at,
              given,
              "must point to a field of type string, boolean or integer. Enum string fields and"
                  + " strings with formats are allowed."));
    }
  }

  private static @Nullable String problem(String given, @Nullable JSONSchemaProps schema) {
    if (given.indexOf('[') >= 0) {
      return "array notation is not allowed";
    }
    if (given.charAt(0) != '.') {
      return "expected [ or . but got: " + given.split("\\.", 2)[0];
    }
    List<String> words = CustomPaths.words(given);
    if (words.contains("")) {
      return "unexpected end of JSON path";
    }
    if (words.getFirst().equals("metadata")) {
      return null;
    }
    JSONSchemaProps current = schema;
    for (String word : words) {
      current = current == null ? null : current.properties().get(word);
      if (current == null) {
        return "does not refer to a valid field";
      }
    }
    return null;
  }
}
