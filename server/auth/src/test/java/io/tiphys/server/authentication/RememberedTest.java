package io.tiphys.server.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RememberedTest {
  private final Remembered<Integer, String> memory = new Remembered<>(10);

  @Test
  void whatIsInUseStaysWhileStrangersPass() {
    memory.put(-1, "mine");
    for (int stranger = 0; stranger < 1000; stranger++) {
      memory.put(stranger, "theirs");
      assertThat(memory.get(-1)).isEqualTo("mine");
      assertThat(memory.size()).isLessThanOrEqualTo(10);
    }
    assertThat(memory.get(0)).isNull();
    assertThat(memory.get(999)).isEqualTo("theirs");
  }
}
