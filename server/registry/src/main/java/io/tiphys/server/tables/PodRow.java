package io.tiphys.server.tables;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerState;
import io.tiphys.api.core.v1.ContainerStateTerminated;
import io.tiphys.api.core.v1.ContainerStateWaiting;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.PodReadinessGate;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.codec.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A pod in one line; checked against printPod in printers.go. */
final class PodRow {
  private final Pod pod;
  private final Set<String> sidecars = new HashSet<>();

  /** Those of the sidecars that the pod's start has come to. */
  private final List<ContainerStatus> started = new ArrayList<>();

  private int total;
  private int ready;
  private int restarts;
  private @Nullable Instant lastRestart;
  private String reason;

  private PodRow(Pod pod) {
    this.pod = pod;
    total = pod.spec().containers().size();
    for (Container container : pod.spec().initContainers()) {
      if ("Always".equals(container.restartPolicy())) {
        sidecars.add(container.name());
        total++;
      }
    }
    reason = pod.status().reason().isEmpty() ? pod.status().phase() : pod.status().reason();
    for (PodCondition condition : pod.status().conditions()) {
      if (condition.type().equals("PodScheduled") && condition.reason().equals("SchedulingGated")) {
        reason = "SchedulingGated";
      }
    }
  }

  static List<Json> cells(Pod pod, Instant now) {
    PodRow row = new PodRow(pod);
    boolean initializing = row.initContainers();
    if (!initializing || hasCondition(pod.status(), "Initialized")) {
      row.mainContainers();
    }
    row.deletion();
    return Cells.row(
        pod.name(),
        row.ready + "/" + row.total,
        row.reason,
        row.restarts(now),
        Cells.age(pod, now),
        pod.status().podIPs().isEmpty() ? Cells.NONE : pod.status().podIPs().getFirst().ip(),
        Cells.orNone(pod.spec().nodeName()),
        Cells.orNone(pod.status().nominatedNodeName()),
        readinessGates(pod));
  }

  /** What kubectl may leave out: pods that have ended say so beside their cells. */
  static Optional<Json> condition(Pod pod) {
    return switch (pod.status().phase()) {
      case "Succeeded" ->
          Optional.of(completed("Succeeded", "The pod has completed successfully."));
      case "Failed" -> Optional.of(completed("Failed", "The pod failed."));
      default -> Optional.empty();
    };
  }

  private static Json completed(String reason, String message) {
    return Json.Obj.builder()
        .put("type", "Completed")
        .put("status", "True")
        .put("reason", reason)
        .put("message", message)
        .build();
  }

  /** Looks at the init containers up to the one that holds the pod up, if any does. */
  private boolean initContainers() {
    List<ContainerStatus> statuses = pod.status().initContainerStatuses();
    for (int i = 0; i < statuses.size(); i++) {
      ContainerStatus status = statuses.get(i);
      countRestarts(status);
      if (sidecars.contains(status.name())) {
        started.add(status);
      }
      ContainerStateTerminated terminated = status.state().terminated();
      if (terminated != null && terminated.exitCode() == 0) {
        continue;
      }
      if (sidecars.contains(status.name()) && Boolean.TRUE.equals(status.started())) {
        ready += status.ready() ? 1 : 0;
        continue;
      }
      ContainerStateWaiting waiting = status.state().waiting();
      if (terminated != null) {
        reason = "Init:" + ended(terminated);
      } else if (waiting != null
          && !waiting.reason().isEmpty()
          && !waiting.reason().equals("PodInitializing")) {
        reason = "Init:" + waiting.reason();
      } else {
        reason = "Init:%d/%d".formatted(i, pod.spec().initContainers().size());
      }
      return true;
    }
    return false;
  }

  private void mainContainers() {
    restarts = 0;
    lastRestart = null;
    started.forEach(this::countRestarts);
    boolean running = false;
    String failure = "";
    for (ContainerStatus status : pod.status().containerStatuses().reversed()) {
      countRestarts(status);
      ContainerState state = status.state();
      if (state.waiting() != null && !state.waiting().reason().isEmpty()) {
        reason = state.waiting().reason();
      } else if (state.terminated() != null) {
        reason = ended(state.terminated());
        failure = state.terminated().exitCode() == 0 ? failure : reason;
      } else if (status.ready() && state.running() != null) {
        running = true;
        ready++;
      }
    }
    if (reason.equals("Completed")) {
      if (running && hasCondition(pod.status(), "Ready")) {
        reason = "Running";
      } else if (!failure.isEmpty()) {
        reason = failure;
      } else if (running) {
        reason = "NotReady";
      }
    }
  }

  private void deletion() {
    if (pod.metadata().deletionTimestamp() == null) {
      return;
    }
    String phase = pod.status().phase();
    if (pod.status().reason().equals("NodeLost")) {
      reason = "Unknown";
    } else if (!phase.equals("Succeeded") && !phase.equals("Failed")) {
      reason = "Terminating";
    }
  }

  private void countRestarts(ContainerStatus status) {
    restarts += status.restartCount();
    ContainerStateTerminated before = status.lastState().terminated();
    if (before != null && before.finishedAt() != null) {
      Instant end = before.finishedAt();
      lastRestart = lastRestart == null || lastRestart.isBefore(end) ? end : lastRestart;
    }
  }

  private String restarts(Instant now) {
    return restarts == 0 || lastRestart == null
        ? String.valueOf(restarts)
        : "%d (%s ago)".formatted(restarts, Cells.since(lastRestart, now));
  }

  private static String ended(ContainerStateTerminated state) {
    if (!state.reason().isEmpty()) {
      return state.reason();
    }
    return state.signal() != 0 ? "Signal:" + state.signal() : "ExitCode:" + state.exitCode();
  }

  private static boolean hasCondition(PodStatus status, String type) {
    return status.conditions().stream()
        .anyMatch(c -> c.type().equals(type) && c.status().equals("True"));
  }

  private static String readinessGates(Pod pod) {
    List<PodReadinessGate> gates = pod.spec().readinessGates();
    if (gates.isEmpty()) {
      return Cells.NONE;
    }
    long open = gates.stream().filter(g -> hasCondition(pod.status(), g.conditionType())).count();
    return open + "/" + gates.size();
  }
}
