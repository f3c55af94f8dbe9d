package io.tiphys.node.agent;

import io.tiphys.base.Clock;
import io.tiphys.node.cri.CriException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Which calls of an engine fail or take their time, by the names of {@link
 * io.tiphys.node.cri.RuntimeService}'s methods, and how often each was refused.
 */
final class EngineFaults {
  private final Clock clock;
  private final Map<String, CriException> failures = new HashMap<>();
  private final Map<String, Duration> delays = new HashMap<>();
  private final Map<String, Integer> refused = new HashMap<>();

  EngineFaults(Clock clock) {
    this.clock = clock;
  }

  /** From now on the call fails. */
  synchronized void fail(String call, CriException failure) {
    failures.put(call, failure);
  }

  /** From now on the call takes so long. */
  synchronized void delay(String call, Duration delay) {
    delays.put(call, delay);
  }

  /** All calls do what they are asked for, at once. */
  synchronized void recover() {
    failures.clear();
    delays.clear();
  }

  /** How often the call has failed. */
  synchronized int refused(String call) {
    return refused.getOrDefault(call, 0);
  }

  /** What a call does first: takes its time, then fails or goes on. */
  void meet(String call) {
    meet(call, Duration.ofDays(1));
  }

  /**
   * @param patience how long the caller waits at most
   */
  void meet(String call, Duration patience) {
    Duration delay;
    CriException failure;
    synchronized (this) {
      delay = delays.getOrDefault(call, Duration.ZERO);
      failure = failures.get(call);
      refused.merge(call, failure == null ? 0 : 1, Integer::sum);
    }
    if (delay.isPositive()) {
      sleep(delay.compareTo(patience) < 0 ? delay : patience);
    }
    if (failure != null) {
      throw failure;
    }
    if (delay.compareTo(patience) > 0) {
      throw new CriException(CriException.Code.DEADLINE_EXCEEDED, call + " took too long");
    }
  }

  private void sleep(Duration delay) {
    try {
      clock.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CriException(CriException.Code.UNAVAILABLE, "interrupted", e);
    }
  }
}
