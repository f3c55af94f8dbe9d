package io.tiphys.meta.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tiphys.codec.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectorTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | ''",
        "x=a,y=b,z=c | x=a,y=b,z=c",
        "b , a | a,b",
        "x!=a,y==b | x!=a,y==b",
        "x= | x=",
        "x=,z= | x=,z=",
        "!x | !x",
        "x>1,z<5 | x>1,z<5",
        "x in (b, a ,a) | x in (a,b)",
        "x notin () | x notin ()",
        "x in (a,) | x in (,a)",
        "x in (,a) | x in (,a)",
        "in in (in,notin) | in in (in,notin)",
        "example.com/k=v | example.com/k=v",
      })
  void printsWhatItReads(String text, String printed) {
    assertThat(Selector.parse(text)).hasToString(printed);
    assertThat(Selector.parse(printed)).isEqualTo(Selector.parse(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x==a==b | found '==', expected: ',' or 'end of string'",
        "!x=a | found '=', expected: ',' or 'end of string'",
        "x, | found '', expected: identifier after ','",
        ",x | found ',', expected: !, identifier, or 'end of string'",
        "x in a | unable to parse requirement: found 'a' expected: '('",
        "x in (a | unable to parse requirement: found '', expected: ',' or ')'",
        "x y | unable to parse requirement: found 'y', expected: in, notin, =, ==, !=, gt, lt",
        "! | unable to parse requirement: found '', expected: identifier",
        "x<a | 'unable to parse requirement: values[0]: Invalid value: \"a\": for ''Gt'', ''Lt''"
            + " operators, the value must be an integer'",
      })
  void saysWhatIsWrongAsUpstream(String text, String message) {
    assertThatExceptionOfType(SelectorException.class)
        .isThrownBy(() -> Selector.parse(text))
        .withMessage(message);
  }

  @Test
  void namesAWrongKeyAsUpstream() {
    assertThatExceptionOfType(SelectorException.class)
        .isThrownBy(() -> Selector.parse("a_="))
        .withMessageStartingWith(
            "unable to parse requirement: <nil>: Invalid value: \"a_\": name part must consist of");
    assertThatExceptionOfType(SelectorException.class)
        .isThrownBy(() -> Selector.parse("a=-"))
        .withMessageStartingWith(
            "unable to parse requirement: values[0][a]: Invalid value: \"-\": a valid label must");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | true",
        "app | true",
        "!app | false",
        "app=web | true",
        "app=db | false",
        "app!=db | true",
        "other!=x | true",
        "other notin (x) | true",
        "other in (x) | false",
        "app in (db,web),n>9 | true",
        "n>10 | false",
        "n<11 | true",
        "app>1 | false",
      })
  void matches(String text, boolean matches) {
    assertThat(Selector.parse(text).matches(Map.of("app", "web", "n", "10"))).isEqualTo(matches);
  }

  @Test
  void readsLabelSelectors() {
    Json json =
        Json.parse(
            """
            {"matchLabels": {"app": "web"},
             "matchExpressions": [
               {"key": "tier", "operator": "In", "values": ["b", "a"]},
               {"key": "canary", "operator": "DoesNotExist"}]}
            """);
    assertThat(Selector.ofJson(json)).hasToString("app=web,!canary,tier in (a,b)");
    assertThat(Selector.ofJson(Json.Obj.EMPTY)).isEqualTo(Selector.EVERYTHING);
    assertThat(Selector.ofJson(Json.Null.NULL)).isEqualTo(Selector.NOTHING);
  }

  @Test
  void refusesUnknownOperators() {
    assertThatExceptionOfType(SelectorException.class)
        .isThrownBy(() -> Selector.expression("a", "Like", List.of()))
        .withMessage("\"Like\" is not a valid label selector operator");
  }

  @Test
  void nothingMatchesNothing() {
    assertThat(Selector.NOTHING.matches(Map.of())).isFalse();
    assertThat(Selector.NOTHING.isEmpty()).isFalse();
    assertThat(Selector.EVERYTHING.matches(Map.of())).isTrue();
    assertThat(Selector.NOTHING).isNotEqualTo(Selector.EVERYTHING);
  }

  @Test
  void knowsTheOnlyValueThatALabelMayHave() {
    Selector selector = Selector.parse("a=1,b in (2),c in (3,4),d!=5");
    assertThat(selector.exactMatch("a")).contains("1");
    assertThat(selector.exactMatch("b")).contains("2");
    assertThat(selector.exactMatch("c")).isEmpty();
    assertThat(selector.exactMatch("d")).isEmpty();
  }
}
