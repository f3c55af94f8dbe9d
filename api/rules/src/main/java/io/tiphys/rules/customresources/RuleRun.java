package io.tiphys.rules.customresources;

import io.tiphys.cel.Limits;
import io.tiphys.cel.Program;
import io.tiphys.cel.schema.TreeValues;
import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.OptionalValue;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.Value;
import io.tiphys.codec.Json;
import io.tiphys.meta.GoText;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges one object by the rules of its schema, within one budget. Checked against
 * apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go.
 */
final class RuleRun {
  /** Longer messages are not taken from expressions. */
  private static final int LONGEST_MESSAGE = 5 * 1024;

  private static final String OUT_OF_BUDGET =
      "validation failed due to running out of cost budget, no further validation rules will be"
          + " run";

  private final List<FieldError> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private long budget = Limits.RUNTIME_BUDGET;

  private RuleRun() {}

  /**
   * What was found.
   *
   * @param warnings of rules that failed on what an update left as it was
   */
  record Findings(List<FieldError> errors, List<String> warnings) {}

  /** Upstream leaves the name of an object's root out, and writes this for it. */
  private static FieldPath at(String path) {
    return FieldPath.of(path.isEmpty() ? "<nil>" : path);
  }

  static Findings judge(RuleTree tree, Json.Obj object, Json.@Nullable Obj old) {
    RuleRun run = new RuleRun();
    Ratchet ratchet = new Ratchet(old != null && object.equals(old), old != null, true);
    run.visit(tree, "", object, old, ratchet);
    return new Findings(run.errors, run.warnings);
  }

  /**
   * Whether what is wrong was wrong before.
   *
   * @param same the value, or the nearest one around it that an old one can be found for, is as it
   *     was
   * @param correlated an old value can be found for this one
   * @param root of the whole object
   */
  private record Ratchet(boolean same, boolean correlated, boolean root) {
    Ratchet below(Json value, @Nullable Json old) {
      return correlated && old != null
          ? new Ratchet(value.equals(old), true, false)
          : new Ratchet(same, false, false);
    }
  }

  /** Whether to go on. */
  private boolean visit(
      RuleTree tree, String path, Json value, @Nullable Json given, Ratchet ratchet) {
    if (value == Json.Null.NULL) {
      return true;
    }
    Json old = given == Json.Null.NULL ? null : given;
    if (!expressions(tree, path, value, old, ratchet)) {
      return false;
    }
    for (RuleTree each : tree.allOf()) {
      if (!visit(each, path, value, old, new Ratchet(ratchet.same, false, false))) {
        return false;
      }
    }
    return switch (value) {
      case Json.Arr(var elements) -> elements(tree, path, elements, old, ratchet);
      case Json.Obj object -> members(tree, path, object, old, ratchet);
      default -> true;
    };
  }

  private boolean elements(
      RuleTree tree, String path, List<Json> elements, @Nullable Json old, Ratchet ratchet) {
    RuleTree items = tree.items();
    OldElements olds = OldElements.of(tree.schema().listType(), tree.schema().listKeys(), old);
    for (int i = 0; items != null && i < elements.size(); i++) {
      Json element = elements.get(i);
      Json before = olds.find(element);
      if (!visit(items, path + "[" + i + "]", element, before, ratchet.below(element, before))) {
        return false;
      }
    }
    return true;
  }

  private boolean members(
      RuleTree tree, String path, Json.Obj object, @Nullable Json old, Ratchet ratchet) {
    Json.Obj before = old instanceof Json.Obj former ? former : Json.Obj.EMPTY;
    for (Map.Entry<String, Json> member : object.members().entrySet()) {
      String name = member.getKey();
      Json oldMember = tree.correlated() ? before.get(name) : null;
      Ratchet below = ratchet.below(member.getValue(), before.get(name));
      RuleTree additional = tree.additional();
      if (additional != null
          && !visit(additional, path + "[" + name + "]", member.getValue(), oldMember, below)) {
        return false;
      }
      RuleTree property = tree.properties().get(name);
      String field = path.isEmpty() ? name : path + "." + name;
      if (property != null && !visit(property, field, member.getValue(), oldMember, below)) {
        return false;
      }
    }
    return true;
  }

  private boolean expressions(
      RuleTree tree, String path, Json value, @Nullable Json old, Ratchet ratchet) {
    if (tree.rules().isEmpty()) {
      return true;
    }
    String type = tree.schema().type();
    if (budget <= 0) {
      errors.add(FieldError.invalid(at(path), type, OUT_OF_BUDGET));
      return false;
    }
    Value self = TreeValues.of(value, tree.schema());
    Value oldSelf = old == null ? null : TreeValues.of(old, tree.schema());
    for (CompiledRule rule : tree.rules()) {
      if (!rule.error().isEmpty()) {
        String problem = "rule compile error: " + rule.error();
        errors.add(FieldError.invalid(at(path), type, problem));
        continue;
      }
      boolean skipped = rule.usesOldSelf() && old == null && !rule.source().hasOptionalOldSelf();
      if (rule.program() == null || skipped) {
        continue;
      }
      Bindings variables = new Bindings(self, oldSelf, rule.source().hasOptionalOldSelf());
      if (!judge(rule, rule.program(), variables, new Place(path, value, type, ratchet))) {
        return false;
      }
    }
    return true;
  }

  /** Where a rule judges. */
  private record Place(String path, Json value, String type, Ratchet ratchet) {}

  private record Bindings(Value self, @Nullable Value oldSelf, boolean optional) {
    @Nullable Value find(String name) {
      return switch (name) {
        case "self" -> self;
        case "oldSelf" ->
            !optional ? oldSelf : oldSelf == null ? OptionalValue.NONE : OptionalValue.of(oldSelf);
        default -> null;
      };
    }
  }

  private static Program.Evaluation evaluated(Program program, Bindings variables) {
    return program.evaluate(variables::find, Limits.PER_CALL);
  }

  private boolean judge(CompiledRule rule, Program program, Bindings variables, Place place) {
    Program.Evaluation evaluation = evaluated(program, variables);
    FieldPath at = at(place.path);
    if (evaluation.cost() < 0 || evaluation.cost() > budget) {
      errors.add(FieldError.invalid(at, place.type, OUT_OF_BUDGET));
      return false;
    }
    budget -= evaluation.cost();
    if (evaluation.value() instanceof ErrorValue(String message)) {
      errors.add(FieldError.invalid(at, place.type, failure(message, rule.source(), evaluation)));
      return !evaluation.limited();
    }
    if (evaluation.value() == BoolValue.TRUE) {
      return true;
    }
    return failed(rule, variables, place);
  }

  private static String failure(
      String message, ValidationRule rule, Program.Evaluation evaluation) {
    if (evaluation.limited()) {
      return "'"
          + message
          + "': no further validation rules will be run due to call cost exceeds limit for rule: "
          + rule.shown();
    }
    return message.startsWith("no such overload")
        ? "'"
            + message
            + "': call arguments did not match a supported operator, function or macro signature"
            + " for rule: "
            + rule.shown()
        : message + " evaluating rule: " + rule.shown();
  }

  private boolean failed(CompiledRule rule, Bindings variables, Place place) {
    String path =
        rule.path().isEmpty()
            ? place.path
            : place.path.isEmpty() ? rule.path() : place.path + "." + rule.path();
    FieldPath at = at(path);
    String detail = rule.source().defaultMessage();
    Program message = rule.message();
    if (message != null) {
      Program.Evaluation evaluation = evaluated(message, variables);
      String ended = ended(evaluation, rule.source().messageExpression());
      if (!ended.isEmpty()) {
        add(rule, place, FieldError.invalid(at, place.type, ended));
        return false;
      }
      budget -= evaluation.cost();
      String made = made(evaluation.value());
      detail = made.isEmpty() ? detail : made;
    }
    boolean whole = place.type.equals("object") || place.type.equals("array");
    Object shown = whole ? FieldError.OMITTED : place.value;
    add(rule, place, error(rule.source().reason(), at, shown, detail));
    return true;
  }

  /** Why nothing more is judged after an expression for a message; empty if it goes on. */
  private String ended(Program.Evaluation evaluation, String expression) {
    if (evaluation.cost() < 0 || evaluation.cost() > budget) {
      return "messageExpression evaluation failed due to running out of cost budget, no further"
          + " validation rules will be run";
    }
    return evaluation.limited()
        ? "no further validation rules will be run due to call cost exceeds limit for"
            + " messageExpression: "
            + GoText.quote(expression)
        : "";
  }

  /** The message; empty where it may not be used. */
  private static String made(Value value) {
    String text = value instanceof StringValue(String given) ? given.strip() : "";
    boolean fits =
        text.getBytes(StandardCharsets.UTF_8).length <= LONGEST_MESSAGE && text.indexOf('\n') < 0;
    return fits ? text : "";
  }

  private void add(CompiledRule rule, Place place, FieldError error) {
    if (!rule.usesOldSelf() && place.ratchet.same) {
      warnings.add(error.message());
    } else {
      errors.add(error);
    }
  }

  private static FieldError error(
      @Nullable String reason, FieldPath at, Object value, String detail) {
    return switch (reason) {
      case "FieldValueForbidden" -> FieldError.forbidden(at, detail);
      case "FieldValueRequired" -> FieldError.required(at, detail);
      case "FieldValueDuplicate" -> FieldError.duplicate(at, value);
      case null, default -> FieldError.invalid(at, value, detail);
    };
  }
}
