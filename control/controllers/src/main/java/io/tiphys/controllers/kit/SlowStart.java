package io.tiphys.controllers.kit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Does the same many times, few at once at first and twice as many each round, and stops after a
 * round in which one failed: what fails for all is not tried for all. Checked against
 * slowStartBatch in pkg/controller/replicaset/replica_set.go.
 */
public final class SlowStart {
  private SlowStart() {}

  /**
   * How far it got.
   *
   * @param failure the first one of the last round, if any
   */
  public record Outcome(int successes, @Nullable RuntimeException failure) {}

  /**
   * @param initial how many at once in the first round
   */
  public static Outcome run(int count, int initial, Runnable action) throws InterruptedException {
    AtomicInteger successes = new AtomicInteger();
    AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    int remaining = count;
    int round = Math.min(remaining, initial);
    while (round > 0 && failure.get() == null) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < round; i++) {
        threads.add(
            Thread.startVirtualThread(
                () -> {
                  try {
                    action.run();
                    successes.incrementAndGet();
                  } catch (RuntimeException e) {
                    failure.compareAndSet(null, e);
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      remaining -= round;
      round = Math.min(2 * round, remaining);
    }
    return new Outcome(successes.get(), failure.get());
  }
}
