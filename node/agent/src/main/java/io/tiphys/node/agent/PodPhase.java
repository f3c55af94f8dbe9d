package io.tiphys.node.agent;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerStateTerminated;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.Pod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a pod is in its life; checked against getPhase in pkg/kubelet/kubelet_pods.go. */
final class PodPhase {
  static final String FAILED = "Failed";
  private static final String PENDING = "Pending";
  private static final String RUNNING = "Running";
  private static final String SUCCEEDED = "Succeeded";

  private PodPhase() {}

  /** Whether a pod does not come back from a phase. */
  static boolean isFinal(String phase) {
    return phase.equals(FAILED) || phase.equals(SUCCEEDED);
  }

  /**
   * @param begun whether a main container has been started
   */
  static String of(Pod pod, List<ContainerStatus> init, List<ContainerStatus> main, boolean begun) {
    boolean pending = false;
    for (int i = 0; i < init.size(); i++) {
      Container container = pod.spec().initContainers().get(i);
      ContainerStatus status = init.get(i);
      ContainerStateTerminated ended = ended(status);
      if (Containers.isSidecar(container)) {
        pending |= !begun && ended == null && !Boolean.TRUE.equals(status.started());
      } else if (ended == null) {
        pending = true;
      } else if (ended.exitCode() != 0 && !Containers.restarts(pod, container, ended.exitCode())) {
        return FAILED;
      } else {
        // It waits to be tried again: not pending for upstream, whose main containers then are.
        pending |= ended.exitCode() != 0 && !begun;
      }
    }
    return pending ? PENDING : ofMain(pod, main);
  }

  private static String ofMain(Pod pod, List<ContainerStatus> main) {
    boolean running = false;
    boolean restarting = false;
    boolean failed = false;
    for (int i = 0; i < main.size(); i++) {
      ContainerStatus status = main.get(i);
      ContainerStateTerminated ended = ended(status);
      if (status.state().running() != null) {
        running = true;
      } else if (ended == null) {
        return PENDING;
      } else {
        Container container = pod.spec().containers().get(i);
        restarting |= Containers.restarts(pod, container, ended.exitCode());
        failed |= ended.exitCode() != 0;
      }
    }
    return running || restarting ? RUNNING : failed ? FAILED : SUCCEEDED;
  }

  /** How a container ended that does not run; null if it runs or never ran. */
  private static @Nullable ContainerStateTerminated ended(ContainerStatus status) {
    if (status.state().running() != null) {
      return null;
    }
    return status.state().terminated() != null
        ? status.state().terminated()
        : status.lastState().terminated();
  }
}
