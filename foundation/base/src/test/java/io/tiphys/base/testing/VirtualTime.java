package io.tiphys.base.testing;

import io.tiphys.base.Threads;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import jdk.management.VirtualThreadSchedulerMXBean;

/**
 * Lets time pass for loops that run beside a test: the clock moves on, from timer to timer, only
 * while every one of them waits. However slow the machine is, nobody finds more time gone than it
 * took him, as he would if the clock followed the machine's.
 *
 * <p>The loops must run on virtual threads: their scheduler tells how many are under way. One that
 * wakes another is under way itself until the other is counted, so there is no moment between.
 */
public final class VirtualTime {
  /** How long the machine may be busy with one instant; far more than anything here needs. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What has not come about after this long, of virtual time, never will. */
  private static final Duration HORIZON = Duration.ofHours(2);

  /** How often the threads are looked at while they are busy. */
  private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

  private static final VirtualThreadSchedulerMXBean SCHEDULER =
      ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);

  /**
   * For {@code Loops}: threads that this can see, also where a process would have the machine's.
   */
  public static final Threads THREADS =
      new Threads() {
        @Override
        public Thread virtual(String name, Runnable task) {
          return Thread.ofVirtual().name(name).unstarted(task);
        }

        @Override
        public Thread platform(String name, Runnable task) {
          return virtual(name, task);
        }
      };

  private final ManualClock clock;

  public VirtualTime(ManualClock clock) {
    this.clock = clock;
  }

  /** Blocks until no thread has anything to do at this moment. */
  public void settle() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!isIdle()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("the threads of this test do not come to rest");
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private static boolean isIdle() {
    return SCHEDULER.getMountedVirtualThreadCount() == 0
        && SCHEDULER.getQueuedVirtualThreadCount() == 0;
  }

  /** Whether it holds now or later; time passes while nobody has anything to do. */
  public boolean comesAbout(BooleanSupplier condition) {
    return comesAbout(condition, HORIZON);
  }

  /** Whether it holds now or within {@code horizon}. */
  public boolean comesAbout(BooleanSupplier condition, Duration horizon) {
    long end = clock.nanoTime() + horizon.toNanos();
    settle();
    while (!condition.getAsBoolean()) {
      // What the condition asked may have set somebody going.
      settle();
      if (!clock.advanceToNext(end)) {
        return false;
      }
      settle();
    }
    return true;
  }

  /** Lets so much time pass, and all that happens in it. */
  public void pass(Duration duration) {
    comesAbout(() -> false, duration);
  }
}
