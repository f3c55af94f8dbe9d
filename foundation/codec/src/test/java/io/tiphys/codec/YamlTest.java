package io.tiphys.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          yes | true
          Off | false
          y | true
          ~ | null
          tRue | "tRue"
          "yes" | "yes"
          'on' | "on"
          12 | 12
          0o17 | 15
          017 | 15
          089 | 89
          0x1F | 31
          -0b101 | -5
          1_000 | 1000
          1e3 | 1000
          1.50 | 1.5
          .5 | 0.5
          +7 | 7
          1:30 | "1:30"
          2026-01-02 | "2026-01-02"
          2026-01-02T03:04:05Z | "2026-01-02T03:04:05Z"
          0.0.0.0/0 | "0.0.0.0/0"
          100m | "100m"
          18446744073709551615 | 18446744073709552000
          9223372036854775807 | 9223372036854775807
          !!str 12 | "12"
          !!float 12 | 12
          !!binary aGk= | "hi"
          {a: [1, b], 2: x} | {"a":[1,"b"],"2":"x"}
          """)
  void scalarsMeanWhatTheyMeanToKubernetes(String yaml, String json) {
    assertThat(Yaml.parse(yaml).text()).isEqualTo(json);
  }

  @Test
  void documentsAnchorsAndMergesAreRead() {
    assertThat(Yaml.parse("")).isEqualTo(Json.Null.NULL);
    assertThat(
            Yaml.parseAll(
                "a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\n---\n# none\n---\n- *y\n"
                    .replace("*y", "z")))
        .extracting(Json::text)
        .containsExactly("{\"a\":{\"p\":1,\"q\":2},\"b\":{\"p\":1,\"q\":3}}", "[\"z\"]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a: b: c | yaml: mapping values are not allowed in this context
          x: 1\\na: b: c | yaml: line 2: mapping values are not allowed in this context
          x: 1\\na: @b | yaml: line 2: found character that cannot start any token
          x:\\n\\tb: c | yaml: line 2: found character that cannot start any token
          x: 1\\n  y: 2 | yaml: line 2: mapping values are not allowed in this context
          x: {a\\n | yaml: line 1: did not find expected ',' or '}'
          x: "a | yaml: found unexpected end of stream
          a: *b | yaml: unknown anchor 'b' referenced
          a: &b [*b] | yaml: anchor 'b' value contains itself
          a: {{ .Values.x }} | yaml: invalid map key: map[interface {}]interface {}{".Values.x":interface {}(nil)}
          <<: 1 | yaml: map merge requires map or sequence of maps as the value
          !!int x | yaml: cannot decode !!str `x` as a !!int
          .inf | json: unsupported value: +Inf
          """)
  void faultsAreReportedInTheWordsOfGo(String yaml, String message) {
    assertThatThrownBy(() -> Yaml.parse(yaml.replace("\\n", "\n").replace("\\t", "\t")))
        .isInstanceOf(CodecException.class)
        .hasMessage(message);
  }

  @Test
  void duplicateKeysAreRemarkedWithTheirLine() {
    Yaml.Parsed parsed = Yaml.parseStrict("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n");

    assertThat(parsed.tree().text()).isEqualTo("{\"a\":3,\"b\":{\"c\":2}}");
    assertThat(parsed.strictErrors())
        .containsExactly(
            "yaml: unmarshal errors:\n"
                + "  line 4: key \"c\" already set in map\n"
                + "  line 5: key \"a\" already set in map");
  }

  @Test
  void aliasBombsAndDeepNestingAreRefused() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 30; i++) {
      String alias = "*a" + (i - 1);
      bomb.append(
          "a%d: &a%d [%s]\n"
              .formatted(i, i, String.join(",", List.of(alias, alias, alias, alias))));
    }
    assertThatThrownBy(() -> Yaml.parse(bomb.toString()))
        .hasMessage("yaml: document contains excessive aliasing");
    assertThatThrownBy(() -> Yaml.parse("[".repeat(5000)))
        .hasMessage("yaml: exceeded max depth of 1000");
  }

  @Test
  void printsAsKubectlDoes() {
    Json tree =
        Json.parse(
            """
            {"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","labels":{"b":"true","a":""},
             "creationTimestamp":"2026-01-02T03:04:05Z","annotations":{}},
             "spec":{"containers":[{"name":"c","args":["-c","echo: hi","*","1.5",": x"]},[[1]]],
             "script":"a\\nb\\n","text":"a\\nb","n":1.5,"x10":1,"x9":2,"none":null}}
            """);
    assertThat(Yaml.print(tree))
        .isEqualTo(
            """
            apiVersion: v1
            kind: Pod
            metadata:
              annotations: {}
              creationTimestamp: "2026-01-02T03:04:05Z"
              labels:
                a: ""
                b: "true"
              name: p
            spec:
              containers:
              - args:
                - -c
                - 'echo: hi'
                - '*'
                - "1.5"
                - ': x'
                name: c
              - - - 1
              "n": 1.5
              none: null
              script: |
                a
                b
              text: |-
                a
                b
              x9: 2
              x10: 1
            """);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings()
        .withChars(" \n\t\r:#-?,[]{}&*!|>'\"%@`~<=\\abyn019._+é\u0001\u2028\ud83d\ude00")
        .ofMaxLength(10)
        .map(text -> Bytes.utf8(text).text());
  }

  @Property
  void whatIsPrintedReadsBack(@ForAll("texts") String key, @ForAll("texts") String value) {
    Json tree =
        Json.Obj.of(key, new Json.Arr(List.of(Json.of(value), Json.Obj.of("k", Json.of(value)))));

    assertThat(Yaml.parse(Yaml.print(tree))).isEqualTo(tree);
  }

  @Property
  void anyTextIsReadOrRefused(@ForAll("texts") String text) {
    try {
      Yaml.parseAll(text);
    } catch (CodecException e) {
      assertThat(e)
          .hasMessageMatching("(?s)(yaml: |json: unsupported|illegal base64|unsupported map).*");
    }
  }
}
