package io.tiphys.simulation.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The seed alone decides in which order threads run; time passes only when all of them wait. */
class SimulatedRuntimeTest {
  private final SimulatedRuntime runtime = new SimulatedRuntime(1);
  private final SimulatedProcess process = runtime.process("test");
  private final List<String> told = new ArrayList<>();

  @Test
  void theSameSeedGivesTheSameOrderAndAnotherAnother() {
    assertThat(market(1)).isEqualTo(market(1)).isNotEqualTo(market(2));
  }

  /** Makers and takers that meet at a queue, and a helper thread for each thing taken. */
  private static List<String> market(long seed) {
    SimulatedRuntime runtime = new SimulatedRuntime(seed);
    SimulatedProcess process = runtime.process("market");
    List<String> told = new ArrayList<>();
    BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(2);
    for (int i = 0; i < 10; i++) {
      int number = i;
      process.start("maker", () -> unchecked(() -> queue.put(number)));
      process.start(
          "taker",
          () ->
              unchecked(
                  () -> {
                    int taken = queue.take();
                    CompletableFuture<Integer> helped = new CompletableFuture<>();
                    Thread.ofVirtual().start(() -> helped.complete(taken));
                    told.add(number + " took " + helped.get());
                  }));
    }
    runtime.run(Duration.ofSeconds(1));
    assertThat(told).hasSize(10);
    return told;
  }

  @Test
  void hoursPassAtOnceAndTimersRunWhenTheyFallDue() {
    var _ = process.schedule(Duration.ofHours(2), () -> told.add("2h " + runtime.nanoTime()));
    process.start(
        "sleeper",
        () ->
            unchecked(
                () -> {
                  process.sleep(Duration.ofHours(1));
                  told.add("1h " + runtime.nanoTime());
                }));

    runtime.run(Duration.ofHours(3));

    assertThat(told)
        .containsExactly(
            "1h " + Duration.ofHours(1).toNanos(), "2h " + Duration.ofHours(2).toNanos());
    assertThat(runtime.nanoTime()).isEqualTo(Duration.ofHours(3).toNanos());
  }

  @Test
  void aTimerThatIsCalledOffDoesNotRun() {
    process.schedule(Duration.ofSeconds(1), () -> told.add("ran")).cancel();

    runtime.run(Duration.ofMinutes(1));

    assertThat(told).isEmpty();
  }

  @Test
  void wallClocksJumpAndDurationsDoNot() {
    process.start(
        "sleeper",
        () ->
            unchecked(
                () -> {
                  process.sleep(Duration.ofMinutes(1));
                  told.add("woke");
                }));
    var before = process.now();

    runtime.jump(Duration.ofDays(1));
    runtime.run(Duration.ofSeconds(59));

    assertThat(told).isEmpty();
    assertThat(process.now()).isEqualTo(before.plus(Duration.ofDays(1)).plusSeconds(59));
  }

  @Test
  void whatIsKilledStopsWhereItIs() {
    SimulatedProcess other = runtime.process("other");
    for (SimulatedProcess each : List.of(process, other)) {
      each.start(
          "loop",
          () ->
              unchecked(
                  () -> {
                    try {
                      each.sleep(Duration.ofSeconds(10));
                    } finally {
                      told.add(each + " ends");
                    }
                  }));
    }
    runtime.run(Duration.ofSeconds(5));

    process.kill();
    runtime.run(Duration.ofSeconds(10));

    assertThat(told).containsExactly("other ends");
  }

  @Test
  void aThreadThatIsWokenFromOutsideIsAFault() throws Exception {
    CompletableFuture<String> outside = new CompletableFuture<>();
    process.start("waiter", () -> told.add(outside.join()));
    runtime.run(Duration.ofSeconds(1));
    Thread.ofPlatform().start(() -> outside.complete("now")).join();

    assertThatThrownBy(
            () -> {
              process.start("another", () -> {});
              runtime.run(Duration.ofSeconds(1));
            })
        .hasMessageContaining("cannot be repeated")
        .rootCause()
        .hasMessageContaining("a thread of test was woken by Thread");
  }

  /** What may block. */
  @FunctionalInterface
  private interface Blocking {
    void run() throws Exception;
  }

  private static void unchecked(Blocking work) {
    try {
      work.run();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
