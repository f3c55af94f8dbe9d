package io.tiphys.rules.customresources;

import io.tiphys.codec.Json;
import io.tiphys.meta.GoText;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.customresources.ValueChecks.Combinations;
import io.tiphys.rules.customresources.ValueChecks.Sizes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a value, by its schema. What an update leaves as it was is not looked at
 * again. Checked against kube-openapi/pkg/validation/validate and
 * apiextensions-apiserver/pkg/apiserver/validation (validation.go, ratcheting.go).
 */
final class ValueValidation {
  /** Stands in messages for where a value comes from. */
  private static final String IN = " in body ";

  private final String root;

  private ValueValidation(String root) {
    this.root = root;
  }

  /** What was found, and how many checks were made: the best of several schemas has most. */
  private static final class Findings {
    final List<FieldError> errors = new ArrayList<>();
    int checks;

    void merge(Findings other) {
      errors.addAll(other.errors);
      checks += other.checks;
    }
  }

  /**
   * @param root before all fields, such as {@code status}; empty for a whole object
   * @param old what is there now; null for something new
   */
  static List<FieldError> validate(String root, Json value, @Nullable Json old, Structural schema) {
    return new ValueValidation(root).check(value, old, schema, "").errors;
  }

  private Findings check(Json value, @Nullable Json old, Structural schema, String path) {
    Findings found = new Findings();
    if (value.equals(old)) {
      found.checks++;
      return found;
    }
    type(value, schema, path, found);
    if (value != Json.Null.NULL) {
      combinations(value, old, schema, path, found);
      switch (value) {
        case Json.Str(String text) -> string(text, schema, path, found);
        case Json.Int _, Json.Num _ -> number(value, schema, path, found);
        case Json.Arr(var elements) -> array(elements, old, schema, path, found);
        case Json.Obj object -> object(object, old, schema, path, found);
        default -> {}
      }
    }
    enumeration(value, schema, path, found);
    found.checks++;
    return found;
  }

  private void type(Json value, Structural schema, String path, Findings found) {
    boolean either = schema.extensions().intOrString();
    String wanted = either ? "integer,string" : schema.type();
    if (wanted.isEmpty()) {
      return;
    }
    found.checks++;
    String present = typeOf(value);
    boolean fits =
        value == Json.Null.NULL
            ? schema.nullable()
            : either
                ? present.equals("integer") || present.equals("string") || isWhole(value)
                : present.equals(wanted)
                    || (wanted.equals("number") && present.equals("integer"))
                    || (wanted.equals("integer") && isWhole(value));
    if (!fits) {
      String problem = path + IN + "must be of type " + wanted + ": \"" + present + "\"";
      found.errors.add(FieldError.typeInvalid(at(path), present, problem));
    }
  }

  private static boolean isWhole(Json value) {
    return value instanceof Json.Num(double number) && number == Math.rint(number);
  }

  private static String typeOf(Json value) {
    return switch (value) {
      case Json.Obj _ -> "object";
      case Json.Arr _ -> "array";
      case Json.Str _ -> "string";
      case Json.Int _ -> "integer";
      case Json.Num _ -> "number";
      case Json.Bool _ -> "boolean";
      case Json.Null _ -> "null";
    };
  }

  private void combinations(
      Json value, @Nullable Json old, Structural schema, String path, Findings found) {
    Combinations all = schema.values().combinations();
    found.checks++;
    if (all.isEmpty()) {
      return;
    }
    if (!all.anyOf().isEmpty()) {
      anyOf(value, old, all.anyOf(), path, found);
    }
    if (!all.oneOf().isEmpty()) {
      oneOf(value, old, all.oneOf(), path, found);
    }
    if (!all.allOf().isEmpty()) {
      int fitting = 0;
      for (Structural each : all.allOf()) {
        Findings findings = check(value, old, each, path);
        fitting += findings.errors.isEmpty() ? 1 : 0;
        found.merge(findings);
      }
      if (fitting < all.allOf().size()) {
        String none = fitting == 0 ? ". None validated" : "";
        whole(found, quoted(path) + " must validate all the schemas (allOf)" + none);
      }
    }
    Structural not = all.not();
    if (not != null && check(value, old, not, path).errors.isEmpty()) {
      whole(found, quoted(path) + " must not validate the schema (not)");
    }
  }

  private void anyOf(
      Json value, @Nullable Json old, List<Structural> schemas, String path, Findings found) {
    Findings best = null;
    for (Structural each : schemas) {
      Findings findings = check(value, old, each, path);
      if (findings.errors.isEmpty()) {
        found.merge(findings);
        return;
      }
      best = best == null || findings.checks > best.checks ? findings : best;
    }
    whole(found, quoted(path) + " must validate at least one schema (anyOf)");
    if (best != null) {
      found.merge(best);
    }
  }

  private void oneOf(
      Json value, @Nullable Json old, List<Structural> schemas, String path, Findings found) {
    Findings best = null;
    int fitting = 0;
    for (Structural each : schemas) {
      Findings findings = check(value, old, each, path);
      if (findings.errors.isEmpty()) {
        fitting++;
        best = null;
      } else if (fitting == 0 && (best == null || findings.checks > best.checks)) {
        best = findings;
      }
    }
    if (fitting == 1) {
      return;
    }
    String why = fitting == 0 ? "Found none valid" : "Found " + fitting + " valid alternatives";
    whole(found, quoted(path) + " must validate one and only one schema (oneOf). " + why);
    if (best != null) {
      found.merge(best);
    }
  }

  private void string(String text, Structural schema, String path, Findings found) {
    ValueChecks values = schema.values();
    Sizes sizes = values.sizes();
    long length = text.codePointCount(0, text.length());
    found.checks++;
    if (sizes.maxLength() != null && length > sizes.maxLength()) {
      found.errors.add(FieldError.tooLong(at(path), Math.toIntExact(sizes.maxLength())));
    } else if (sizes.minLength() != null && length < sizes.minLength()) {
      invalid(found, path, text, "should be at least " + sizes.minLength() + " chars long");
    } else if (values.pattern() != null && !values.pattern().finds(text)) {
      invalid(found, path, text, "should match '" + values.pattern() + "'");
    }
    boolean formatted = !values.format().isEmpty() && !Bounded.isNumeric(values.format());
    if (formatted && !Formats.fits(values.format(), text)) {
      String problem = path + IN + "must be of type " + values.format() + ": " + quoted(text);
      found.errors.add(FieldError.typeInvalid(at(path), text, problem));
    }
  }

  private void number(Json value, Structural schema, String path, Findings found) {
    found.checks++;
    String range = Bounded.outOfRange(value, schema, path);
    if (range != null) {
      whole(found, range);
    }
    for (String problem : Bounded.problems(value, schema.values().bounds())) {
      invalid(found, path, value, problem);
    }
  }

  private void array(
      List<Json> elements, @Nullable Json old, Structural schema, String path, Findings found) {
    Structural items = schema.items();
    found.checks++;
    OldElements olds = Correlation.elements(old, schema);
    for (int i = 0; i < elements.size() && items != null; i++) {
      Json before = olds.find(elements.get(i));
      found.merge(check(elements.get(i), before, items, path + "[" + i + "]"));
    }
    Sizes sizes = schema.values().sizes();
    long size = elements.size();
    if (sizes.minItems() != null && size < sizes.minItems()) {
      invalid(found, path, size, "should have at least " + sizes.minItems() + " items");
    }
    if (sizes.maxItems() != null && size > sizes.maxItems()) {
      found.errors.add(
          FieldError.tooMany(at(path), Math.toIntExact(size), Math.toIntExact(sizes.maxItems())));
    }
    if (schema.values().uniqueItems() && elements.stream().distinct().count() < size) {
      invalid(found, path, "", "shouldn't contain duplicates");
    }
  }

  private void object(
      Json.Obj object, @Nullable Json old, Structural schema, String path, Findings found) {
    Sizes sizes = schema.values().sizes();
    long size = object.members().size();
    found.checks++;
    if (sizes.minProperties() != null && size < sizes.minProperties()) {
      invalid(found, path, size, "should have at least " + sizes.minProperties() + " properties");
    }
    if (sizes.maxProperties() != null && size > sizes.maxProperties()) {
      found.errors.add(
          FieldError.tooMany(
              at(path), Math.toIntExact(size), Math.toIntExact(sizes.maxProperties())));
    }
    Structural.Additional additional = schema.additional();
    object
        .members()
        .forEach(
            (name, value) -> {
              Structural field = schema.field(name);
              if (field != null) {
                String below = path.isEmpty() ? name : path + "." + name;
                found.merge(check(value, Correlation.member(old, schema, name), field, below));
              } else if (additional != null && !additional.allowed()) {
                String problem = path + "." + name + IN + "is a forbidden property";
                found.errors.add(FieldError.invalid(at(path), name, problem));
              }
            });
    for (String name : schema.values().required()) {
      if (object.get(name) == null) {
        found.errors.add(FieldError.required(at(path + "." + name), ""));
      }
    }
  }

  private void enumeration(Json value, Structural schema, String path, Findings found) {
    List<Json> values = schema.values().enumeration();
    found.checks++;
    boolean known = values.isEmpty() || values.stream().anyMatch(each -> same(each, value));
    if (!known) {
      List<String> shown =
          values.stream()
              .map(each -> each instanceof Json.Str(String s) ? s : each.text())
              .toList();
      found.errors.add(FieldError.notSupported(at(path), value, shown));
    }
  }

  private static boolean same(Json wanted, Json value) {
    return wanted.equals(value)
        || (wanted instanceof Json.Int(long whole)
            && value instanceof Json.Num(double number)
            && whole == number);
  }

  private void invalid(Findings found, String path, Object value, String problem) {
    found.errors.add(FieldError.invalid(at(path), value, path + IN + problem));
  }

  /** A problem of which upstream does not say where it is. */
  private void whole(Findings found, String problem) {
    found.errors.add(
        FieldError.invalid(FieldPath.of(root.isEmpty() ? "<nil>" : root), "", problem));
  }

  private FieldPath at(String path) {
    String field = path.startsWith(".") ? path.substring(1) : path;
    if (field.isEmpty()) {
      return FieldPath.of(root.isEmpty() ? "<nil>" : root);
    }
    return FieldPath.of(root.isEmpty() ? field : root + "." + field);
  }

  private static String quoted(String text) {
    return GoText.quote(text);
  }
}
