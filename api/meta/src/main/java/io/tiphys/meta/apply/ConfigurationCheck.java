package io.tiphys.meta.apply;

import io.tiphys.codec.Json;
import io.tiphys.meta.GoText;
import io.tiphys.meta.Schema;
import io.tiphys.meta.Schema.Scalar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is wrong with an applied configuration: fields that the schema does not know, values of the
 * wrong type, elements that share a name.
 *
 * <p>Checked against structured-merge-diff/typed/validate.go.
 */
final class ConfigurationCheck {
  private final List<String> problems = new ArrayList<>();

  private ConfigurationCheck() {}

  /** Empty if nothing is wrong, else upstream's message. */
  static String problems(Json value, Schema schema) {
    ConfigurationCheck check = new ConfigurationCheck();
    check.check(value, schema, "");
    return check.problems.size() <= 1
        ? String.join("", check.problems)
        : "errors:\n  " + String.join("\n  ", check.problems);
  }

  private void check(Json value, Schema schema, String path) {
    if (value == Json.Null.NULL) {
      return;
    }
    switch (schema) {
      case Schema.Struct struct -> checkStruct(value, struct, path);
      case Schema.MapOf map -> {
        if (value instanceof Json.Obj(var members)) {
          members.forEach((name, each) -> check(each, map.element().get(), path + "." + name));
        } else {
          problem(path, "expected map, got " + printed(value));
        }
      }
      case Schema.ListOf list -> checkList(value, list, path);
      case Scalar scalar -> checkScalar(value, scalar, path);
    }
  }

  private void checkStruct(Json value, Schema.Struct struct, String path) {
    if (!(value instanceof Json.Obj(var members))) {
      problem(path, "expected map, got " + printed(value));
      return;
    }
    members.forEach(
        (name, each) -> {
          Schema member = struct.member(name);
          if (member == null) {
            problem(path + "." + name, "field not declared in schema");
          } else {
            check(each, member, path + "." + name);
          }
        });
  }

  private void checkList(Json value, Schema.ListOf list, String path) {
    if (!(value instanceof Json.Arr(var elements))) {
      problem(path, "expected list, got " + printed(value));
      return;
    }
    Set<PathElement> seen = new HashSet<>();
    for (int i = 0; i < elements.size(); i++) {
      PathElement name = PathElement.index(i);
      if (list.kind() != Schema.ListKind.ATOMIC) {
        try {
          name = Shape.nameOf(list, elements.get(i));
        } catch (IllegalArgumentException e) {
          problem(path, "element " + i + ": " + e.getMessage());
          return;
        }
        if (!seen.add(name)) {
          problem(path, "duplicate entries for key " + name);
        }
      }
      check(elements.get(i), list.element().get(), path + name);
    }
  }

  private void checkScalar(Json value, Scalar scalar, String path) {
    boolean composed = value instanceof Json.Obj || value instanceof Json.Arr;
    boolean number = value instanceof Json.Int || value instanceof Json.Num;
    switch (scalar) {
      case ANY -> {}
      case INTEGER, NUMBER -> {
        if (!number) {
          problem(path, "expected numeric (int or float), got " + goType(value));
        }
      }
      case STRING, BYTES, TIME, MICRO_TIME -> {
        if (!(value instanceof Json.Str)) {
          problem(
              path, "expected string, got &value.valueUnstructured{Value:" + goSyntax(value) + "}");
        }
      }
      case BOOLEAN -> {
        if (!(value instanceof Json.Bool)) {
          problem(path, "expected boolean, got " + printed(value));
        }
      }
      case QUANTITY, INT_OR_STRING -> {
        if (composed) {
          problem(path, "expected any scalar, got " + printed(value));
        }
      }
    }
  }

  private void problem(String path, String message) {
    problems.add(path.isEmpty() ? message : path + ": " + message);
  }

  private static String printed(Json value) {
    return "&{" + GoText.value(value) + "}";
  }

  private static String goType(Json value) {
    return switch (value) {
      case Json.Obj _ -> "map[string]interface {}";
      case Json.Arr _ -> "[]interface {}";
      case Json.Str _ -> "string";
      case Json.Bool _ -> "bool";
      case Json.Int _ -> "int64";
      case Json.Num _ -> "float64";
      case Json.Null _ -> "<nil>";
    };
  }

  private static String goSyntax(Json value) {
    return switch (value) {
      case Json.Str(var text) -> GoText.quote(text);
      case Json.Obj(var members) -> {
        List<String> parts = new ArrayList<>();
        new TreeMap<>(members)
            .forEach((name, each) -> parts.add(GoText.quote(name) + ":" + goSyntax(each)));
        yield "map[string]interface {}{" + String.join(", ", parts) + "}";
      }
      case Json.Arr(var elements) ->
          "[]interface {}{"
              + String.join(", ", elements.stream().map(ConfigurationCheck::goSyntax).toList())
              + "}";
      default -> GoText.value(value);
    };
  }
}
