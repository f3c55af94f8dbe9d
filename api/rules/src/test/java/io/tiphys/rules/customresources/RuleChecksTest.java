package io.tiphys.rules.customresources;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.cel.schema.DeclaredType;
import io.tiphys.cel.schema.DeclaredTypes;
import io.tiphys.cel.schema.ValueSchema;
import io.tiphys.codec.Json;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Rules that a definition may not have. Costs and refusals follow
 * apiextensions-apiserver/pkg/apiserver/schema/cel/{compilation_test,celcoststability_test}.go and
 * its validation_test.go.
 */
class RuleChecksTest {
  private static final FieldPath AT = FieldPath.of("s");

  /** In the text of a schema, {@code `} stands for the quotes of CEL. */
  private static List<String> problems(String schema) {
    Json.Obj read = (Json.Obj) Json.parse(schema.replace('\'', '"').replace('`', '\''));
    List<FieldError> found = new ArrayList<>(SchemaValidation.validate(read, false, AT));
    if (found.isEmpty()) {
      found.addAll(RuleChecks.validate(read, AT));
    }
    return found.stream().map(FieldError::message).toList();
  }

  private static String with(String properties, String rule) {
    return "{'type':'object','properties':{'p':{'type':'object','properties':{"
        + properties
        + "},'x-kubernetes-validations':[{"
        + rule
        + "}]}}}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          'rule':' '                                       | rule: Required value: rule is not specified
          'rule':'true','message':' '                      | message: Invalid value: " ": must be non-empty if specified
          'rule':'true','message':'a\\nb'                  | message: Invalid value: "a\\nb": must not contain line breaks
          'rule':'true','messageExpression':' '            | messageExpression: Required value: messageExpression must be non-empty if specified
          'rule':'true','reason':'Other'                   | reason: Unsupported value: "Other": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"
          'rule':'true','fieldPath':'.y'                   | fieldPath: Invalid value: ".y": must be a valid path
          'rule':'true','fieldPath':'x'                    | fieldPath: Invalid value: "x": must be a valid path
          'rule':'true','optionalOldSelf':true             | optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule
          'rule':'self.x','message':'m'                    | rule: Invalid value: {"Rule":"self.x","Message":"m","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: cel expression must evaluate to a bool
          'rule':'true','messageExpression':'self.x'       | messageExpression: Invalid value: {"Rule":"true","Message":"","MessageExpression":"self.x","Reason":null,"FieldPath":"","OptionalOldSelf":null}: messageExpression must evaluate to a string
          """)
  void rulesAreRefusedInUpstreamsWords(String rule, String problem) {
    assertThat(problems(with("'x':{'type':'integer'}", rule)))
        .containsExactly("s.properties[p].x-kubernetes-validations[0]." + problem);
  }

  @Test
  void rulesOfSeveralLinesNeedAMessage() {
    assertThat(problems(with("'x':{'type':'integer'}", "'rule':'true ||\\n true'")))
        .containsExactly(
            "s.properties[p].x-kubernetes-validations[0].message: Required value: message must be"
                + " specified if rule contains line breaks");
  }

  @Test
  void whatDoesNotCompileIsShownWithItsPlace() {
    assertThat(problems(with("'x':{'type':'integer'}", "'rule':'self.y == 1'")))
        .containsExactly(
            "s.properties[p].x-kubernetes-validations[0].rule: Invalid value: {\"Rule\":\"self.y =="
                + " 1\",\"Message\":\"\",\"MessageExpression\":\"\",\"Reason\":null,"
                + "\"FieldPath\":\"\",\"OptionalOldSelf\":null}: compilation failed: ERROR:"
                + " <input>:1:5: undefined field 'y'\n | self.y == 1\n | ....^");
  }

  @Test
  void rulesBelowListsWithoutLimitsAreTooExpensive() {
    String rule = "'x-kubernetes-validations':[{'rule':'self.all(x, self.all(y, x == y))'}]";
    String list = "{'type':'array','items':{'type':'string'}," + rule + "}";
    List<String> problems = problems("{'type':'object','properties':{'p':" + list + "}}");
    assertThat(problems.getFirst())
        .isEqualTo(
            "s.properties[p].x-kubernetes-validations[0].rule: Forbidden: estimated rule cost"
                + " exceeds budget by factor of more than 100x (try simplifying the rule, or adding"
                + " maxItems, maxProperties, and maxLength where arrays, maps, and strings are"
                + " declared)");
    assertThat(problems.get(1)).contains("contributed to estimated rule cost total exceeding");
    assertThat(problems.getLast())
        .startsWith("s: Forbidden: x-kubernetes-validations estimated rule cost total for entire");
    String limited =
        "{'type':'array','maxItems':10,'items':{'type':'string','maxLength':10}," + rule + "}";
    assertThat(problems("{'type':'object','properties':{'p':" + limited + "}}")).isEmpty();
  }

  @Test
  void oldSelfNeedsAnOldValueThatCanBeFound() {
    String element =
        "{'type':'object','properties':{'k':{'type':'string'}},'required':['k'],"
            + "'x-kubernetes-validations':[{'rule':'self == oldSelf'}]}";
    String list = "{'type':'object','properties':{'p':{'type':'array','maxItems':5%s,'items':%s}}}";
    assertThat(problems(list.formatted("", element)))
        .containsExactly(
            "s.properties[p].items.x-kubernetes-validations[0].rule: Invalid value: \"self =="
                + " oldSelf\": oldSelf cannot be used on the uncorrelatable portion of the schema"
                + " within s.properties[p]");
    String named = ",'x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['k']";
    assertThat(problems(list.formatted(named, element))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          self.val1 == self.val2                          | 39326
          self.val1.all(k, size(self.val1) > 0)           | 2752508
          `k1` in self.val1                               | 3
          size(self.val1.filter(k, size(self.val1) > 1)) == 1 | 6684670
          """)
  void costsOfMapsAreThoseOfUpstream(String rule, long cost) {
    String map = "{'type':'object','additionalProperties':{'type':'string'}}";
    Json.Obj schema =
        (Json.Obj)
            Json.parse(
                ("{'type':'object','properties':{'val1':" + map + ",'val2':" + map + "}}")
                    .replace('\'', '"'));
    assertThat(cost(schema, rule.replace('`', '\''))).isEqualTo(cost);
  }

  private static long cost(Json.Obj schema, String rule) {
    ValidationRule written = new ValidationRule(rule, "", "", null, "", null);
    DeclaredType type = DeclaredTypes.of(ValueSchema.read(schema), true);
    CompiledRule compiled =
        CompiledRule.of(schema, List.of(written), Objects.requireNonNull(type)).getFirst();
    assertThat(compiled.error()).isEmpty();
    return compiled.maxCost();
  }
}
