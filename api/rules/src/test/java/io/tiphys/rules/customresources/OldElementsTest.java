package io.tiphys.rules.customresources;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.codec.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class OldElementsTest {
  private static final Json OLD =
      Json.parse("[{\"a\":1,\"v\":1},3,{\"a\":1,\"v\":2},{\"a\":1,\"b\":\"x\",\"v\":3},{\"v\":4}]");

  private static int found(String listType, String element) {
    Json old = OldElements.of(listType, List.of("a", "b"), OLD).find(Json.parse(element));
    return old instanceof Json.Obj object && object.get("v") instanceof Json.Int(long number)
        ? (int) number
        : 0;
  }

  @Test
  void theFirstElementWithTheSameNamesIsFollowed() {
    assertThat(found("map", "{\"a\":1,\"v\":9}")).isEqualTo(1);
    assertThat(found("map", "{\"a\":1,\"b\":\"x\"}")).isEqualTo(3);
    assertThat(found("map", "{}")).isEqualTo(4);
    assertThat(found("map", "{\"a\":2}")).isZero();
    assertThat(found("map", "3")).isZero();
    assertThat(found("set", "{\"a\":1}")).isZero();
    assertThat(OldElements.of("map", List.of("a"), null).find(OLD)).isNull();
  }
}
