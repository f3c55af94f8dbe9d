package io.tiphys.controllers.kit.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.testing.ManualClock;
import io.tiphys.client.ObjectKey;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SpacingTest {
  private static final ObjectKey SERVICE = new ObjectKey("ns", "svc");

  private final ManualClock clock = new ManualClock();
  private final Spacing spacing = new Spacing(clock);

  @Test
  void smallServicesNeverRest() {
    spacing.passed(SERVICE, Spacing.LARGE);
    assertThat(spacing.rest(SERVICE)).isZero();
  }

  @Test
  void aLargeServiceRestsForAWhile() {
    spacing.passed(SERVICE, Spacing.LARGE + 1);
    assertThat(spacing.rest(SERVICE)).isEqualTo(Duration.ofMillis(50));
    assertThat(spacing.rest(new ObjectKey("ns", "other"))).isZero();
    clock.advance(Duration.ofMillis(20));
    assertThat(spacing.rest(SERVICE)).isEqualTo(Duration.ofMillis(30));
    clock.advance(Duration.ofMillis(30));
    assertThat(spacing.rest(SERVICE)).isZero();
  }

  @Test
  void whoBecomesSmallOrGoesRestsNoMore() {
    spacing.passed(SERVICE, Spacing.LARGE + 1);
    spacing.passed(SERVICE, 1);
    assertThat(spacing.rest(SERVICE)).isZero();
    spacing.passed(SERVICE, Spacing.LARGE + 1);
    spacing.forget(SERVICE);
    assertThat(spacing.rest(SERVICE)).isZero();
  }
}
