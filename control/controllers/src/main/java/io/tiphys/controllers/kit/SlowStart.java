package io.tiphys.controllers.kit;

import io.tiphys.base.Loops;
import java.util.Collections;
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
  public static Outcome run(Loops loops, int count, int initial, Runnable action)
      throws InterruptedException {
    AtomicInteger successes = new AtomicInteger();
    AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    Runnable attempt =
        () -> {
          try {
            action.run();
            successes.incrementAndGet();
          } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
          }
        };
    int remaining = count;
    int round = Math.min(remaining, initial);
    while (round > 0 && failure.get() == null) {
      loops.together("slow-start", Collections.nCopies(round, attempt));
      remaining -= round;
      round = Math.min(2 * round, remaining);
    }
    return new Outcome(successes.get(), failure.get());
  }
}
