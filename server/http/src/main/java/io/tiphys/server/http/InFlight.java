package io.tiphys.server.http;

import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The requests under way. One sweep looks for those past their deadline: cheaper than a timer per
 * request, and nearly all requests are gone before it comes round. It rests while there are none:
 * an idle cluster is not woken.
 */
final class InFlight implements Lifecycle {
  private final Clock clock;
  private final Set<Exchange> bounded = ConcurrentHashMap.newKeySet();
  private final Set<Exchange> growing = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;
  private volatile boolean draining;
  private final CountDownLatch drained = new CountDownLatch(1);
  private final AtomicBoolean sweeping = new AtomicBoolean();
  private volatile Clock.Timer sweep = () -> {};

  InFlight(Clock clock) {
    this.clock = clock;
  }

  void add(Exchange exchange) {
    if (exchange.request.info().longRunning()) {
      growing.add(exchange);
    } else {
      bounded.add(exchange);
      beginSweeping();
    }
  }

  private void beginSweeping() {
    if (!sweeping.get() && sweeping.compareAndSet(false, true) && !closed) {
      sweep = clock.schedule(Limits.DEADLINE_SWEEP, this::sweep);
    }
  }

  /** The answer has begun and its body grows: no deadline any more. */
  void turnedLong(Exchange exchange) {
    growing.add(exchange);
    unbounded(exchange);
  }

  boolean growing(Exchange exchange) {
    return growing.contains(exchange);
  }

  /** Whether the listener closes: connections end with the answer they are at. */
  boolean draining() {
    return draining;
  }

  void remove(Exchange exchange) {
    unbounded(exchange);
    growing.remove(exchange);
  }

  private void unbounded(Exchange exchange) {
    bounded.remove(exchange);
    if (draining && bounded.isEmpty()) {
      drained.countDown();
    }
  }

  /** Waits until ordinary requests are answered, at most {@code patience}; then ends the others. */
  void drain(Duration patience) {
    Clock.Timer limit = clock.schedule(patience, drained::countDown);
    draining = true;
    try {
      // Asked after: whoever ended before did not see that it was waited for.
      if (!bounded.isEmpty()) {
        drained.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      limit.cancel();
    }
    bounded.forEach(Exchange::abandon);
    growing.forEach(Exchange::abandon);
  }

  @Override
  public void close() {
    closed = true;
    sweep.cancel();
  }

  private void sweep() {
    long now = clock.nanoTime();
    for (Exchange exchange : bounded) {
      if (now - exchange.startedNanos > exchange.timeoutNanos) {
        exchange.overdue();
      }
    }
    sweeping.set(false);
    // Asked after: who was added before saw a sweep that still went on.
    if (!bounded.isEmpty()) {
      beginSweeping();
    }
  }
}
