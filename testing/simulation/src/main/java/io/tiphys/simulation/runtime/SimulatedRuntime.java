package io.tiphys.simulation.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Runs the threads of all simulated processes on the calling thread, one at a time.
 *
 * <p>They are the JDK's virtual threads, whose scheduler this is: a thread runs until it blocks on
 * a lock, a condition, a queue, a future or the clock, and then the seed decides which of those
 * that can go on does. When none can, time moves to the next timer at once. Nothing else wakes a
 * thread, so that a seed always leads to the same run. What would is a fault: waiting for time
 * without the clock, and blocking while another thread holds an object's monitor, for the JDK ends
 * both waits from a thread of its own.
 */
public final class SimulatedRuntime {
  /** A thread that never waits would keep time from moving; far above what any instant takes. */
  private static final long STEPS_PER_INSTANT = 3_000_000;

  private final Thread carrier = Thread.currentThread();
  private final SplittableRandom random;
  private final List<Ready> ready = new ArrayList<>();
  private final TreeSet<SimulatedTimer> timers = new TreeSet<>();
  private final Instant start = Instant.parse("2026-01-01T00:00:00Z");
  private long nanos;
  private long orders;
  private long steps;
  private long stepsOfInstant;
  private Duration jumped = Duration.ZERO;
  private @Nullable Throwable trouble;

  private record Ready(SimulatedProcess process, Runnable continuation) {}

  public SimulatedRuntime(long seed) {
    random = new SplittableRandom(seed);
  }

  /** A new process: threads that can be killed together. */
  public SimulatedProcess process(String name) {
    return new SimulatedProcess(this, name, random.nextLong());
  }

  /** Lets {@code duration} pass. */
  public void run(Duration duration) {
    long end = nanos + duration.toNanos();
    while (true) {
      runReady();
      if (timers.isEmpty() || timers.first().atNanos() > end) {
        moveTo(end);
        return;
      }
      moveTo(Math.max(nanos, timers.first().atNanos()));
      while (!timers.isEmpty() && timers.first().atNanos() <= nanos) {
        SimulatedTimer due = timers.pollFirst();
        if (due != null) {
          due.run();
        }
      }
    }
  }

  private void moveTo(long target) {
    nanos = target;
    stepsOfInstant = 0;
  }

  private void runReady() {
    while (!ready.isEmpty()) {
      int chosen = random.nextInt(ready.size());
      Ready next = ready.get(chosen);
      Ready last = ready.removeLast();
      if (chosen < ready.size()) {
        ready.set(chosen, last);
      }
      if (next.process.isAlive()) {
        steps++;
        stepsOfInstant++;
        next.continuation.run();
      }
      check();
    }
  }

  private void check() {
    if (stepsOfInstant > STEPS_PER_INSTANT) {
      throw new IllegalStateException("threads go on and on, and time does not: " + ready);
    }
    Throwable found = trouble;
    if (found != null) {
      throw new IllegalStateException("the run cannot be repeated from its seed", found);
    }
  }

  /** Called whenever a thread can go on, by the JDK. */
  void ready(SimulatedProcess process, Runnable continuation) {
    Thread by = Thread.currentThread();
    if (by != carrier && !by.isVirtual()) {
      trouble = new IllegalStateException("a thread of " + process + " was woken by " + by);
      return;
    }
    ready.add(new Ready(process, continuation));
  }

  SimulatedTimer schedule(SimulatedProcess process, Duration delay, Runnable task) {
    long at = nanos + Math.max(0, delay.toNanos());
    SimulatedTimer timer = new SimulatedTimer(at, orders++, process, task);
    timers.add(timer);
    return timer;
  }

  void cancel(SimulatedTimer timer) {
    timers.remove(timer);
  }

  void forget(SimulatedProcess process) {
    timers.removeIf(timer -> timer.process() == process);
    ready.removeIf(next -> next.process == process);
  }

  /** The wall clock of everybody; it may jump. */
  public Instant now() {
    return start.plusNanos(nanos).plus(jumped);
  }

  /** How long the run has lasted. */
  public long nanoTime() {
    return nanos;
  }

  /** Sets all wall clocks forward, or back. Durations and timers are as before. */
  public void jump(Duration by) {
    jumped = jumped.plus(by);
  }

  /** How often a thread was let go on. */
  public long steps() {
    return steps;
  }
}
