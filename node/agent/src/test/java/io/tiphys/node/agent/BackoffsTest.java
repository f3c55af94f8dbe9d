package io.tiphys.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BackoffsTest {
  private final ManualClock clock = new ManualClock();
  private final Backoffs backoffs = new Backoffs(clock);

  @Test
  void delaysDoubleFromTenSecondsToFiveMinutes() {
    List<String> delays = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      backoffs.failed("x");
      delays.add(Backoffs.text(backoffs.delay("x")));
    }
    assertThat(delays).containsExactly("10s", "20s", "40s", "1m20s", "2m40s", "5m0s", "5m0s");
  }

  @Test
  void waitingCountsFromTheFailure() {
    assertThat(backoffs.left("x")).isZero();
    backoffs.failed("x", "broken");
    clock.advance(Duration.ofSeconds(4));
    assertThat(backoffs.left("x")).hasSeconds(6);
    assertThat(backoffs.left("y")).isZero();
    assertThat(backoffs.lastError("x")).isEqualTo("broken");
    clock.advance(Duration.ofSeconds(7));
    assertThat(backoffs.left("x")).isZero();
    backoffs.forget("x");
    assertThat(backoffs.delay("x")).isEqualTo(Backoffs.FIRST);
  }

  @Test
  void afterACrashItCountsFromTheEndOfWhatRan() {
    // The first crash costs nothing, the second ten seconds from its end.
    assertThat(backoffs.leftSince("x", clock.now())).isZero();
    backoffs.triedAfter("x", clock.now());
    clock.advance(Duration.ofSeconds(60));
    var end = clock.now();
    assertThat(backoffs.leftSince("x", end)).hasSeconds(10);
    clock.advance(Duration.ofSeconds(10));
    assertThat(backoffs.leftSince("x", end)).isZero();
    backoffs.triedAfter("x", end);
    assertThat(backoffs.leftSince("x", clock.now())).hasSeconds(20);
  }

  @Test
  void whatRanWellForTenMinutesBeginsAnew() {
    for (int i = 0; i < 4; i++) {
      backoffs.triedAfter("x", clock.now());
    }
    clock.advance(Duration.ofMinutes(10).plusSeconds(1));
    assertThat(backoffs.leftSince("x", clock.now())).isZero();
    backoffs.triedAfter("x", clock.now());
    assertThat(backoffs.delay("x")).hasSeconds(10);
  }

  @ParameterizedTest
  @CsvSource({"10,10s", "60,1m0s", "160,2m40s", "300,5m0s"})
  void durationsReadAsGoPrintsThem(long seconds, String text) {
    assertThat(Backoffs.text(Duration.ofSeconds(seconds))).isEqualTo(text);
  }
}
