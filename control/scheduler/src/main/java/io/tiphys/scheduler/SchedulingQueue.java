package io.tiphys.scheduler;

import io.tiphys.base.Backoff;
import io.tiphys.base.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The pods that wait for a node.
 *
 * <pre>
 *   add ──► active ──take──► (being decided) ──bound──► gone
 *             ▲                    │ failed
 *             │ back-off over      ▼
 *          backing off ◄──── unschedulable
 *                     something changed, or five minutes
 * </pre>
 *
 * Active pods leave by priority, then by age. Checked against backend/queue/scheduling_queue.go.
 * Thread-safe; one thread takes.
 */
final class SchedulingQueue {
  /** Upstream's podInitialBackoffSeconds and podMaxBackoffSeconds. */
  private static final Backoff BACKOFF =
      new Backoff(Duration.ofSeconds(1), 2, 0, Duration.ofSeconds(10));

  /** A pod no event has helped is tried again after this time, in case an event was not enough. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  private static final Comparator<Waiting> ORDER =
      Comparator.comparingInt((Waiting pod) -> -pod.candidate.priority())
          .thenComparingLong(pod -> pod.sequence);

  private final Clock clock;
  private final RandomGenerator random;
  private final PriorityQueue<Waiting> active = new PriorityQueue<>(ORDER);
  private final Map<String, Waiting> waiting = new LinkedHashMap<>();

  /** One for every pod that became active, whether or not it still is. */
  private final Semaphore arrivals = new Semaphore(0);

  private long sequence;
  private long changes;
  private volatile boolean closed;

  /** A pod in the queue. Guarded by the queue. */
  private static final class Waiting {
    private Candidate candidate;
    private final long sequence;
    private Place place = Place.ACTIVE;
    private int attempts;
    private long changesSeen;
    private long notBefore;
    private long failedAt;

    Waiting(Candidate candidate, long sequence) {
      this.candidate = candidate;
      this.sequence = sequence;
    }
  }

  private enum Place {
    ACTIVE,
    DECIDING,
    BACKING_OFF,
    UNSCHEDULABLE
  }

  SchedulingQueue(Clock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /** Takes in a pod, or its new version. A change of an unschedulable pod makes it worth a try. */
  synchronized void put(Candidate candidate) {
    Waiting known = waiting.get(candidate.uid());
    if (known == null) {
      Waiting pod = new Waiting(candidate, sequence++);
      waiting.put(candidate.uid(), pod);
      activate(pod);
      return;
    }
    boolean changed = !known.candidate.pod().spec().equals(candidate.pod().spec());
    boolean relabeled =
        !known.candidate.pod().metadata().labels().equals(candidate.pod().metadata().labels());
    if (known.place == Place.ACTIVE) {
      active.remove(known);
      known.candidate = candidate;
      active.add(known);
    } else {
      known.candidate = candidate;
      if (known.place == Place.UNSCHEDULABLE && (changed || relabeled)) {
        release(known);
      }
    }
  }

  /** The pod needs no node any more. */
  synchronized void remove(String uid) {
    Waiting pod = waiting.remove(uid);
    if (pod != null && pod.place == Place.ACTIVE) {
      active.remove(pod);
    }
  }

  /**
   * Blocks for the next pod to decide on.
   *
   * @return null when closed
   */
  @Nullable Candidate take() throws InterruptedException {
    while (!closed) {
      arrivals.acquire();
      Candidate next = poll();
      if (next != null) {
        return next;
      }
    }
    return null;
  }

  private synchronized @Nullable Candidate poll() {
    if (closed || active.isEmpty()) {
      return null;
    }
    Waiting pod = active.remove();
    pod.place = Place.DECIDING;
    pod.attempts++;
    pod.changesSeen = changes;
    return pod.candidate;
  }

  /** No node fits, or the binding failed: the pod waits for a change, at least its back-off. */
  synchronized void failed(String uid) {
    Waiting pod = waiting.get(uid);
    if (pod == null) {
      return;
    }
    Duration delay = BACKOFF.delay(pod.attempts, random);
    pod.failedAt = clock.nanoTime();
    pod.notBefore = pod.failedAt + delay.toNanos();
    pod.place = Place.UNSCHEDULABLE;
    if (pod.changesSeen != changes) {
      release(pod);
    }
  }

  /** The cluster changed in a way that may make room: unschedulable pods are tried again. */
  synchronized void clusterChanged() {
    changes++;
    for (Waiting pod : unschedulable()) {
      release(pod);
    }
  }

  /** Something changed that may help these pods only. */
  synchronized void release(Predicate<Candidate> helped) {
    for (Waiting pod : unschedulable()) {
      if (helped.test(pod.candidate)) {
        release(pod);
      }
    }
  }

  /** Tries pods again that have waited for the longest time; to be called now and then. */
  synchronized void releaseForgotten() {
    long now = clock.nanoTime();
    for (Waiting pod : unschedulable()) {
      if (now - pod.failedAt >= LONGEST_WAIT.toNanos()) {
        release(pod);
      }
    }
  }

  synchronized void close() {
    closed = true;
    arrivals.release();
  }

  private List<Waiting> unschedulable() {
    List<Waiting> pods = new ArrayList<>();
    for (Waiting pod : waiting.values()) {
      if (pod.place == Place.UNSCHEDULABLE) {
        pods.add(pod);
      }
    }
    return pods;
  }

  private void release(Waiting pod) {
    long left = pod.notBefore - clock.nanoTime();
    if (left <= 0) {
      activate(pod);
    } else {
      pod.place = Place.BACKING_OFF;
      var _ = clock.schedule(Duration.ofNanos(left), () -> backoffOver(pod));
    }
  }

  private synchronized void backoffOver(Waiting pod) {
    if (pod.place == Place.BACKING_OFF && waiting.get(pod.candidate.uid()) == pod) {
      activate(pod);
    }
  }

  private void activate(Waiting pod) {
    pod.place = Place.ACTIVE;
    active.add(pod);
    arrivals.release();
  }
}
