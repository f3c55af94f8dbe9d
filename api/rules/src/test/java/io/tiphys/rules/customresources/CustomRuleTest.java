package io.tiphys.rules.customresources;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.codec.Json;
import io.tiphys.rules.FieldError;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Objects judged by the rules of their schema. The tables follow
 * apiextensions-apiserver/pkg/apiserver/schema/cel/validation_test.go.
 */
class CustomRuleTest {
  private static Json.Obj json(String text) {
    return (Json.Obj) Json.parse(text.replace('\'', '"'));
  }

  /** In the text of a schema, {@code `} stands for the quotes of CEL. */
  private static RuleRun.Findings judge(String schema, String object, @Nullable String old) {
    Json.Obj read = (Json.Obj) Json.parse(schema.replace('\'', '"').replace('`', '\''));
    RuleTree tree = RuleTree.of(read).orElseThrow();
    return RuleRun.judge(tree, json(object), old == null ? null : json(old));
  }

  private static List<String> errors(String schema, String object, @Nullable String old) {
    return judge(schema, object, old).errors().stream().map(FieldError::message).toList();
  }

  private static String spec(String properties, String rule) {
    return "{'type':'object','properties':{'spec':{'type':'object','properties':{"
        + properties
        + "},'x-kubernetes-validations':["
        + rule
        + "]}}}";
  }

  private static final String VALUES =
      "'i':{'type':'integer'},'l64':{'type':'integer','format':'int64'},'n':{'type':'number'},"
          + "'s':{'type':'string'},'b':{'type':'boolean'},'data':{'type':'string','format':'byte'},"
          + "'day':{'type':'string','format':'date'},"
          + "'time':{'type':'string','format':'date-time'},"
          + "'wait':{'type':'string','format':'duration'},"
          + "'port':{'x-kubernetes-int-or-string':true},"
          + "'list':{'type':'array','items':{'type':'integer'}},"
          + "'set':{'type':'array','x-kubernetes-list-type':'set','items':{'type':'string'}},"
          + "'keyed':{'type':'array','x-kubernetes-list-type':'map',"
          + "'x-kubernetes-list-map-keys':['k'],'items':{'type':'object','properties':{"
          + "'k':{'type':'string'},'v':{'type':'string'}}}},"
          + "'map':{'type':'object','additionalProperties':{'type':'integer'}},"
          + "'nothing':{'type':'string','nullable':true},"
          + "'absent':{'type':'string'},"
          + "'namespace':{'type':'string'},'a-b':{'type':'string'},'c__d':{'type':'string'},"
          + "'open':{'type':'object','x-kubernetes-preserve-unknown-fields':true,'properties':{"
          + "'known':{'type':'string'}}},"
          + "'pod':{'type':'object','x-kubernetes-embedded-resource':true,"
          + "'x-kubernetes-preserve-unknown-fields':true}";

  private static final String OBJECT =
      "{'apiVersion':'v1','kind':'W','metadata':{'name':'a'},'spec':{'i':3,'l64':4,'n':2,"
          + "'s':'x','b':true,'data':'YWI=','day':'2021-01-02','time':'2021-01-02T03:04:05Z',"
          + "'wait':'1h','port':'80%','list':[1,2,3],'set':['a','b','c'],"
          + "'keyed':[{'k':'a','v':'1'},{'k':'b','v':'2'}],'map':{'x':1,'y':2},'nothing':null,"
          + "'namespace':'n','a-b':'dash','c__d':'under',"
          + "'open':{'known':'k','hidden':1},'pod':{'apiVersion':'v1','kind':'Pod',"
          + "'metadata':{'name':'p','generateName':'g'},'spec':{'x':1}}}}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          self.i == 3 && self.l64 == 4 && self.n == 2.0
          type(self.i) == int && type(self.n) == double && type(self.data) == bytes
          self.data == b`ab`
          self.day == timestamp(`2021-01-02T00:00:00Z`)
          self.time.getHours() == 3
          self.wait == duration(`60m`) && self.wait.getHours() == 1
          type(self.port) == string && self.port == `80%` && self.port != 80
          self.list == [1, 2, 3] && self.list + self.list == [1, 2, 3, 1, 2, 3]
          self.list != [3, 2, 1] && 2 in self.list && !(4 in self.list)
          self.set == [`c`, `b`, `a`] && [`c`, `b`, `a`] != [`a`, `b`, `c`]
          self.set + [`d`, `a`] == [`a`, `b`, `c`, `d`] && size(self.set + [`a`]) == 3
          sets.equivalent(self.set, [`a`, `b`, `c`])
          self.keyed[0].v == `1` && self.keyed.exists(e, e.k == `b` && e.v == `2`)
          self.map == {`y`: 2, `x`: 1} && `x` in self.map && self.map.x == 1
          self.map.all(k, self.map[k] > 0) && self.map.all(k, v, v > 0)
          !has(self.absent) && self.?absent.orValue(`z`) == `z`
          !has(self.nothing)
          self.__namespace__ == `n` && self.a__dash__b == `dash` && self.c__underscores__d == `under`
          self.open.known == `k` && !has(self.open.known) == false
          self.pod.metadata.name == `p` && self.pod.metadata.generateName == `g`
          self.pod.kind == `Pod` && self.pod.apiVersion == `v1`
          """)
  void valuesAreWhatTheirSchemasSay(String rule) {
    assertThat(errors(spec(VALUES, "{'rule':'" + rule + "'}"), OBJECT, null)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          self.open.hidden == 1          | rule compile error: compilation failed: ERROR: <input>:1:10: undefined field 'hidden'
          self.c == 1                    | rule compile error: compilation failed: ERROR: <input>:1:5: undefined field 'c'
          self.pod.spec.x == 1           | rule compile error: compilation failed: ERROR: <input>:1:9: undefined field 'spec'
          self.i == `x`                  | rule compile error: compilation failed: ERROR: <input>:1:8: found no matching overload for '_==_' applied to '(int, string)'
          self.i                         | rule compile error: cel expression must evaluate to a bool
          """)
  void hiddenAndMistypedThingsAreNotCompiled(String rule, String problem) {
    assertThat(errors(spec(VALUES, "{'rule':'" + rule + "'}"), OBJECT, null))
        .singleElement()
        .asString()
        .contains("spec: Invalid value: \"object\": ")
        .contains(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          'rule':'self.i < 2'                                           | spec: Invalid value: failed rule: self.i < 2
          'rule':'self.i < 2','message':' too big '                     | spec: Invalid value: too big
          'rule':'self.i < 2','message':'m','messageExpression':'`now ` + string(self.i)'  | spec: Invalid value: now 3
          'rule':'self.i < 2','message':'m','messageExpression':'string(1 / (self.i - 3))' | spec: Invalid value: m
          'rule':'self.i < 2','message':'m','messageExpression':'`a\\\\nb`'  | spec: Invalid value: m
          'rule':'self.i < 2','messageExpression':'` `'                 | spec: Invalid value: failed rule: self.i < 2
          'rule':'self.i < 2','reason':'FieldValueForbidden'            | spec: Forbidden: failed rule: self.i < 2
          'rule':'self.i < 2','reason':'FieldValueRequired','message':'m'  | spec: Required value: m
          'rule':'self.i < 2','fieldPath':'.i'                          | spec.i: Invalid value: failed rule: self.i < 2
          'rule':'self.i < 2','fieldPath':'.map[`x`]'                   | spec.map[x]: Invalid value: failed rule: self.i < 2
          'rule':'self.i < 2','fieldPath':'[`a-b`]'                     | spec.a-b: Invalid value: failed rule: self.i < 2
          'rule':'1 / (self.i - 3) > 0'                                 | spec: Invalid value: "object": division by zero evaluating rule: 1 / (self.i - 3) > 0
          'rule':'self.absent == `x`','message':'m'                     | spec: Invalid value: "object": no such key: absent evaluating rule: m
          """)
  void failuresAreToldAsTheRuleSays(String rule, String problem) {
    assertThat(errors(spec(VALUES, "{" + rule + "}"), OBJECT, null)).containsExactly(problem);
  }

  @Test
  void rulesOfScalarsShowTheirValues() {
    String schema =
        spec("'i':{'type':'integer','x-kubernetes-validations':[{'rule':'self < 2'}]}", "");
    assertThat(errors(schema, "{'spec':{'i':3}}", null))
        .containsExactly("spec.i: Invalid value: 3: failed rule: self < 2");
  }

  @Test
  void rulesOfTheWholeObjectSeeItsNameAndKind() {
    String schema =
        "{'type':'object','x-kubernetes-validations':["
            + "{'rule':'self.metadata.name == `b` || self.kind == `V`','message':'m'}]}";
    assertThat(errors(schema, OBJECT, null)).containsExactly("<nil>: Invalid value: m");
  }

  @Test
  void whoeverIsInterruptedStops() {
    String schema =
        spec(
            "'l':{'type':'array','items':{'type':'integer'},"
                + "'x-kubernetes-validations':[{'rule':'self.all(x, x == 0)'}]}",
            "");
    String object = "{'spec':{'l':[0" + ",0".repeat(1_000) + "]}}";
    assertThat(errors(schema, object, null)).isEmpty();
    Thread.currentThread().interrupt();
    try {
      assertThat(errors(schema, object, null))
          .singleElement()
          .asString()
          .contains("operation interrupted");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void transitionsNeedSomethingThatWasBefore() {
    String schema =
        spec("'i':{'type':'integer','x-kubernetes-validations':[{'rule':'self == oldSelf'}]}", "");
    assertThat(errors(schema, "{'spec':{'i':3}}", null)).isEmpty();
    assertThat(errors(schema, "{'spec':{'i':3}}", "{'spec':{}}")).isEmpty();
    assertThat(errors(schema, "{'spec':{'i':3}}", "{'spec':{'i':2}}"))
        .containsExactly("spec.i: Invalid value: 3: failed rule: self == oldSelf");
  }

  @Test
  void anOptionalOldSelfIsAskedAboutAtOnce() {
    String rule =
        "{'rule':'oldSelf.hasValue() ? self.i >= oldSelf.value().i : self.i == 0',"
            + "'optionalOldSelf':true,'message':'m'}";
    String schema = spec("'i':{'type':'integer'}", rule);
    assertThat(errors(schema, "{'spec':{'i':1}}", null)).hasSize(1);
    assertThat(errors(schema, "{'spec':{'i':0}}", null)).isEmpty();
    assertThat(errors(schema, "{'spec':{'i':1}}", "{'spec':{'i':0}}")).isEmpty();
    assertThat(errors(schema, "{'spec':{'i':0}}", "{'spec':{'i':1}}")).hasSize(1);
  }

  @Test
  void elementsOfKeyedListsFollowTheirNames() {
    String schema =
        spec(
            "'l':{'type':'array','x-kubernetes-list-type':'map',"
                + "'x-kubernetes-list-map-keys':['k'],'items':{'type':'object','properties':{"
                + "'k':{'type':'string'},'v':{'type':'integer','x-kubernetes-validations':["
                + "{'rule':'self >= oldSelf'}]}}}}",
            "");
    String old = "{'spec':{'l':[{'k':'a','v':5},{'k':'b','v':1}]}}";
    assertThat(errors(schema, "{'spec':{'l':[{'k':'b','v':2},{'k':'a','v':6},{'k':'c'}]}}", old))
        .isEmpty();
    assertThat(errors(schema, "{'spec':{'l':[{'k':'b','v':2},{'k':'a','v':4}]}}", old))
        .containsExactly("spec.l[1].v: Invalid value: 4: failed rule: self >= oldSelf");
  }

  @Test
  void whatAnUpdateLeavesAsItWasIsOnlyWarnedOf() {
    String schema =
        spec(
            "'i':{'type':'integer','x-kubernetes-validations':[{'rule':'self < 2'}]},"
                + "'s':{'type':'string'}",
            "");
    RuleRun.Findings kept = judge(schema, "{'spec':{'i':3,'s':'b'}}", "{'spec':{'i':3,'s':'a'}}");
    assertThat(kept.errors()).isEmpty();
    assertThat(kept.warnings()).containsExactly("spec.i: Invalid value: 3: failed rule: self < 2");
    assertThat(errors(schema, "{'spec':{'i':4}}", "{'spec':{'i':3}}")).hasSize(1);
  }

  @Test
  void expensiveRulesAreStoppedAndNothingIsJudgedAfterThem() {
    String schema =
        spec(
            "'list':{'type':'array','items':{'type':'integer'}}",
            "{'rule':'self.list.all(x, self.list.all(y, x + y > 0))'},{'rule':'false'}");
    String many = "1" + ",1".repeat(999);
    assertThat(errors(schema, "{'spec':{'list':[" + many + "]}}", null))
        .containsExactly(
            "spec: Invalid value: \"object\": 'operation cancelled: actual cost limit exceeded': no"
                + " further validation rules will be run due to call cost exceeds limit for rule:"
                + " self.list.all(x, self.list.all(y, x + y > 0))");
  }

  @Test
  void allRulesOfARequestShareABudget() {
    String schema =
        spec(
            "'list':{'type':'array','items':{'type':'integer','x-kubernetes-validations':["
                + "{'rule':'[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b,"
                + " [1,2,3,4,5,6,7,8,9,10].all(c, a + b + c > 0)))'}]}}",
            "");
    String many = "1" + ",1".repeat(2999);
    assertThat(errors(schema, "{'spec':{'list':[" + many + "]}}", null))
        .singleElement()
        .asString()
        .endsWith(
            "Invalid value: \"integer\": validation failed due to running out of cost budget, no"
                + " further validation rules will be run");
  }
}
