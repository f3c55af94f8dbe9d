package io.tiphys.node.agent;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.node.cri.ContainerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

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
   * @param initializing the pod's initialisation is not over
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
    // Upstream, too, starts these first and whatever else may be the matter with the pod.
    for (Container container : Containers.ephemeral(pod)) {
      if (view.newest(container.name()) == null) {
        start.add(container);
      }
    }
    boolean initialized = mainHaveBegun(pod, view);
    for (Container container : pod.spec().initContainers()) {
      ContainerStatus status = view.inSandbox(container.name());
      boolean running = Containers.isRunning(status);
      if (!running && (Containers.isSidecar(container) || !done(status, initialized))) {
        start.add(container);
      }
      boolean goOn =
          Containers.isSidecar(container)
              ? initialized || (running && started.test(container.name()))
              : done(status, initialized);
      if (!goOn) {
        return new Start(start, true);
      }
    }
    for (Container container : pod.spec().containers()) {
      if (begins(pod, container, view.newest(container.name()))) {
        start.add(container);
      }
    }
    return new Start(start, false);
  }

  /** Init containers that were removed since are not run again once main containers have begun. */
  private static boolean done(@Nullable ContainerStatus init, boolean initialized) {
    return initialized || Containers.hasSucceeded(init);
  }

  private static boolean mainHaveBegun(Pod pod, PodView view) {
    return pod.spec().containers().stream().anyMatch(c -> view.inSandbox(c.name()) != null);
  }

  private static boolean begins(Pod pod, Container container, @Nullable ContainerStatus status) {
    return status == null
        || (Containers.hasExited(status)
            ? Containers.restarts(pod, container, status.exitCode())
            : !Containers.isRunning(status));
  }

  private static boolean isOver(Pod pod, PodView view) {
    for (Container container : pod.spec().initContainers()) {
      ContainerStatus status = view.newest(container.name());
      if (!Containers.isSidecar(container)
          && status != null
          && Containers.hasExited(status)
          && status.exitCode() != 0
          && !Containers.restarts(pod, container, status.exitCode())) {
        return true;
      }
    }
    for (Container container : pod.spec().containers()) {
      ContainerStatus status = view.newest(container.name());
      if (status == null
          || !Containers.hasExited(status)
          || Containers.restarts(pod, container, status.exitCode())) {
        return false;
      }
    }
    return true;
  }
}
