package io.tiphys.node.agent;

import io.tiphys.api.core.v1.Pod;
import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.PodSandbox;
import io.tiphys.node.cri.PodSandboxFilter;
import io.tiphys.node.cri.PodSandboxState;
import io.tiphys.node.cri.PodSandboxStatus;
import io.tiphys.node.cri.PodSandboxStatusResponse;
import io.tiphys.node.cri.RuntimeService;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the engine has of one pod.
 *
 * @param sandboxes the newest first
 * @param containers of all sandboxes, the newest first
 * @param inside the containers of each sandbox, by its id
 */
record PodView(
    List<PodSandboxStatus> sandboxes,
    List<ContainerStatus> containers,
    Map<String, List<ContainerStatus>> inside) {
  static final String UID_LABEL = "io.kubernetes.pod.uid";

  PodView {
    sandboxes = List.copyOf(sandboxes);
    containers = List.copyOf(containers);
    inside = Map.copyOf(inside);
  }

  static PodView of(RuntimeService runtime, String uid) {
    List<PodSandboxStatusResponse> answers = new ArrayList<>();
    for (PodSandbox sandbox :
        runtime.listPodSandbox(new PodSandboxFilter("", null, Map.of(UID_LABEL, uid)))) {
      answers.add(runtime.podSandboxStatus(sandbox.id()));
    }
    return of(answers);
  }

  static PodView of(List<PodSandboxStatusResponse> given) {
    List<PodSandboxStatusResponse> answers = new ArrayList<>(given);
    answers.sort(
        Comparator.comparing((PodSandboxStatusResponse a) -> a.status().createdAt()).reversed());
    Map<String, List<ContainerStatus>> inside = new HashMap<>();
    List<ContainerStatus> containers = new ArrayList<>();
    for (PodSandboxStatusResponse answer : answers) {
      inside.put(answer.status().id(), List.copyOf(answer.containersStatuses()));
      containers.addAll(answer.containersStatuses());
    }
    containers.sort(
        Comparator.comparingInt((ContainerStatus c) -> c.metadata().attempt())
            .thenComparing(ContainerStatus::createdAt)
            .reversed());
    return new PodView(
        answers.stream().map(PodSandboxStatusResponse::status).toList(), containers, inside);
  }

  /** The sandbox that containers can run in, or null. */
  @Nullable PodSandboxStatus sandbox() {
    return sandboxes.isEmpty() || sandboxes.getFirst().state() != PodSandboxState.SANDBOX_READY
        ? null
        : sandboxes.getFirst();
  }

  /** The sandboxes before the newest. */
  List<PodSandboxStatus> earlier() {
    return sandboxes.isEmpty() ? List.of() : sandboxes.subList(1, sandboxes.size());
  }

  /** The containers of a sandbox. */
  List<ContainerStatus> of(PodSandboxStatus sandbox) {
    return inside.getOrDefault(sandbox.id(), List.of());
  }

  /** Under which address the pod's containers are reached; empty if they are not. */
  String address(Pod pod, String hostIp) {
    if (pod.spec().hostNetwork()) {
      return hostIp;
    }
    PodSandboxStatus sandbox = sandbox();
    return sandbox == null ? "" : sandbox.network().ip();
  }

  /** The newest container of a name, or null. */
  @Nullable ContainerStatus newest(String name) {
    for (ContainerStatus container : containers) {
      if (container.metadata().name().equals(name)) {
        return container;
      }
    }
    return null;
  }

  /** The newest container of a name if it is in the newest sandbox, or null. */
  @Nullable ContainerStatus inSandbox(String name) {
    ContainerStatus newest = newest(name);
    return newest != null && of(sandboxes.getFirst()).contains(newest) ? newest : null;
  }

  /** The one before the newest, or null. */
  @Nullable ContainerStatus previous(String name) {
    boolean skipped = false;
    for (ContainerStatus container : containers) {
      if (container.metadata().name().equals(name)) {
        if (skipped) {
          return container;
        }
        skipped = true;
      }
    }
    return null;
  }
}
