package io.tiphys.cel;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.cel.type.CelType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompilationTest {
  private static final Environment ENVIRONMENT =
      Environment.kubernetes()
          .withVariable("s", CelType.STRING)
          .withVariable("d", CelType.DYN)
          .withVariable("m", CelType.map(CelType.STRING, CelType.INT))
          .withVariable("l", CelType.list(CelType.map(CelType.STRING, CelType.STRING)));

  /** Words are those of cel-go's checker/errors.go. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "foo | 1:1: undeclared reference to 'foo' (in container '')",
        "s.foo | 1:2: type 'string' does not support field selection",
        "s.bar() | 1:6: undeclared reference to 'bar' (in container '')",
        "1 + 'a' | 1:3: found no matching overload for '_+_' applied to '(int, string)'",
        "s.size(1) | 1:7: found no matching overload for 'size' applied to 'string.(int)'",
        "1 && true | 1:1: expected type 'bool' but found 'int'",
        "[1, 'a'] | 1:5: expected type 'int' but found 'string'",
        "{'a': 1, 'b': 'c'} | 1:15: expected type 'int' but found 'string'",
        "s.all(x, true) | 1:1: expression of type 'string' cannot be range of a comprehension"
            + " (must be list, map, or dynamic)",
        "[1].all(x, x) | 1:12: expected type 'bool' but found 'int'",
        "duration('1y') | 1:10: invalid duration argument",
        "timestamp('yesterday') | 1:11: invalid timestamp argument",
        "s.matches('[') | 1:11: invalid matches argument",
        "s.matches('(a{1000}){1000}') | 1:11: invalid matches argument",
        "int{} | 1:4: 'int' is not a message type",
        "m{} | 1:2: 'map' is not a type",
        "Nothing{} | 1:8: undeclared reference to 'Nothing' (in container '')",
        "true ? 1 : 'a' | 1:6: found no matching overload for '_?_:_' applied to"
            + " '(bool, int, string)'",
      })
  void mistakesAreToldInUpstreamsWords(String text, String message) {
    assertThat(Expressions.refusal(ENVIRONMENT, text)).startsWith("ERROR: <input>:" + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | list(dyn)",
        "[[]] | list(list(dyn))",
        "{} | map(dyn, dyn)",
        "m.a | int",
        "m['a'] + 1 | int",
        "l.map(x, x.size()) | list(int)",
        "l[0].?a | optional_type(string)",
        "d.a.b | dyn",
        "d + 1 | int",
        "optional.none() | optional_type(dyn)",
        "true ? [] : [1] | list(int)",
        "type(1) | type(int)",
        "int | type(int)",
        "m.transformMap(k, v, string(v)) | map(string, string)",
        "l.filter(x, 'a' in x)[0] | map(string, string)",
        "timestamp('2020-01-01T00:00:00Z') - duration('1s') | timestamp",
        "ip('::1') | net.IP",
        "m == m | bool",
      })
  void typesAreFound(String text, String type) {
    assertThat(Expressions.compiled(ENVIRONMENT, text).resultType().show()).isEqualTo(type);
  }

  @Test
  void macrosThatDoubleWhatTheyAreUsedOnEnd() {
    assertThat(Expressions.refusal(ENVIRONMENT, "d" + ".optMap(x, x)".repeat(40)))
        .isEqualTo("ERROR: <input>:-1:0: expression is too large");
  }

  @Test
  void severalMistakesAreToldInTheOrderOfTheText() {
    assertThat(Expressions.refusal(ENVIRONMENT, "foo &&\n  bar"))
        .isEqualTo(
            """
            ERROR: <input>:1:1: undeclared reference to 'foo' (in container '')
             | foo &&
             | ^
            ERROR: <input>:2:3: undeclared reference to 'bar' (in container '')
             |   bar
             | ..^\
            """);
  }

  @Test
  void anExpressionKnowsWhetherItMentionsAVariable() {
    assertThat(Expressions.compiled(ENVIRONMENT, "s.size() > 0").mentions("s")).isTrue();
    assertThat(Expressions.compiled(ENVIRONMENT, "m.size() > 0").mentions("s")).isFalse();
  }
}
