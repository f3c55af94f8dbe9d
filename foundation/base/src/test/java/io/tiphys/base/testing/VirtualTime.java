package io.tiphys.base.testing;

import io.tiphys.base.Threads;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import jdk.management.VirtualThreadSchedulerMXBean;

/**
 * Lets time pass for loops that run beside a test: the clock moves on, from timer to timer, only
 * while every one of them waits. However slow the machine is, nobody finds more time gone than it
 * took him, as he would if the clock followed the machine's.
 *
 * <p>The loops must run on {@link #THREADS}: their scheduler and they themselves tell who is under
 * way. One that wakes another is under way itself until the other is counted, so there is no moment
 * between.
 */
public final class VirtualTime {
  /** How long the machine may be busy with one instant; far more than anything here needs. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What has not come about after this long, of virtual time, never will. */
  private static final Duration HORIZON = Duration.ofHours(2);

  /** How often the threads are looked at while they are busy. */
  private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

  private static final int LOOKS = 8;

  /** As the scheduler, one for the JVM: those of {@link #THREADS} that have not ended. */
  private static final Set<Thread> STARTED = ConcurrentHashMap.newKeySet();

  private static final VirtualThreadSchedulerMXBean SCHEDULER =
      ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);

  /**
   * For {@code Loops}: threads that this can see, also where a process would have the machine's.
   */
  public static final Threads THREADS =
      new Threads() {
        @Override
        public Thread virtual(String name, Runnable task) {
          Thread thread = Thread.ofVirtual().name(name).unstarted(task);
          STARTED.add(thread);
          return thread;
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

  /**
   * One look goes from thread to thread: who moves meanwhile may be missed by it, hardly by all of
   * these.
   */
  private static boolean isIdle() {
    for (int look = 0; look < LOOKS; look++) {
      if (SCHEDULER.getMountedVirtualThreadCount() != 0
          || SCHEDULER.getQueuedVirtualThreadCount() != 0
          || STARTED.stream().anyMatch(VirtualTime::isUnderWay)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Who got a monitor that another held is under way, but neither on a carrier nor in a queue until
   * a thread of the JVM's own has had its turn.
   */
  private static boolean isUnderWay(Thread thread) {
    return switch (thread.getState()) {
      case RUNNABLE, BLOCKED -> true;
      case NEW, WAITING, TIMED_WAITING -> false;
      case TERMINATED -> {
        STARTED.remove(thread);
        yield false;
      }
    };
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
