package io.tiphys.base;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.testing.ManualClock;
import io.tiphys.base.testing.VirtualTime;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {
  private final ManualClock clock = new ManualClock();
  private final Loops loops = new Loops(clock, new Random(1));
  private final VirtualTime time = new VirtualTime(clock);

  @Test
  void timePassesForWhoSleepsAndOnlyAsMuchAsIsSleptFor() {
    AtomicInteger slept = new AtomicInteger();
    try (Lifecycle _ =
        loops.start(
            "sleeper",
            () -> {
              while (true) {
                clock.sleep(Duration.ofSeconds(1));
                slept.incrementAndGet();
              }
            })) {
      assertThat(time.comesAbout(() -> slept.get() == 3)).isTrue();
      assertThat(clock.nanoTime()).isEqualTo(Duration.ofSeconds(3).toNanos());
      time.pass(Duration.ofMillis(2500));
      assertThat(slept).hasValue(5);
      assertThat(clock.nanoTime()).isEqualTo(Duration.ofMillis(5500).toNanos());
      assertThat(time.comesAbout(() -> false, Duration.ofMinutes(1))).isFalse();
    }
  }

  /** However long the machine takes: a computation and a hundred hops between two threads. */
  @Test
  void timeStandsStillWhileAnyThreadIsUnderWay() {
    LinkedBlockingQueue<Integer> there = new LinkedBlockingQueue<>();
    LinkedBlockingQueue<Integer> back = new LinkedBlockingQueue<>();
    AtomicLong ended = new AtomicLong(-1);
    // Somebody whose timers would let time pass, if anybody let it.
    try (Lifecycle _ =
            loops.start(
                "ticker",
                () -> {
                  while (true) {
                    clock.sleep(Duration.ofMillis(1));
                  }
                });
        Lifecycle _ =
            loops.start(
                "echo",
                () -> {
                  while (true) {
                    back.put(there.take());
                  }
                });
        Lifecycle _ =
            loops.start(
                "asker",
                () -> {
                  clock.sleep(Duration.ofSeconds(1));
                  Random busy = new Random(2);
                  int sum = 0;
                  for (int hop = 0; hop < 100; hop++) {
                    for (int i = 0; i < 10_000; i++) {
                      sum += busy.nextInt();
                    }
                    there.put(sum);
                    sum += back.take();
                  }
                  ended.set(clock.nanoTime());
                })) {
      assertThat(time.comesAbout(() -> ended.get() >= 0)).isTrue();
      assertThat(ended).hasValue(Duration.ofSeconds(1).toNanos());
    }
  }
}
