package io.tiphys.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final RandomGenerator NO_JITTER = () -> 0L;

  @Test
  void doublesUpToTheCeiling() {
    Backoff backoff = new Backoff(Duration.ofSeconds(10), 2, 0, Duration.ofMinutes(5));

    assertThat(backoff.delay(1, NO_JITTER)).isEqualTo(Duration.ofSeconds(10));
    assertThat(backoff.delay(3, NO_JITTER)).isEqualTo(Duration.ofSeconds(40));
    assertThat(backoff.delay(1000, NO_JITTER)).isEqualTo(Duration.ofMinutes(5));
  }
}
