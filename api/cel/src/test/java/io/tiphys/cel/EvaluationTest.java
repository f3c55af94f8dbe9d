package io.tiphys.cel;

import static io.tiphys.cel.Expressions.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.cel.eval.Planner;
import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.IntValue;
import io.tiphys.cel.value.Lists;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.Texts;
import io.tiphys.cel.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EvaluationTest {
  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      quoteCharacter = '~',
      value = {
        "1 + 2 * 3 - 4 / 2 % 5 | 5",
        "9223372036854775807 + 1 | integer overflow",
        "-9223372036854775808 - 1 | integer overflow",
        "-(-9223372036854775807 - 1) | integer overflow",
        "9223372036854775807 * 2 | integer overflow",
        "(-9223372036854775807 - 1) / -1 | integer overflow",
        "1 / 0 | division by zero",
        "1 % 0 | modulus by zero",
        "1u - 2u | unsigned integer overflow",
        "18446744073709551615u + 1u | unsigned integer overflow",
        "18446744073709551615u * 2u | unsigned integer overflow",
        "18446744073709551615u / 2u | 9223372036854775807",
        "1.0 / 0.0 | +Inf",
        "0.0 / 0.0 == 0.0 / 0.0 | false",
        "1.0 < 0.0 / 0.0 | NaN values cannot be ordered",
        "1 < 1.5 && 2u > 1 && 1.0 <= 1u | true",
        "18446744073709551615u > -1 | true",
        "dyn(1) == dyn(1.0) && dyn(1u) == dyn(1) | true",
        "1 in [1, 2] && 'a' in {'a': 1} && !(3 in [1, 2]) | true",
        "dyn(1.0) in [1, 2] | true",
        "-0.0 in [0.0] && 0.0 in [-0.0] && dyn(0) in [-0.0] | true",
        "double('nan') in [double('nan'), 1.0] | false",
        "{1: 'a'}[dyn(1.0)] | a",
        "{1: 'a'}[dyn(1u)] | a",
        "[1, 2][dyn(1.0)] | 2",
        "[1, 2][2] | index out of bounds: 2",
        "[1, 2][-1] | index out of bounds: -1",
        "{'a': 1}['b'] | no such key: b",
        "{'a': 1}.b | no such key: b",
        "has({'a': 1}.a) && !has({'a': 1}.b) | true",
        "dyn(1) + dyn('a') | no such overload",
        "dyn(true) + 1 | no such overload: _+_",
        "dyn('a') * dyn(2) | no such overload",
        "dyn(1) && true | no such overload",
      })
  void operatorsFollowTheLanguage(String text, String expected) {
    assertThat(result(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      quoteCharacter = '~',
      value = {
        "false && 1 / 0 > 0 | false",
        "1 / 0 > 0 && false | false",
        "true || 1 / 0 > 0 | true",
        "1 / 0 > 0 || true | true",
        "1 / 0 > 0 || false | division by zero",
        "1 / 0 > 0 && true | division by zero",
        "true ? 1 : 1 / 0 | 1",
        "1 / 0 > 0 ? 1 : 2 | division by zero",
        "[1, 0, 2].exists(x, 1 / x > 1) | division by zero",
        "[1, 0, 2].exists(x, 1 / x == 1) | true",
        "[0, 1].all(x, 1 / x > 1) | false",
        "[0, 1].all(x, 1 / x == 1) | division by zero",
        "[1, 2, 3].exists_one(x, x > 2) | true",
        "[].all(x, false) && ![].exists(x, true) | true",
        "{'a': 1, 'b': 2}.all(k, k != 'c') | true",
        "[1, 2, 3].filter(x, x > 1).map(x, x * 2) | [4, 6]",
        "[1, 2, 3].map(x, x > 1, x * 2) | [4, 6]",
        "[[1], [2, 3]].map(x, x.map(y, y + x.size())) | [[2], [4, 5]]",
      })
  void errorsGoOnUnlessSomethingElseDecides(String text, String expected) {
    assertThat(result(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      quoteCharacter = '~',
      value = {
        "int('42') + int(2.9) + int(3u) | 47",
        "int(dyn('x')) | type conversion error from 'string' to 'int'",
        "int(9.3e18) | integer overflow",
        "uint(dyn(-1)) | unsigned integer overflow",
        "string(1.0) + string(1e21) + string(0.00001) | 11e+211e-05",
        "string(true) + string(3u) + string(b'abc') | true3abc",
        "string(bytes('ü') + b'\\xff') | invalid UTF-8 in bytes, cannot convert to string",
        "bool('true') && !bool('F') | true",
        "double('1e2') | 100",
        "double('0x1.8p4') | 24",
        "double('0xp1') | type conversion error from 'string' to 'double'",
        "string(duration('1h1m1.5s')) | 3661.5s",
        "string(timestamp('2024-02-29T12:00:00.50+02:00')) | 2024-02-29T12:00:00.5+02:00",
        "timestamp('2024-02-29T12:00:00Z') + duration('24h') | 2024-03-01T12:00:00Z",
        "timestamp('9999-12-31T23:59:59Z') + duration('1s') | timestamp overflow",
        "timestamp('2024-03-01T00:00:00Z') - timestamp('2024-02-29T00:00:00Z') | 24h0m0s",
        "timestamp('2024-02-29T23:30:00Z').getDayOfMonth('+01:00') | 0",
        "timestamp('2024-02-29T12:00:00Z').getDayOfWeek() | 4",
        "timestamp('2024-02-29T12:00:00Z').getDayOfYear() | 59",
        "timestamp('2024-07-01T12:00:00Z').getHours('Europe/Berlin') | 14",
        "timestamp('2024-02-29T12:00:00Z').getHours('+20:30') | 8",
        "timestamp('2024-02-29T12:00:00Z').getDate('-48:00') | 27",
        "timestamp('2024-02-29T12:00:00Z').getHours('999999999:00') | 3",
        "duration('90m').getHours() + duration('90m').getMinutes() | 91",
        "duration('-1.5h') < duration('0') | true",
        "type(1) == int && type(int) == type && type([]) == list | true",
        "size('é😀') + size(b'abc') + [1].size() + {'a': 1}.size() | 7",
        "'😀' > '\\uffff' | true",
      })
  void conversionsAndTimesFollowUpstream(String text, String expected) {
    assertThat(result(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      quoteCharacter = '~',
      value = {
        "optional.of(1).optMap(x, x + 1) | optional(2)",
        "optional.none().optMap(x, x + 1) | optional.none()",
        "{'a': {'b': 1}}.?a.?b.orValue(0) | 1",
        "{'a': {'b': 1}}.?a.?c.orValue(0) | 0",
        "[1][?3].hasValue() | false",
        "[?optional.of(1), ?optional.none(), 2] | [1, 2]",
        "{?'a': optional.none(), 'b': 2} | {b: 2}",
        "optional.none().value() | optional.none() dereference",
        "optional.ofNonZeroValue('') | optional.none()",
        "[1, 2].first().value() + [1, 2].last().value() | 3",
        "has({'a': {'b': 1}}.?a.b) | true",
        "has({'a': {'b': 1}}.?c.b) | false",
      })
  void absentValuesAreHandled(String text, String expected) {
    assertThat(result(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      quoteCharacter = '~',
      value = {
        "t.replace('', t) | result too large",
        "lists.range(4000).map(i, t).join() | result too large",
        "'%s'.format([lists.range(4000).map(i, t)]) | error during formatting: result too large",
        "'%s'.format([{1: lists.range(4000).map(i, t)}]) | error during formatting: result too"
            + " large",
        "t.replace('a', t).size() == 16000000 | result too large",
        "t.replace('a', 'bb').size() | 8000",
        "lists.range(1000001) | range too large: 1000001",
        "'a'.find(t.replace('a', '') + '(a{1000}){1000}') | Illegal regex: error parsing regexp:"
            + " invalid repeat count: `{1000}`",
        "'a😀b'.charAt(1) + 'ab'.charAt(2) | 😀",
        "'a😀'.charAt(3) | index out of range: 3",
        "isSemver('1.0.0-18446744073709551615') | true",
        "isSemver('1.0.0-18446744073709551616') | false",
        "isSemver('1.0.0-100000000000000000000') | false",
        "isSemver('100000000000000000000.0.0') | false",
      })
  void whatACallMakesIsBounded(String text, String expected) {
    Environment environment = Environment.kubernetes().withVariable("t", CelType.STRING);
    StringValue given = new StringValue("a".repeat(4_000));
    assertThat(Texts.plain(Expressions.value(environment, text, name -> given)))
        .isEqualTo(expected);
  }

  @Test
  void numbersOfManyDigitsAreReadInOneGo() {
    String digits = "1".repeat(90_000);
    assertThat(result("double('" + digits + "x')"))
        .isEqualTo("type conversion error from 'string' to 'double'");
  }

  static Stream<List<String>> results() {
    return Table.lines("library-results.tsv");
  }

  /** The table is of cel-go's ext/{strings,sets,lists,comprehensions}_test.go. */
  @ParameterizedTest
  @MethodSource("results")
  void librariesGiveWhatUpstreamsGive(List<String> line) {
    String text = line.getFirst();
    String error = line.getLast();
    Compilation compilation = Environment.kubernetes().compile(text);

    if (compilation instanceof Compilation.Refused refused) {
      assertThat(error).isNotEmpty();
      assertThat(refused.message()).contains(error);
    } else if (error.isEmpty()) {
      assertThat(result(text)).isEqualTo("true");
    } else {
      assertThat(result(text)).contains(error);
    }
  }

  @Test
  void aConstantThatCannotBeConvertedIsNoProgram() {
    Compilation.Compiled compiled = Expressions.compiled(Environment.kubernetes(), "int('x')");

    assertThat(
            org.assertj.core.api.Assertions.catchThrowableOfType(
                    Planner.Unplannable.class, compiled::program)
                .getMessage())
        .isEqualTo("type conversion error from 'string' to 'int'");
    assertThat(result("'a'.find('(a{1000}){1000}')"))
        .isEqualTo("error parsing regexp: invalid repeat count: `{1000}`");
  }

  @Test
  void aLoopEndsWhenItIsInterrupted() throws Planner.Unplannable {
    List<Value> many = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      many.add(IntValue.of(i));
    }
    AtomicInteger looks = new AtomicInteger();
    Program program =
        Expressions.compiled(
                Environment.kubernetes().withVariable("l", CelType.list(CelType.INT)),
                "l.all(x, x >= 0)")
            .program();

    Program.Evaluation evaluation =
        program.evaluate(name -> Lists.of(many), -1L, () -> looks.incrementAndGet() > 3);

    assertThat(Texts.plain(evaluation.value())).isEqualTo("operation interrupted");
    assertThat(looks).hasValue(4);
  }
}
