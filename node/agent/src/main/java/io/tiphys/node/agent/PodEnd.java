package io.tiphys.node.agent;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.LifecycleHandler;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.Preconditions;
import io.tiphys.base.Clock;
import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.PodSandboxStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The end of a pod: hooks, signals, grace, and in the end nothing is left of it. Checked against
 * killPodWithSyncResult in pkg/kubelet/kuberuntime and pkg/kubelet/pod_workers.go.
 */
final class PodEnd {
  private static final long STANDARD_GRACE_SECONDS = 30;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private final Node node;

  PodEnd(Node node) {
    this.node = node;
  }

  /** Ends everything of the pod, and at last the object itself unless it is gone already. */
  void bringAbout(Pod pod, boolean deleted, PodReport report) throws InterruptedException {
    String uid = pod.metadata().uid();
    PodView view = PodView.of(node.runtime(), uid);
    stopContainers(pod, view, node.clock());
    PodView stopped = PodView.of(node.runtime(), uid);
    if (!deleted) {
      report.write(pod, stopped, Map.of());
    }
    for (PodSandboxStatus sandbox : stopped.sandboxes()) {
      node.runtime().stopPodSandbox(sandbox.id());
      node.runtime().removePodSandbox(sandbox.id());
    }
    node.volumes().unmount(uid);
    if (!deleted) {
      deleteObject(pod);
    }
  }

  /** All main containers at once; sidecars, the last first, when those have ended. */
  void stopContainers(Pod pod, PodView view, Clock clock) throws InterruptedException {
    long begun = clock.nanoTime();
    Duration grace = grace(pod);
    stopAtOnce(pod, view, pod.spec().containers(), grace);
    for (Container sidecar : pod.spec().initContainers().reversed()) {
      Duration left = grace.minusNanos(clock.nanoTime() - begun);
      stopAtOnce(pod, view, List.of(sidecar), left.isNegative() ? Duration.ZERO : left);
    }
  }

  private void stopAtOnce(Pod pod, PodView view, List<Container> containers, Duration grace)
      throws InterruptedException {
    List<Thread> stopping = new ArrayList<>();
    for (Container container : containers) {
      ContainerStatus status = view.newest(container.name());
      if (status != null && Containers.isRunning(status)) {
        node.events().normal(pod, container, "Killing", "Stopping container " + container.name());
        stopping.add(
            Thread.ofVirtual()
                .name("stop " + pod.name() + "/" + container.name())
                .start(() -> stop(pod, view, container, status, grace)));
      }
    }
    for (Thread thread : stopping) {
      thread.join();
    }
  }

  private void stop(
      Pod pod, PodView view, Container container, ContainerStatus status, Duration grace) {
    long begun = node.clock().nanoTime();
    LifecycleHandler hook = container.lifecycle() == null ? null : container.lifecycle().preStop();
    if (hook != null && grace.isPositive()) {
      String ip = view.sandbox() == null ? "" : view.sandbox().network().ip();
      try {
        Hooks.run(node, new Probing.Subject(pod, container, status, ip), hook, grace)
            .ifPresent(
                why ->
                    node.events()
                        .warning(
                            pod, container, "FailedPreStopHook", "PreStopHook failed: " + why));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    Duration left = grace.minusNanos(node.clock().nanoTime() - begun);
    Duration least = Duration.ofSeconds(grace.isZero() ? 0 : 2);
    node.runtime().stopContainer(status.id(), left.compareTo(least) < 0 ? least : left);
  }

  private static Duration grace(Pod pod) {
    Long seconds = pod.metadata().deletionGracePeriodSeconds();
    if (seconds == null) {
      seconds = pod.spec().terminationGracePeriodSeconds();
    }
    return Duration.ofSeconds(seconds == null ? STANDARD_GRACE_SECONDS : seconds);
  }

  private void deleteObject(Pod pod) {
    try {
      node.source()
          .delete(
              CoreV1.PODS,
              pod.namespace(),
              pod.name(),
              DeleteOptions.builder()
                  .gracePeriodSeconds(0L)
                  .preconditions(Preconditions.builder().uid(pod.metadata().uid()).build())
                  .build());
    } catch (ApiFailure e) {
      if (e.code() != NOT_FOUND && e.code() != CONFLICT) {
        throw e;
      }
    }
  }
}
