package io.tiphys.rules.customresources;

import io.tiphys.cel.cost.Costs;
import io.tiphys.cel.schema.DeclaredType;
import io.tiphys.cel.schema.DeclaredTypes;
import io.tiphys.cel.schema.ValueSchema;
import io.tiphys.codec.Json;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Whether the rules of a definition can be compiled, and what they may cost: each for itself, as
 * often as a request can hold what it judges, and all together. Checked against
 * apiextensions-apiserver/pkg/apis/apiextensions/validation/{validation,cel_validation}.go.
 */
final class RuleChecks {
  /** Of one rule. */
  private static final long RULE_LIMIT = 10_000_000;

  /** Of all rules of a version. */
  private static final long TOTAL_LIMIT = 100_000_000;

  private static final int MOST_EXPENSIVE_SHOWN = 4;

  private final List<FieldError> errors = new ArrayList<>();
  private final List<Cost> expensive = new ArrayList<>();
  private long total;

  private RuleChecks() {}

  private record Cost(FieldPath at, long cost) {}

  /**
   * Where a schema stands.
   *
   * @param most how often a value of it can be in an object; empty where nothing limits that
   * @param uncorrelated the place around it below which old values cannot be found; null for none
   */
  private record Context(FieldPath at, OptionalLong most, @Nullable FieldPath uncorrelated) {}

  /** What is wrong with the rules of a schema that is right otherwise. */
  static List<FieldError> validate(Json.Obj schema, FieldPath at) {
    RuleChecks checks = new RuleChecks();
    checks.schema(schema, new Context(at, OptionalLong.of(1), null), true);
    if (Long.compareUnsigned(checks.total, TOTAL_LIMIT) > 0) {
      checks.expensive.sort(Comparator.comparing(Cost::cost, Long::compareUnsigned).reversed());
      checks.expensive.stream()
          .limit(MOST_EXPENSIVE_SHOWN)
          .forEach(
              each ->
                  checks.errors.add(
                      FieldError.forbidden(
                          each.at,
                          "contributed to estimated rule cost total exceeding cost limit for"
                              + " entire OpenAPIv3 schema")));
      String what =
          "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema";
      checks.errors.add(FieldError.forbidden(at, tooMuch(what, checks.total, TOTAL_LIMIT)));
    }
    return checks.errors;
  }

  private void schema(Json.Obj schema, Context context, boolean root) {
    OptionalLong below = context.most;
    OptionalLong own = most(schema);
    below =
        below.isPresent() && own.isPresent()
            ? OptionalLong.of(Costs.multiply(below.getAsLong(), own.getAsLong()))
            : OptionalLong.empty();
    if (schema.get("additionalProperties") instanceof Json.Obj additional) {
      FieldPath at = context.at.child("additionalProperties");
      schema(additional, new Context(at, below, context.uncorrelated), false);
    }
    for (Map.Entry<String, Json> each : SchemaValidation.members(schema, "properties").entrySet()) {
      if (each.getValue() instanceof Json.Obj property) {
        FieldPath at = context.at.child("properties").key(each.getKey());
        schema(property, new Context(at, below, context.uncorrelated), false);
      }
    }
    if (schema.get("items") instanceof Json.Obj items) {
      boolean named = SchemaValidation.text(schema, "x-kubernetes-list-type").equals("map");
      FieldPath uncorrelated =
          context.uncorrelated != null || named ? context.uncorrelated : context.at;
      schema(items, new Context(context.at.child("items"), below, uncorrelated), false);
    }
    rules(schema, context, root);
  }

  /** How many values a schema has below it for each of its own. */
  private static OptionalLong most(Json.Obj schema) {
    ValueSchema.Sizes sizes = ValueSchema.read(withoutParts(schema)).sizes();
    Long most =
        switch (SchemaValidation.text(schema, "type")) {
          case "object" ->
              schema.get("additionalProperties") == null ? Long.valueOf(1) : sizes.maxProperties();
          case "array" -> sizes.maxItems();
          default -> Long.valueOf(1);
        };
    return most == null ? OptionalLong.empty() : OptionalLong.of(Math.max(0, most));
  }

  private static Json.Obj withoutParts(Json.Obj schema) {
    return schema.without("properties").without("items").without("additionalProperties");
  }

  private void rules(Json.Obj schema, Context context, boolean root) {
    List<ValidationRule> rules = ValidationRule.of(schema);
    if (rules.isEmpty()) {
      return;
    }
    FieldPath at = context.at.child("x-kubernetes-validations");
    boolean resource = root || SchemaValidation.flag(schema, "x-kubernetes-embedded-resource");
    DeclaredType type = DeclaredTypes.of(ValueSchema.read(schema), resource);
    if (type == null) {
      errors.add(
          FieldError.internal(
              at,
              "internal error: failed to construct type information for x-kubernetes-validations"
                  + " rules: unable to convert structural schema to CEL declarations"));
      return;
    }
    List<CompiledRule> compiled = CompiledRule.of(schema, rules, type);
    for (int i = 0; i < compiled.size(); i++) {
      rule(compiled.get(i), type, context, at.index(i));
    }
  }

  private void rule(CompiledRule rule, DeclaredType type, Context context, FieldPath at) {
    long times = context.most.orElse(type.mostInARequest());
    limited(at.child("rule"), "estimated rule cost", Costs.multiply(rule.maxCost(), times));
    if (!rule.error().isEmpty()) {
      errors.add(FieldError.invalid(at.child("rule"), shown(rule.source()), rule.error()));
    }
    FieldPath message = at.child("messageExpression");
    if (!rule.messageError().isEmpty()) {
      errors.add(FieldError.invalid(message, shown(rule.source()), rule.messageError()));
    } else if (rule.message() != null) {
      limited(message, "estimated messageExpression cost", rule.maxMessageCost());
    }
    Boolean optional = rule.source().optionalOldSelf();
    if (rule.usesOldSelf() && context.uncorrelated != null) {
      errors.add(
          FieldError.invalid(
              at.child("rule"),
              rule.source().rule(),
              "oldSelf cannot be used on the uncorrelatable portion of the schema within "
                  + context.uncorrelated));
    } else if (!rule.usesOldSelf() && optional != null) {
      errors.add(
          FieldError.invalid(
              at.child("optionalOldSelf"),
              optional,
              "may not be set if oldSelf is not used in rule"));
    }
  }

  private void limited(FieldPath at, String what, long cost) {
    if (Long.compareUnsigned(cost, RULE_LIMIT) > 0) {
      errors.add(FieldError.forbidden(at, tooMuch(what, cost, RULE_LIMIT)));
    }
    total = Costs.add(total, cost);
    if (Long.compareUnsigned(cost, TOTAL_LIMIT / 100) >= 0) {
      expensive.add(new Cost(at, cost));
    }
  }

  private static String tooMuch(String what, long cost, long limit) {
    double factor = Costs.toDouble(cost) / limit;
    String times =
        factor > 100
            ? "more than 100x"
            : String.format(Locale.ROOT, factor < 1.5 ? "%fx" : "%.1fx", factor);
    return what
        + " exceeds budget by factor of "
        + times
        + " (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where"
        + " arrays, maps, and strings are declared)";
  }

  /** As upstream prints its internal struct. */
  private static Json shown(ValidationRule rule) {
    Boolean optional = rule.optionalOldSelf();
    String reason = rule.reason();
    return Json.Obj.builder()
        .put("Rule", rule.rule())
        .put("Message", rule.message())
        .put("MessageExpression", rule.messageExpression())
        .put("Reason", reason == null ? Json.Null.NULL : Json.of(reason))
        .put("FieldPath", rule.fieldPath())
        .put("OptionalOldSelf", optional == null ? Json.Null.NULL : Json.of(optional))
        .build();
  }
}
