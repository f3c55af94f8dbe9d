package io.tiphys.base;

import java.time.Duration;
import java.time.Instant;

/**
 * The time as one component knows it: wall clock, monotonic clock and timers in one hand, so that a
 * whole cluster can run on virtual time. Nothing outside this package asks the JVM for the time.
 */
public interface Clock {
  /** The wall-clock time. May jump; never use it to measure a duration. */
  Instant now();

  /** Monotonic time in nanoseconds from an arbitrary origin. */
  long nanoTime();

  /**
   * Runs {@code task} once, {@code delay} from now, on a thread of its own.
   *
   * @return a handle whose {@link Timer#cancel} prevents a run that has not begun
   */
  Timer schedule(Duration delay, Runnable task);

  /** Blocks the calling thread for {@code duration}. */
  void sleep(Duration duration) throws InterruptedException;

  /** A scheduled run that may be called off. */
  @FunctionalInterface
  interface Timer {
    /** Calls the run off if it has not begun; does nothing otherwise. */
    void cancel();
  }
}
