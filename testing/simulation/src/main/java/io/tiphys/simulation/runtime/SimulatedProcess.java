package io.tiphys.simulation.runtime;

import io.tiphys.base.Clock;
import io.tiphys.base.Loops;
import io.tiphys.base.Threads;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * Threads, clock and randomness of one simulated process. Killing it stops all its threads where
 * they are, for good: nothing is unwound, nothing is closed.
 */
public final class SimulatedProcess implements Threads, Clock {
  private final SimulatedRuntime runtime;
  private final String name;
  private final Random random;
  private final Thread.Builder.OfVirtual builder;
  private final Loops loops;
  private Duration skew = Duration.ZERO;
  private boolean killed;

  SimulatedProcess(SimulatedRuntime runtime, String name, long seed) {
    this.runtime = runtime;
    this.name = name;
    random = new Random(seed);
    // Threads that these threads start, by whatever means, have the same executor.
    Executor scheduler = continuation -> ready(continuation);
    builder = ScheduledThreads.builder(scheduler);
    loops = new Loops(this, random, this);
  }

  private void ready(Runnable continuation) {
    if (!killed) {
      runtime.ready(this, continuation);
    }
  }

  /** Starts {@code task}. */
  public void start(String title, Runnable task) {
    virtual(title, task).start();
  }

  /** Stops every thread and timer where it is. */
  public void kill() {
    killed = true;
    runtime.forget(this);
  }

  public boolean isAlive() {
    return !killed;
  }

  /** Sets this process's wall clock apart from the others'. */
  public void skew(Duration by) {
    skew = by;
  }

  public RandomGenerator random() {
    return random;
  }

  public Loops loops() {
    return loops;
  }

  @Override
  public Thread virtual(String title, Runnable task) {
    return builder.name(title).unstarted(task);
  }

  @Override
  public Thread platform(String title, Runnable task) {
    return virtual(title, task);
  }

  @Override
  public Instant now() {
    return runtime.now().plus(skew);
  }

  @Override
  public long nanoTime() {
    return runtime.nanoTime();
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    SimulatedTimer timer = runtime.schedule(this, delay, () -> start("timer", task));
    return () -> runtime.cancel(timer);
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    Thread sleeper = Thread.currentThread();
    boolean[] over = {false};
    SimulatedTimer timer =
        runtime.schedule(
            this,
            duration,
            () -> {
              over[0] = true;
              LockSupport.unpark(sleeper);
            });
    while (!over[0]) {
      if (Thread.interrupted()) {
        runtime.cancel(timer);
        throw new InterruptedException();
      }
      LockSupport.park(this);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
