package io.tiphys.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Loops live on whatever they throw, say when it persists, and end when they are closed. */
class LoopsTest {
  private final Loops loops =
      new Loops(
          new SystemClock(),
          new Random(1),
          Threads.SYSTEM,
          new Backoff(Duration.ofNanos(1), 1, 0, Duration.ofMillis(1)));

  @Test
  void whateverALoopThrowsItRunsAgain() throws Exception {
    CountDownLatch runs = new CountDownLatch(4);
    Throwable[] thrown = {
      new IllegalStateException("no space left"), new StackOverflowError(), new Exception("checked")
    };

    try (Lifecycle _ =
        loops.start(
            "heartbeat",
            () -> {
              int run = 4 - (int) runs.getCount();
              runs.countDown();
              if (run < thrown.length) {
                sneak(thrown[run]);
              }
              new CountDownLatch(1).await();
            })) {
      runs.await();

      assertThat(loops.failures()).containsEntry("heartbeat", 3L);
      assertThat(loops.failing())
          .singleElement()
          .isEqualTo(new Loops.Failing("heartbeat", 3, "checked"));
    }
    assertThat(loops.failing()).as("what is closed is not missed").isEmpty();
  }

  @Test
  void aLoopThatReturnsHasEnded() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();

    Lifecycle loop =
        loops.start(
            "once",
            "job",
            () -> {
              runs.incrementAndGet();
              ended.countDown();
            });
    ended.await();
    loop.close();

    assertThat(runs).hasValue(1);
    assertThat(loops.failures()).isEmpty();
  }

  @Test
  void aBodyThatLeavesItsThreadInterruptedIsRunAgainAllTheSame() throws Exception {
    CountDownLatch runs = new CountDownLatch(3);

    try (Lifecycle _ =
        loops.start(
            "careless",
            () -> {
              runs.countDown();
              Thread.currentThread().interrupt();
              throw new IllegalStateException("interrupted by nobody who may");
            })) {
      runs.await();
    }

    assertThat(runs.getCount()).isZero();
  }

  @Test
  void aLoopThatIsAskedToStopEndsByItself() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Loops.Loop loop =
        loops.start(
            "asked",
            () -> {
              begun.countDown();
              try {
                new CountDownLatch(1).await();
              } finally {
                ended.countDown();
              }
            });
    begun.await();

    loop.stop();

    ended.await();
    assertThat(loops.failures()).isEmpty();
  }

  @Test
  void closingInterruptsAndWaits() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);

    Lifecycle loop =
        loops.startOnPlatform(
            "blocked",
            () -> {
              begun.countDown();
              try {
                new CountDownLatch(1).await();
              } finally {
                interrupted.countDown();
              }
            });
    begun.await();
    loop.close();

    assertThat(interrupted.getCount()).isZero();
    assertThat(loops.failures()).isEmpty();
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void sneak(Throwable thrown) throws E {
    throw (E) thrown;
  }

  @Test
  void whatIsDoneTogetherHasEndedWhenTheCallerGoesOn() throws InterruptedException {
    CountDownLatch allThere = new CountDownLatch(3);
    AtomicInteger ended = new AtomicInteger();

    loops.together(
        "part",
        Collections.nCopies(
            3,
            () -> {
              allThere.countDown();
              try {
                allThere.await();
                ended.incrementAndGet();
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            }));

    assertThat(ended).as("side by side, or they would wait for ever").hasValue(3);
  }
}
