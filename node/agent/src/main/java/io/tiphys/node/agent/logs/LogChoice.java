package io.tiphys.node.agent.logs;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.core.v1.ContainerStateTerminated;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.Pod;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whose log a reader gets; a pure function of the pod's status. Checked against
 * validateContainerLogStatus in pkg/kubelet/kubelet_pods.go.
 */
public final class LogChoice {
  private LogChoice() {}

  /**
   * The id, as the status names it, of the container whose log it is.
   *
   * @param previous the one before the present one is wanted
   * @throws ApiFailure 400, in upstream's words, when there is no log to show
   */
  public static String of(Pod pod, String container, boolean previous) {
    ContainerStatus status = status(pod, container);
    if (status == null) {
      // The pod has come to the node, which has not said anything of it yet.
      boolean known = pod.spec().containers().stream().anyMatch(c -> c.name().equals(container));
      throw refused(
          "container \"%s\" in pod \"%s\" is "
              + (known ? "waiting to start: ContainerCreating" : "not available"),
          container,
          pod);
    }
    ContainerStateTerminated last = status.lastState().terminated();
    String lastId = last == null ? "" : last.containerID();
    if (previous) {
      if (lastId.isEmpty()) {
        throw refused(
            "previous terminated container \"%s\" in pod \"%s\" not found", container, pod);
      }
      return lastId;
    }
    if (status.state().running() != null) {
      return status.containerID();
    }
    ContainerStateTerminated ended = status.state().terminated();
    String id = ended == null || ended.containerID().isEmpty() ? lastId : ended.containerID();
    if (!id.isEmpty()) {
      return id;
    }
    if (ended != null || last != null) {
      throw refused("container \"%s\" in pod \"%s\" is terminated", container, pod);
    }
    throw refused(
        "container \"%s\" in pod \"%s\" is waiting to start" + waiting(status), container, pod);
  }

  private static String waiting(ContainerStatus status) {
    if (status.state().waiting() == null) {
      return " - no logs yet";
    }
    return switch (status.state().waiting().reason()) {
      case "ErrImagePull" -> ": image can't be pulled";
      case "ImagePullBackOff" -> ": trying and failing to pull image";
      default -> ": " + status.state().waiting().reason();
    };
  }

  private static @Nullable ContainerStatus status(Pod pod, String container) {
    return Stream.of(
            pod.status().containerStatuses(),
            pod.status().initContainerStatuses(),
            pod.status().ephemeralContainerStatuses())
        .flatMap(List::stream)
        .filter(status -> status.name().equals(container))
        .findFirst()
        .orElse(null);
  }

  private static ApiFailure refused(String format, String container, Pod pod) {
    return ApiFailure.badRequest(format.formatted(container, pod.name()));
  }
}
