package io.tiphys.node.agent;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.node.cri.ContainerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What is to be done for a pod now; checked against computePodActions in
 * pkg/kubelet/kuberuntime/kuberuntime_manager.go. A pure function of the pod and what the engine
 * has.
 */
sealed interface PodStep {

  /** A new sandbox is needed before anything else. */
  record MakeSandbox() implements PodStep {}

  /**
   * Containers to start, in order; none when all is as it should be.
   *
   * @param initializing they belong to the pod's initialisation
   */
  record Start(List<Container> containers, boolean initializing) implements PodStep {}

  /** Every container that should run has run to its end: the pod is over. */
  record Finish() implements PodStep {}

  /**
   * @param started tells whether a running sidecar has passed its startup probe
   */
  static PodStep of(Pod pod, PodView view, Predicate<String> started) {
    if (isOver(pod, view)) {
      return new Finish();
    }
    if (view.sandbox() == null) {
      return new MakeSandbox();
    }
    List<Container> start = new ArrayList<>();
    for (Container container : pod.spec().initContainers()) {
      ContainerStatus status = view.newest(container.name());
      if (Containers.isSidecar(container)) {
        if (!Containers.isRunning(status)) {
          start.add(container);
        }
        if (!Containers.isRunning(status) || !started.test(container.name())) {
          return new Start(start, true);
        }
      } else if (!Containers.hasSucceeded(status) && !mainHaveBegun(pod, view)) {
        if (!Containers.isRunning(status)) {
          start.add(container);
        }
        return new Start(start, true);
      }
    }
    for (Container container : pod.spec().containers()) {
      ContainerStatus status = view.newest(container.name());
      boolean begins =
          status == null || !Containers.hasExited(status) || Containers.restarts(pod, status);
      if (!Containers.isRunning(status) && begins) {
        start.add(container);
      }
    }
    return new Start(start, false);
  }

  /** Init containers that were removed since are not run again once main containers have begun. */
  private static boolean mainHaveBegun(Pod pod, PodView view) {
    return pod.spec().containers().stream().anyMatch(c -> view.newest(c.name()) != null);
  }

  private static boolean isOver(Pod pod, PodView view) {
    if (pod.spec().restartPolicy().equals("Always")) {
      return false;
    }
    for (Container container : pod.spec().initContainers()) {
      ContainerStatus status = view.newest(container.name());
      if (!Containers.isSidecar(container)
          && Containers.hasExited(status)
          && !Containers.hasSucceeded(status)
          && pod.spec().restartPolicy().equals("Never")) {
        return true;
      }
    }
    for (Container container : pod.spec().containers()) {
      ContainerStatus status = view.newest(container.name());
      if (status == null || !Containers.hasExited(status) || Containers.restarts(pod, status)) {
        return false;
      }
    }
    return true;
  }
}
