package io.tiphys.node.agent;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.node.cri.ContainerState;
import io.tiphys.node.cri.ContainerStatus;
import org.jspecify.annotations.Nullable;

/** Small questions about containers. */
final class Containers {
  private Containers() {}

  static boolean isSidecar(Container container) {
    return "Always".equals(container.restartPolicy());
  }

  static boolean isRunning(@Nullable ContainerStatus status) {
    return status != null && status.state() == ContainerState.CONTAINER_RUNNING;
  }

  static boolean hasExited(@Nullable ContainerStatus status) {
    return status != null
        && (status.state() == ContainerState.CONTAINER_EXITED
            || status.state() == ContainerState.CONTAINER_UNKNOWN);
  }

  static boolean hasSucceeded(@Nullable ContainerStatus status) {
    return hasExited(status) && status != null && status.exitCode() == 0;
  }

  /** Whether a main container that ended is to be started again. */
  static boolean restarts(Pod pod, ContainerStatus ended) {
    return switch (pod.spec().restartPolicy()) {
      case "Never" -> false;
      case "OnFailure" -> ended.exitCode() != 0;
      default -> true;
    };
  }

  /** As messages name it: {@code name_namespace(uid)}. */
  static String fullName(Pod pod) {
    return "%s_%s(%s)".formatted(pod.name(), pod.namespace(), pod.metadata().uid());
  }
}
