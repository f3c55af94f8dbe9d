package io.tiphys.server.apiserver;

import io.tiphys.base.Clock;
import io.tiphys.base.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A clock moved by the test alone: sleepers wait until it has been, on their own threads. */
final class StillClock implements Clock {
  private final ManualClock hands = new ManualClock();
  private final List<Duration> running = new ArrayList<>();

  void advance(Duration duration) {
    hands.advance(duration);
  }

  /** Blocks until so many timers of this length run. */
  synchronized void awaitTimers(Duration length, int count) throws InterruptedException {
    while (running.stream().filter(length::equals).count() < count) {
      wait();
    }
  }

  @Override
  public Instant now() {
    return hands.now();
  }

  @Override
  public long nanoTime() {
    return hands.nanoTime();
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    Timer timer = hands.schedule(delay, task);
    synchronized (this) {
      running.add(delay);
      notifyAll();
    }
    return () -> {
      timer.cancel();
      synchronized (this) {
        running.remove(delay);
      }
    };
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    hands.sleep(duration);
  }
}
