package io.tiphys.rules.customresources;

import io.tiphys.cel.schema.DeclaredType;
import io.tiphys.cel.schema.DeclaredTypes;
import io.tiphys.cel.schema.FieldNames;
import io.tiphys.cel.schema.ValueSchema;
import io.tiphys.codec.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a schema, at the places where they judge. Checked against NewValidator of
 * apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go.
 *
 * @param schema of the values at this place
 * @param properties places below, by field
 * @param allOf rules that stand in {@code allOf} at this place
 */
record RuleTree(
    ValueSchema schema,
    List<CompiledRule> rules,
    @Nullable RuleTree items,
    Map<String, RuleTree> properties,
    @Nullable RuleTree additional,
    List<RuleTree> allOf,
    boolean correlated) {

  /** The rules of a whole object; empty if it has none. */
  static Optional<RuleTree> of(Json.Obj schema) {
    if (!mentionsRules(schema)) {
      return Optional.empty();
    }
    DeclaredType type = DeclaredTypes.of(ValueSchema.read(schema), true);
    return Optional.ofNullable(tree(schema, schema, true, type));
  }

  /** Whether there are rules on the structure, outside of {@code allOf} and its like. */
  private static boolean mentionsRules(@Nullable Json value) {
    if (!(value instanceof Json.Obj schema)) {
      return false;
    }
    return !SchemaValidation.elements(schema.get("x-kubernetes-validations")).isEmpty()
        || mentionsRules(schema.get("items"))
        || mentionsRules(schema.get("additionalProperties"))
        || SchemaValidation.members(schema, "properties").values().stream()
            .anyMatch(RuleTree::mentionsRules);
  }

  /**
   * @param rules where the rules are written
   * @param spine the schema of the values they judge
   */
  private static @Nullable RuleTree tree(
      Json.Obj rules, Json.Obj spine, boolean root, @Nullable DeclaredType type) {
    List<ValidationRule> own = ValidationRule.of(rules);
    List<CompiledRule> compiled = type == null ? List.of() : CompiledRule.of(spine, own, type);
    DeclaredType element = type == null ? null : type.element();
    RuleTree items = below(rules.get("items"), spine.get("items"), element);
    RuleTree additional =
        below(rules.get("additionalProperties"), spine.get("additionalProperties"), element);
    Map<String, RuleTree> properties = properties(rules, spine, type);
    List<RuleTree> allOf = new ArrayList<>();
    for (Json each : SchemaValidation.elements(rules.get("allOf"))) {
      RuleTree nested = each instanceof Json.Obj object ? tree(object, spine, root, type) : null;
      if (nested != null) {
        allOf.add(nested);
      }
    }
    if (compiled.isEmpty()
        && items == null
        && additional == null
        && properties.isEmpty()
        && allOf.isEmpty()) {
      return null;
    }
    ValueSchema schema = ValueSchema.read(spine);
    String mapType = SchemaValidation.text(spine, "x-kubernetes-map-type");
    boolean correlated =
        mapType.isEmpty() || mapType.equals("granular") || mapType.equals("atomic");
    return new RuleTree(
        root ? schema.asResource() : schema,
        compiled,
        items,
        properties,
        additional,
        allOf,
        correlated);
  }

  private static @Nullable RuleTree below(
      @Nullable Json rules, @Nullable Json spine, @Nullable DeclaredType type) {
    return rules instanceof Json.Obj object && spine instanceof Json.Obj schema
        ? tree(
            object, schema, SchemaValidation.flag(schema, "x-kubernetes-embedded-resource"), type)
        : null;
  }

  private static Map<String, RuleTree> properties(
      Json.Obj rules, Json.Obj spine, @Nullable DeclaredType type) {
    Map<String, Json> spines = SchemaValidation.members(spine, "properties");
    Map<String, RuleTree> trees = new LinkedHashMap<>();
    SchemaValidation.members(rules, "properties")
        .forEach(
            (name, property) -> {
              if (spines.get(name) instanceof Json.Obj schema) {
                DeclaredType field = field(name, schema, type);
                RuleTree tree = field == null ? null : below(property, schema, field);
                if (tree != null) {
                  trees.put(name, tree);
                }
              }
            });
    return trees;
  }

  /** The type of a field; null for those that rules do not see. */
  static @Nullable DeclaredType field(String name, Json.Obj schema, @Nullable DeclaredType type) {
    Optional<String> escaped = FieldNames.escape(name);
    if (escaped.isEmpty()) {
      return DeclaredTypes.of(
          ValueSchema.read(schema),
          SchemaValidation.flag(schema, "x-kubernetes-embedded-resource"));
    }
    return type == null ? null : type.field(escaped.get());
  }
}
