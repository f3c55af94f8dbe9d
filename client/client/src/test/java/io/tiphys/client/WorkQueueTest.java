package io.tiphys.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkQueueTest {
  private final ManualClock clock = new ManualClock();
  private final WorkQueue<String> queue = new WorkQueue<>(clock);

  @Test
  void aKeyWaitsOnceAndIsNeverWorkedOnTwiceAtATime() throws InterruptedException {
    queue.add("a");
    queue.add("b");
    queue.add("a");
    assertThat(queue.take()).isEqualTo("a");
    queue.add("a");
    assertThat(queue.take()).isEqualTo("b");
    assertThat(queue.size()).isZero();
    queue.done("b");
    queue.done("a");
    assertThat(queue.take()).isEqualTo("a");
    queue.done("a");
    assertThat(queue.size()).isZero();
  }

  @Test
  void ofSeveralDelaysTheFirstToEndCounts() throws InterruptedException {
    queue.addAfter("a", Duration.ofSeconds(10));
    queue.addAfter("a", Duration.ofSeconds(2));
    queue.addAfter("a", Duration.ofSeconds(5));
    clock.advance(Duration.ofMillis(1999));
    assertThat(queue.size()).isZero();
    clock.advance(Duration.ofMillis(1));
    assertThat(queue.take()).isEqualTo("a");
    queue.done("a");
    clock.advance(Duration.ofSeconds(60));
    assertThat(queue.size()).isZero();
  }

  @Test
  void failuresDoubleTheDelayUpToTheCeilingUntilForgotten() {
    List<Long> millis = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      millis.add(delayOfNextFailure("a").toMillis());
    }
    assertThat(millis).startsWith(5L, 10L, 20L, 40L).endsWith(655_360L, 1_000_000L, 1_000_000L);
    assertThat(queue.failures("a")).isEqualTo(20);
    queue.forget("a");
    assertThat(delayOfNextFailure("a")).isEqualTo(Duration.ofMillis(5));
  }

  @Test
  void allFailuresTogetherDrawOnOneBucket() {
    for (int i = 0; i < 100; i++) {
      queue.addRateLimited("k" + i);
    }
    clock.advance(Duration.ofMillis(5));
    assertThat(queue.size()).isEqualTo(100);
    queue.addRateLimited("one more");
    clock.advance(Duration.ofMillis(90));
    assertThat(queue.size()).isEqualTo(100);
    clock.advance(Duration.ofMillis(10));
    assertThat(queue.size()).isEqualTo(101);
  }

  @Test
  void aClosedQueueGivesOutWhatWaitsAndThenNull() throws InterruptedException {
    queue.add("a");
    queue.addAfter("later", Duration.ofSeconds(1));
    queue.close();
    queue.add("b");
    assertThat(queue.take()).isEqualTo("a");
    assertThat(queue.take()).isNull();
    assertThat(clock.waiting()).isZero();
  }

  private Duration delayOfNextFailure(String key) {
    long before = clock.nanoTime();
    queue.addRateLimited(key);
    while (queue.size() == 0) {
      clock.advance(Duration.ofMillis(5));
    }
    try {
      queue.done(String.valueOf(queue.take()));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return Duration.ofNanos(clock.nanoTime() - before);
  }
}
