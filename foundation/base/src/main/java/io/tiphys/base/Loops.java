package io.tiphys.base;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Starts everything long-lived and keeps it alive: a loop that throws, whatever it throws, is
 * logged, counted and run again with growing delays until it is closed. What keeps failing is told
 * to the health endpoints. A loop must therefore be able to start over at any time from what it
 * finds.
 */
public final class Loops {
  private static final Logger log = System.getLogger(Loops.class.getName());

  /** A disk that is full for some seconds should cost seconds more, not minutes. */
  private static final Backoff RESTARTS =
      new Backoff(Duration.ofMillis(100), 2, 0.2, Duration.ofSeconds(5));

  /** Once or twice is a mishap; the third time in a row is a state that others should see. */
  private static final int PERSISTENT = 3;

  /** Who has run this long without failing is well again; longer than any loop's own period. */
  private static final Duration STEADY = Duration.ofSeconds(30);

  private final Clock clock;
  private final RandomGenerator random;
  private final Threads threads;
  private final Backoff restarts;
  private final Set<Supervised> running = ConcurrentHashMap.newKeySet();
  private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();

  /**
   * @param random must be thread-safe
   */
  public Loops(Clock clock, RandomGenerator random) {
    this(clock, random, Threads.SYSTEM);
  }

  /**
   * @param random must be thread-safe
   * @param threads what everything runs on
   */
  public Loops(Clock clock, RandomGenerator random, Threads threads) {
    this(clock, random, threads, RESTARTS);
  }

  Loops(Clock clock, RandomGenerator random, Threads threads, Backoff restarts) {
    this.clock = clock;
    this.random = random;
    this.threads = threads;
    this.restarts = restarts;
  }

  /** What a loop does: runs until it is interrupted, or returns when it has nothing more to do. */
  @FunctionalInterface
  public interface Body {
    /**
     * @throws InterruptedException when the loop is closed
     * @throws Exception and the body is run again after a while
     */
    void run() throws Exception;
  }

  /**
   * A loop that fails again and again.
   *
   * @param failures how often in a row
   * @param message of the last failure
   */
  public record Failing(String name, int failures, String message) {}

  /** One that was started. {@link #close} interrupts it and returns when it has ended. */
  public interface Loop extends Lifecycle {
    /** Asks it to end, without waiting for that. */
    void stop();
  }

  /** Starts {@code body} on a virtual thread. */
  public Loop start(String name, Body body) {
    return start(name, "", body);
  }

  /**
   * Starts one of many loops of the same name.
   *
   * @param name one of few, counted together in metrics
   * @param detail which of them, for the log
   */
  public Loop start(String name, String detail, Body body) {
    Supervised loop = new Supervised(name, detail, body);
    return start(loop, threads.virtual(loop.title, loop::supervise));
  }

  /**
   * Starts {@code body} on a daemon thread of the platform, for work that blocks in native code.
   */
  public Loop startOnPlatform(String name, Body body) {
    Supervised loop = new Supervised(name, "", body);
    return start(loop, threads.platform(loop.title, loop::supervise));
  }

  private Loop start(Supervised loop, Thread thread) {
    running.add(loop);
    loop.thread = thread;
    thread.start();
    return loop;
  }

  /**
   * Starts one piece of work that ends by itself, beside the caller, on a virtual thread. Nobody
   * runs it again: it must deal with its own failures.
   */
  public Thread task(String name, Runnable work) {
    Thread thread = threads.virtual(name, work);
    thread.start();
    return thread;
  }

  /**
   * Does several pieces of work side by side, each as a {@link #task}, and returns when all have
   * ended.
   *
   * @throws InterruptedException when the caller is interrupted; the work goes on
   */
  public void together(String name, Collection<? extends Runnable> works)
      throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    works.forEach(work -> threads.add(task(name, work)));
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** The loops that keep failing now, by name. */
  public List<Failing> failing() {
    return running.stream()
        .map(Supervised::persistent)
        .flatMap(Optional::stream)
        .sorted(Comparator.comparing(Failing::name))
        .toList();
  }

  /** How often the loops of each name have failed since the start. */
  public Map<String, Long> failures() {
    Map<String, Long> counted = new TreeMap<>();
    failures.forEach((name, count) -> counted.put(name, count.sum()));
    return counted;
  }

  private final class Supervised implements Loop {
    private final String name;
    private final String title;
    private final Body body;
    private @Nullable Thread thread;
    private volatile boolean closed;
    private int inARow;
    private long failedAt;
    private String message = "";

    Supervised(String name, String detail, Body body) {
      this.name = name;
      this.title = detail.isEmpty() ? name : name + " " + detail;
      this.body = body;
    }

    private void supervise() {
      try {
        while (!closed && !finished()) {
          pause();
        }
      } finally {
        running.remove(this);
      }
    }

    /** Runs the body once; false when it failed and is to be run again. */
    private boolean finished() {
      long began = clock.nanoTime();
      try {
        body.run();
        return true;
      } catch (Throwable e) {
        if (!closed) {
          failed(e, began);
        }
        return false;
      }
    }

    private void pause() {
      // A body may have left its thread interrupted. One that close() interrupts is closed already.
      boolean _ = Thread.interrupted();
      if (closed) {
        return;
      }
      try {
        clock.sleep(restarts.delay(inARow, random));
      } catch (InterruptedException _) {
        // Closed, or somebody's mistake; the caller looks which.
      }
    }

    private void failed(Throwable cause, long began) {
      String said = String.valueOf(cause.getMessage() == null ? cause : cause.getMessage());
      int times = count(said, clock.nanoTime() - began > STEADY.toNanos());
      failures.computeIfAbsent(name, _ -> new LongAdder()).increment();
      // The same failure over and over needs its trace once only. A log may be slow: no lock is
      // held.
      @Nullable Throwable trace = times == 1 ? cause : null;
      log.log(Level.ERROR, title + " failed (" + times + " in a row), goes on: " + said, trace);
    }

    private synchronized int count(String said, boolean steady) {
      inARow = steady ? 1 : inARow + 1;
      failedAt = clock.nanoTime();
      message = said;
      return inARow;
    }

    synchronized Optional<Failing> persistent() {
      boolean well = inARow < PERSISTENT || clock.nanoTime() - failedAt > STEADY.toNanos();
      return well ? Optional.empty() : Optional.of(new Failing(title, inARow, message));
    }

    @Override
    public void stop() {
      closed = true;
      Thread started = thread;
      if (started != null) {
        started.interrupt();
      }
    }

    @Override
    public void close() {
      Thread started = thread;
      if (started == null || started == Thread.currentThread()) {
        closed = true;
        return;
      }
      stop();
      boolean interrupted = false;
      while (started.isAlive()) {
        try {
          started.join();
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
