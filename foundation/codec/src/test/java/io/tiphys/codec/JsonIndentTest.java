package io.tiphys.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class JsonIndentTest {
  private static String indent(String... pieces) {
    return new String(
        JsonIndent.of(List.of(pieces).stream().map(piece -> piece.getBytes(UTF_8)).toList()),
        UTF_8);
  }

  @Test
  void standsOutAsGoSetsIt() {
    assertThat(indent("{\"a\":1,\"b\":[true,{\"c\":", "null}],\"d\":{},\"e\":[],\"f\":\"x\"}"))
        .isEqualTo(
            """
            {
              "a": 1,
              "b": [
                true,
                {
                  "c": null
                }
              ],
              "d": {},
              "e": [],
              "f": "x"
            }\
            """);
  }

  @Test
  void textIsLeftAlone() {
    assertThat(indent("{\"a\":\"{[,:\\\"\\\\\",\"b\":\"ü\"}"))
        .isEqualTo("{\n  \"a\": \"{[,:\\\"\\\\\",\n  \"b\": \"ü\"\n}");
    assertThat(indent("\"\"")).isEqualTo("\"\"");
    assertThat(indent("{ }")).isEqualTo("{}");
  }
}
