package io.tiphys.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "0, PT0S",
    "34s, PT34S",
    "1h2m3.5s, PT1H2M3.5S",
    "100ms, PT0.1S",
    "1.5h, PT1H30M",
    "-5s, PT-5S",
    ".5s, PT0.5S"
  })
  void readsWhatGoReads(String text, Duration duration) {
    assertThat(GoDuration.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "1x", ".s", "1s2", "99999999999h"})
  void refusesInTheWordsOfGo(String text) {
    assertThatThrownBy(() -> GoDuration.parse(text))
        .hasMessage("time: invalid duration \"" + text + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1s", "0", "."})
  void refusesWhatIsLongerThanAnyDurationAndSaysItsBeginning(String piece) {
    String endless = piece.repeat(5_000_000);
    assertThatThrownBy(() -> GoDuration.parse(endless))
        .hasMessage("time: invalid duration \"" + endless.substring(0, 128) + "...\"");
  }
}
