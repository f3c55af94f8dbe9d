package io.tiphys.meta;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GoTextTest {
  @Test
  void quotesAsGo() {
    assertThat(GoText.quote("a\"b\\c\n\t\u0001\u007fä\u00a0\u2028\ud83d\ude00"))
        .isEqualTo("\"a\\\"b\\\\c\\n\\t\\x01\\x7fä\\u00a0\\u2028\ud83d\ude00\"");
  }

  @Test
  void printsValuesAsGo() {
    assertThat(GoText.value(TestSchemas.json("{'b':[1,'x',null],'a':{'c':true,'d':1.5}}")))
        .isEqualTo("map[a:map[c:true d:1.5] b:[1 x <nil>]]");
  }
}
