package io.tiphys.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.testing.ManualClock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** So many at once, and who waits too long is told. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PermitsTest {
  @Test
  void whoWaitsIsLetInWhenOneLeavesAndToldWhenNobodyDoes() throws Exception {
    ManualClock clock = new ManualClock();
    Permits permits = new Permits(1, clock);
    Duration patience = Duration.ofSeconds(8);
    assertThat(permits.acquire(patience)).isTrue();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> waiting = threads.submit(() -> permits.acquire(patience));
      awaitTimer(clock);
      permits.release();
      assertThat(waiting.get()).isTrue();

      Future<Boolean> late = threads.submit(() -> permits.acquire(patience));
      awaitTimer(clock);
      clock.advance(patience);
      assertThat(late.get()).isFalse();
    }
  }

  private static void awaitTimer(ManualClock clock) {
    while (clock.waiting() < 1) {
      Thread.onSpinWait();
    }
  }
}
