package io.tiphys.node.agent;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.Pod;
import java.util.List;

/** Where a pod is in its life; checked against getPhase in pkg/kubelet/kubelet_pods.go. */
final class PodPhase {
  private PodPhase() {}

  static String of(Pod pod, List<ContainerStatus> init, List<ContainerStatus> main) {
    String policy = pod.spec().restartPolicy();
    boolean pending = false;
    for (int i = 0; i < init.size(); i++) {
      Container container = pod.spec().initContainers().get(i);
      ContainerStatus status = init.get(i);
      var ended = status.state().terminated();
      if (Containers.isSidecar(container)) {
        pending |= !Boolean.TRUE.equals(status.started()) && ended == null;
      } else if (ended == null || ended.exitCode() != 0) {
        if (ended != null && policy.equals("Never")) {
          return "Failed";
        }
        pending = true;
      }
    }
    int running = 0;
    int waiting = 0;
    int succeeded = 0;
    int failed = 0;
    for (ContainerStatus status : main) {
      var ended = status.state().terminated();
      if (status.state().running() != null) {
        running++;
      } else if (ended != null) {
        succeeded += ended.exitCode() == 0 ? 1 : 0;
        failed += ended.exitCode() == 0 ? 0 : 1;
      } else if (status.lastState().terminated() != null) {
        failed++;
      } else {
        waiting++;
      }
    }
    if ((pending && running == 0) || waiting > 0) {
      return "Pending";
    }
    if (running > 0 || policy.equals("Always")) {
      return "Running";
    }
    if (failed == 0) {
      return "Succeeded";
    }
    return policy.equals("Never") && succeeded + failed == main.size() ? "Failed" : "Running";
  }
}
