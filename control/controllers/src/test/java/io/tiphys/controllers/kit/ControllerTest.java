package io.tiphys.controllers.kit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.Loops;
import io.tiphys.base.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ControllerTest {
  private final ManualClock clock = new ManualClock();
  private final Loops loops = new Loops(clock, new Random(9));
  private final List<String> seen = new ArrayList<>();

  @Test
  void anErrorIsAFailureOfItsKeyOnly() throws InterruptedException {
    CountDownLatch other = new CountDownLatch(1);
    Controller<String> controller =
        new Controller<>(
            "test",
            1,
            clock,
            loops,
            key -> {
              if (key.equals("bad")) {
                throw new StackOverflowError("deep");
              }
              other.countDown();
              return Result.done();
            });
    controller.enqueue("bad");
    controller.enqueue("good");
    controller.start();
    assertThat(other.await(30, TimeUnit.SECONDS)).isTrue();
    controller.close();
  }

  @Test
  void failuresComeBackLaterEachTimeUntilItWorks() throws InterruptedException {
    Controller<String> controller =
        new Controller<>(
            "test",
            1,
            clock,
            loops,
            key -> {
              seen.add(key + "@" + clock.nanoTime() / 1_000_000);
              if (seen.size() < 4) {
                throw new IllegalStateException("not yet");
              }
              return Result.done();
            });
    controller.enqueue("a");
    for (int i = 0; i < 200; i++) {
      controller.drain();
      clock.advance(Duration.ofMillis(5));
    }
    assertThat(seen).containsExactly("a@0", "a@5", "a@15", "a@35");
    controller.close();
  }

  @Test
  void aResultMayAskToBeLookedAtAgain() throws InterruptedException {
    Controller<String> controller =
        new Controller<>(
            "test",
            1,
            clock,
            loops,
            key -> {
              seen.add(key);
              return seen.size() == 1 ? Result.retryAfter(Duration.ofSeconds(7)) : Result.done();
            });
    controller.enqueue("a");
    controller.drain();
    clock.advance(Duration.ofSeconds(6));
    controller.drain();
    assertThat(seen).hasSize(1);
    clock.advance(Duration.ofSeconds(1));
    controller.drain();
    assertThat(seen).hasSize(2);
    controller.close();
  }

  @Test
  void workersRunUntilClosed() throws InterruptedException {
    CountDownLatch both = new CountDownLatch(2);
    Controller<String> controller =
        new Controller<>(
            "test",
            2,
            clock,
            loops,
            _ -> {
              both.countDown();
              both.await();
              return Result.done();
            });
    controller.start();
    controller.enqueue("a");
    controller.enqueue("b");
    assertThat(both.await(30, TimeUnit.SECONDS)).isTrue();
    controller.close();
    assertThat(controller.step()).isFalse();
  }
}
