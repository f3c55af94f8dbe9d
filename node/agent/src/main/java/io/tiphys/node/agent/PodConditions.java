package io.tiphys.node.agent;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.PodReadinessGate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A pod's conditions; checked against pkg/kubelet/status/generate.go. */
final class PodConditions {
  /** Those this node writes; others belong to others and are kept. */
  private static final Set<String> OWN =
      Set.of(
          "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled");

  private final Pod pod;
  private final List<ContainerStatus> init;
  private final List<ContainerStatus> main;
  private final boolean sandboxReady;
  private final Instant now;

  PodConditions(
      Pod pod,
      List<ContainerStatus> init,
      List<ContainerStatus> main,
      boolean sandboxReady,
      Instant now) {
    this.pod = pod;
    this.init = init;
    this.main = main;
    this.sandboxReady = sandboxReady;
    this.now = now;
  }

  /** Those that this node keeps as they are. */
  static List<PodCondition> others(Pod pod) {
    return pod.status().conditions().stream().filter(c -> !OWN.contains(c.type())).toList();
  }

  List<PodCondition> all(String phase) {
    List<PodCondition> conditions = new ArrayList<>(others(pod));
    boolean over = phase.equals("Succeeded") || phase.equals("Failed");
    conditions.add(condition("PodReadyToStartContainers", sandboxReady, "", ""));
    conditions.add(initialized(phase));
    PodCondition containers = containersReady(phase, over);
    conditions.add(ready(containers, over));
    conditions.add(containers);
    conditions.add(condition("PodScheduled", true, "", ""));
    return conditions;
  }

  private PodCondition initialized(String phase) {
    if (phase.equals("Succeeded")) {
      return condition("Initialized", true, "PodCompleted", "");
    }
    List<String> incomplete = new ArrayList<>();
    for (int i = 0; i < init.size(); i++) {
      Container container = pod.spec().initContainers().get(i);
      ContainerStatus status = init.get(i);
      var ended = status.state().terminated();
      boolean done =
          Containers.isSidecar(container)
              ? Boolean.TRUE.equals(status.started())
              : ended != null && ended.exitCode() == 0;
      if (!done) {
        incomplete.add(container.name());
      }
    }
    return incomplete.isEmpty() || mainHaveStarted() || holds("Initialized")
        ? condition("Initialized", true, "", "")
        : condition(
            "Initialized",
            false,
            "ContainersNotInitialized",
            "containers with incomplete status: [%s]".formatted(String.join(" ", incomplete)));
  }

  /** A pod that was initialized stays so while its sidecars start anew. */
  private boolean mainHaveStarted() {
    return main.stream()
        .anyMatch(s -> s.state().running() != null || s.state().terminated() != null);
  }

  private boolean holds(String type) {
    return pod.status().conditions().stream()
        .anyMatch(c -> c.type().equals(type) && c.status().equals("True"));
  }

  private PodCondition containersReady(String phase, boolean over) {
    if (over) {
      String reason = phase.equals("Succeeded") ? "PodCompleted" : "PodFailed";
      return condition("ContainersReady", false, reason, "");
    }
    List<String> unready = new ArrayList<>();
    for (int i = 0; i < init.size(); i++) {
      if (Containers.isSidecar(pod.spec().initContainers().get(i)) && !init.get(i).ready()) {
        unready.add(init.get(i).name());
      }
    }
    main.stream().filter(s -> !s.ready()).forEach(s -> unready.add(s.name()));
    return unready.isEmpty()
        ? condition("ContainersReady", true, "", "")
        : condition(
            "ContainersReady",
            false,
            "ContainersNotReady",
            "containers with unready status: [%s]".formatted(String.join(" ", unready)));
  }

  private PodCondition ready(PodCondition containers, boolean over) {
    if (!containers.status().equals("True") || over) {
      return condition("Ready", false, containers.reason(), containers.message());
    }
    List<String> closed = new ArrayList<>();
    for (PodReadinessGate gate : pod.spec().readinessGates()) {
      String type = gate.conditionType();
      String status =
          pod.status().conditions().stream()
              .filter(c -> c.type().equals(type))
              .map(PodCondition::status)
              .findFirst()
              .orElse("");
      if (status.isEmpty()) {
        closed.add(
            "corresponding condition of pod readiness gate \"%s\" does not exist.".formatted(type));
      } else if (!status.equals("True")) {
        closed.add(
            "the status of pod readiness gate \"%s\" is not \"True\", but %s"
                .formatted(type, status));
      }
    }
    if (!closed.isEmpty()) {
      return condition("Ready", false, "ReadinessGatesNotReady", String.join(", ", closed));
    }
    return condition("Ready", true, "", "");
  }

  private PodCondition condition(String type, boolean holds, String reason, String message) {
    String status = holds ? "True" : "False";
    Instant since = now;
    for (PodCondition before : pod.status().conditions()) {
      if (before.type().equals(type)
          && before.status().equals(status)
          && before.lastTransitionTime() != null) {
        since = before.lastTransitionTime();
      }
    }
    return PodCondition.builder()
        .type(type)
        .status(status)
        .observedGeneration(pod.metadata().generation())
        .reason(reason)
        .message(message)
        .lastTransitionTime(since)
        .build();
  }
}
