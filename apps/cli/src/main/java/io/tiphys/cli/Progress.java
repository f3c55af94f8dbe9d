package io.tiphys.cli;

import io.tiphys.base.Clock;
import java.io.PrintStream;

/** Tells the user, line by line, what was done and how long it took. Thread-safe. */
public final class Progress {
  private final PrintStream out;
  private final Clock clock;
  private final long begun;
  private long last;

  public Progress(PrintStream out, Clock clock) {
    this.out = out;
    this.clock = clock;
    begun = clock.nanoTime();
    last = begun;
  }

  /** Says that {@code what} is done, and the time since the line before. */
  public synchronized void done(String what) {
    long now = clock.nanoTime();
    out.printf("  %-52s %6d ms%n", what, millis(now - last));
    out.flush();
    last = now;
  }

  /** Milliseconds since the first moment. */
  public synchronized long totalMillis() {
    return millis(clock.nanoTime() - begun);
  }

  private static long millis(long nanos) {
    return (nanos + 500_000) / 1_000_000;
  }
}
