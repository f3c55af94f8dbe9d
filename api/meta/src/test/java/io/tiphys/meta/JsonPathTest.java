package io.tiphys.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.codec.Json;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonPathTest {
  private static final Json ROOT =
      Json.parse(
          """
          {"a":{"b":1,"c.d":2},
           "l":[{"n":"x","v":1,"on":true},{"n":"y","v":2},{"n":"z","v":3}],
           "deep":{"n":"w"}}
          """);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          .a.b                   | 1
          $.a.b                  | 1
          .a['b']                | 1
          .a.c\\.d               | 2
          .a['c.d']              | 2
          .l[0].v                | 1
          .l[-1].v               | 3
          .l[*].v                | 1 2 3
          .l[1:].v               | 2 3
          .l[:2].v               | 1 2
          .l[0:3:2].v            | 1 3
          .l[?(@.n=="y")].v      | 2
          .l[?(@.v>1)].n         | "y" "z"
          .l[?(@.v!=2)].n        | "x" "z"
          .l[?(@.on)].n          | "x"
          .l[?(@.on==true)].n    | "x"
          ..n                    | "x" "y" "z" "w"
          .a['b','c.d']          | 1 2
          .nothing.at.all        | ''
          .l.n                   | ''
          """)
  void leadsToItsValues(String path, String values) {
    String found =
        JsonPath.parse(path.replace("\\\\", "\\")).find(ROOT).stream()
            .map(Json::text)
            .collect(Collectors.joining(" "));
    assertThat(found).isEqualTo(values);
  }

  @Test
  void whatIsNoPathIsRefused() {
    assertThatThrownBy(() -> JsonPath.parse(".a[")).hasMessage("unterminated array");
    assertThatThrownBy(() -> JsonPath.parse(".a[x]")).hasMessage("invalid array index x");
  }
}
