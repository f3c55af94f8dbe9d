package io.tiphys.simulation;

import io.tiphys.simulation.runtime.SimulatedProcess;
import java.time.Duration;

/** Pauses of a random length. */
final class Delays {
  private static final int MICROS_PER_MILLI = 1000;

  private Delays() {}

  /** Sleeps for less than {@code millis}. */
  static void upTo(SimulatedProcess process, int millis) throws InterruptedException {
    if (millis > 0) {
      long micros = process.random().nextInt(millis * MICROS_PER_MILLI);
      process.sleep(Duration.ofNanos(micros * MICROS_PER_MILLI));
    }
  }
}
