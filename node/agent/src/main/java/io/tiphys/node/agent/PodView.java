package io.tiphys.node.agent;

import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.PodSandbox;
import io.tiphys.node.cri.PodSandboxFilter;
import io.tiphys.node.cri.PodSandboxState;
import io.tiphys.node.cri.PodSandboxStatus;
import io.tiphys.node.cri.PodSandboxStatusResponse;
import io.tiphys.node.cri.RuntimeService;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the engine has of one pod.
 *
 * @param sandboxes the newest first
 * @param containers of all sandboxes, the newest first
 */
record PodView(List<PodSandboxStatus> sandboxes, List<ContainerStatus> containers) {
  static final String UID_LABEL = "io.kubernetes.pod.uid";

  static PodView of(RuntimeService runtime, String uid) {
    List<PodSandboxStatus> sandboxes = new ArrayList<>();
    List<ContainerStatus> containers = new ArrayList<>();
    for (PodSandbox sandbox :
        runtime.listPodSandbox(new PodSandboxFilter("", null, Map.of(UID_LABEL, uid)))) {
      PodSandboxStatusResponse status = runtime.podSandboxStatus(sandbox.id());
      sandboxes.add(status.status());
      containers.addAll(status.containersStatuses());
    }
    sandboxes.sort(Comparator.comparing(PodSandboxStatus::createdAt).reversed());
    containers.sort(
        Comparator.comparingInt((ContainerStatus c) -> c.metadata().attempt())
            .thenComparing(ContainerStatus::createdAt)
            .reversed());
    return new PodView(List.copyOf(sandboxes), List.copyOf(containers));
  }

  /** The sandbox that containers can run in, or null. */
  @Nullable PodSandboxStatus sandbox() {
    return sandboxes.isEmpty() || sandboxes.getFirst().state() != PodSandboxState.SANDBOX_READY
        ? null
        : sandboxes.getFirst();
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
