package io.tiphys.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.core.v1.Pod;
import io.tiphys.base.testing.ManualClock;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SchedulingQueueTest {
  private final ManualClock clock = new ManualClock();
  private final SchedulingQueue queue = new SchedulingQueue(clock, new Random(1));

  @Test
  void thePodOfHighestPriorityLeavesFirstThenTheOldest() throws Exception {
    queue.put(candidate("first", 0));
    queue.put(candidate("second", 0));
    queue.put(candidate("important", 1000));

    assertThat(taken()).isEqualTo("important");
    assertThat(taken()).isEqualTo("first");
    assertThat(taken()).isEqualTo("second");
  }

  @Test
  void anUnschedulablePodWaitsForAChangeAndItsBackoff() throws Exception {
    queue.put(candidate("p", 0));
    assertThat(taken()).isEqualTo("p");
    queue.failed("uid-p");

    CompletableFuture<String> next = CompletableFuture.supplyAsync(this::takenNow);
    clock.advance(Duration.ofMinutes(1));
    assertThat(next).isNotDone();
    queue.clusterChanged();
    assertThat(next.join()).isEqualTo("p");

    queue.failed("uid-p");
    queue.clusterChanged();
    next = CompletableFuture.supplyAsync(this::takenNow);
    clock.advance(Duration.ofMillis(1900));
    assertThat(next).isNotDone();
    clock.advance(Duration.ofMillis(200));
    assertThat(next.join()).isEqualTo("p");
  }

  @Test
  void aChangeDuringTheDecisionIsNotMissed() throws Exception {
    queue.put(candidate("p", 0));
    assertThat(taken()).isEqualTo("p");
    queue.clusterChanged();
    queue.failed("uid-p");

    clock.advance(Duration.ofSeconds(2));
    assertThat(taken()).isEqualTo("p");
  }

  @Test
  void aPodNoEventHelpedIsTriedAgainAfterFiveMinutes() throws Exception {
    queue.put(candidate("p", 0));
    assertThat(taken()).isEqualTo("p");
    queue.failed("uid-p");
    clock.advance(Duration.ofMinutes(5));

    queue.releaseForgotten();

    assertThat(taken()).isEqualTo("p");
  }

  @Test
  void removedPodsDoNotComeBack() throws Exception {
    queue.put(candidate("gone", 0));
    queue.put(candidate("stays", 0));
    queue.remove("uid-gone");

    assertThat(taken()).isEqualTo("stays");
  }

  private String taken() throws InterruptedException {
    Candidate pod = queue.take();
    return pod == null ? "closed" : pod.pod().name();
  }

  private String takenNow() {
    try {
      return taken();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Candidate candidate(String name, int priority) {
    Pod pod = Samples.pod(name);
    return Candidate.of(pod.withSpec(pod.spec().withPriority(priority)));
  }
}
