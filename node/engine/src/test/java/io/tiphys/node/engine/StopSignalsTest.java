package io.tiphys.node.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StopSignalsTest {
  @ParameterizedTest
  @CsvSource({
    "SIGTERM,15",
    "TERM,15",
    "sigusr1,10",
    "9,9",
    "SIGRTMIN+3,37",
    "SIGRTMINPLUS3,37",
    "SIGRTMAX-1,63",
    "SIGPOLL,29",
    "nonsense,15",
    "'',15",
    "0,15",
    "99,15",
    "SIGKILL,9"
  })
  void namesBecomeNumbers(String name, int number) {
    assertThat(StopSignals.number(name)).isEqualTo(number);
  }
}
