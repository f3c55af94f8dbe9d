package io.tiphys.node.agent;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Probe;
import io.tiphys.base.Clock;
import io.tiphys.base.Loops;
import io.tiphys.node.cri.ContainerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The probes of one pod's running containers: a thread each, as long as the container runs. Checked
 * against pkg/kubelet/prober/worker.go. Thread-safe.
 */
final class Probing {
  private final Clock clock;
  private final Loops loops;
  private final Prober prober;
  private final PodEvents events;
  private final Listener listener;
  private final Map<String, Boolean> readiness = new ConcurrentHashMap<>();
  private final Set<String> started = ConcurrentHashMap.newKeySet();
  private final Set<String> known = ConcurrentHashMap.newKeySet();
  private final Map<String, Loops.Loop> workers = new ConcurrentHashMap<>();

  /** Told of what probes find out; called on their threads. */
  interface Listener {
    void changed();

    /** The container is to be killed: {@code what} is {@code liveness} or {@code startup}. */
    void failed(String containerId, String what);
  }

  Probing(Clock clock, Loops loops, Prober prober, PodEvents events, Listener listener) {
    this.clock = clock;
    this.loops = loops;
    this.prober = prober;
    this.events = events;
    this.listener = listener;
  }

  /** Whether a running container counts as ready. */
  boolean isReady(Container container, String id) {
    return container.readinessProbe() == null || readiness.getOrDefault(id, false);
  }

  boolean isStarted(Container container, String id) {
    return container.startupProbe() == null || started.contains(id);
  }

  /**
   * Begins the probes of a container that runs, once. One that was ready before a restart of this
   * process stays so until its probe says otherwise.
   */
  void watch(Pod pod, Container container, ContainerStatus status, String podIp) {
    if (known.add(status.id())) {
      adopt(pod, status.id());
    }
    Subject subject = new Subject(pod, container, status, podIp);
    if (isStarted(container, status.id())) {
      beginStarted(subject);
    } else {
      begin(subject, "Startup", container.startupProbe());
    }
  }

  /** The probes of a container that is known to have started. */
  private void beginStarted(Subject subject) {
    begin(subject, "Readiness", subject.container.readinessProbe());
    begin(subject, "Liveness", subject.container.livenessProbe());
  }

  private void adopt(Pod pod, String id) {
    Stream.of(pod.status().initContainerStatuses(), pod.status().containerStatuses())
        .flatMap(List::stream)
        .filter(status -> status.containerID().endsWith("/" + id))
        .forEach(
            status -> {
              if (status.ready()) {
                readiness.put(id, true);
              }
              if (Boolean.TRUE.equals(status.started())) {
                started.add(id);
              }
            });
  }

  private void begin(Subject subject, String kind, @Nullable Probe probe) {
    if (probe != null) {
      workers.computeIfAbsent(
          subject.status.id() + kind,
          _ ->
              loops.start(
                  "probe",
                  kind + " of " + subject.pod.name() + "/" + subject.container.name(),
                  new Worker(subject, kind, probe)));
    }
  }

  /** Ends the probes of all containers but those that run still. */
  void retain(Set<String> runningIds) {
    workers.forEach(
        (key, worker) -> {
          if (runningIds.stream().noneMatch(key::startsWith)) {
            worker.stop();
            workers.remove(key);
          }
        });
    readiness.keySet().retainAll(runningIds);
    started.retainAll(runningIds);
    known.retainAll(runningIds);
  }

  /** What is probed. */
  record Subject(Pod pod, Container container, ContainerStatus status, String podIp) {}

  /** Probes again and again; results count once their threshold is reached. */
  private final class Worker implements Loops.Body {
    private final Subject subject;
    private final String kind;
    private final Probe probe;
    private int inARow;
    private boolean lastGood;

    Worker(Subject subject, String kind, Probe probe) {
      this.subject = subject;
      this.kind = kind;
      this.probe = probe;
    }

    @Override
    public void run() throws InterruptedException {
      String id = subject.status.id();
      sleepUntilDue();
      while (note(id, outcome())) {
        clock.sleep(Duration.ofSeconds(Math.max(1, probe.periodSeconds())));
      }
    }

    /** What nobody thought of says nothing about the container. */
    private Prober.Outcome outcome() {
      try {
        return prober.probe(subject, probe);
      } catch (RuntimeException e) {
        return new Prober.Outcome.Broken(String.valueOf(e));
      }
    }

    private void sleepUntilDue() throws InterruptedException {
      Instant begin = subject.status.startedAt();
      if (begin != null) {
        Duration left =
            Duration.between(clock.now(), begin.plusSeconds(probe.initialDelaySeconds()));
        if (left.isPositive()) {
          clock.sleep(left);
        }
      }
    }

    /** Whether to go on. */
    private boolean note(String id, Prober.Outcome outcome) {
      String reason = outcome instanceof Prober.Outcome.Doubtful ? "ProbeWarning" : "Unhealthy";
      outcome
          .event(kind)
          .ifPresent(text -> events.warning(subject.pod, subject.container, reason, text));
      if (outcome instanceof Prober.Outcome.Broken) {
        return true; // Upstream, too, counts it neither way.
      }
      boolean good = outcome.problem().isEmpty();
      inARow = good == lastGood ? inARow + 1 : 1;
      lastGood = good;
      int threshold = good ? probe.successThreshold() : probe.failureThreshold();
      if (inARow < Math.max(1, threshold)) {
        return true;
      }
      return switch (kind) {
        case "Readiness" -> {
          Boolean before = readiness.put(id, good);
          if (before == null ? good : before != good) {
            listener.changed();
          }
          yield true;
        }
        case "Startup" -> {
          if (good) {
            started.add(id);
            beginStarted(subject);
            listener.changed();
          } else {
            listener.failed(id, "startup");
          }
          yield false;
        }
        default -> {
          if (!good) {
            listener.failed(id, "liveness");
          }
          yield good;
        }
      };
    }
  }
}
