package io.tiphys.node.agent;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.LifecycleHandler;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.Preconditions;
import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.PodSandboxStatus;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The end of a pod or of one of its containers: hooks, signals, grace, and in the end nothing is
 * left of it. Checked against killPodWithSyncResult and killContainer in pkg/kubelet/kuberuntime
 * and pkg/kubelet/pod_workers.go.
 */
final class PodEnd {
  private static final Logger log = System.getLogger(PodEnd.class.getName());
  private static final long STANDARD_GRACE_SECONDS = 30;

  /** As upstream's minimumGracePeriodInSeconds: what is left after a hook is never less. */
  private static final Duration LEAST_GRACE = Duration.ofSeconds(2);

  private static final Duration NO_LIMIT = Duration.ofDays(365);
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private final Node node;

  /** The containers that are being stopped, by id. */
  private final Map<String, Thread> stopping = new ConcurrentHashMap<>();

  /** What grace somebody has cut the pod's down to since its end began. */
  private volatile Duration limit = NO_LIMIT;

  PodEnd(Node node) {
    this.node = node;
  }

  /** Ends everything of the pod, and at last the object itself unless it is gone already. */
  void bringAbout(Pod pod, boolean deleted, PodReport report) throws InterruptedException {
    String uid = pod.metadata().uid();
    PodView view = PodView.of(node.runtime(), uid);
    stopContainers(pod, view);
    PodView stopped = PodView.of(node.runtime(), uid);
    if (!deleted) {
      report.write(pod, stopped, Map.of());
    }
    for (PodSandboxStatus sandbox : stopped.sandboxes()) {
      node.runtime().stopPodSandbox(sandbox.id());
      node.runtime().removePodSandbox(sandbox.id());
    }
    node.volumes().unmount(uid);
    node.configs().deleteLogs(pod);
    if (!deleted) {
      deleteObject(pod);
    }
  }

  /**
   * Ends what a pod holds that has run to its end: its containers stay for their logs, network and
   * volumes are given back.
   */
  void release(Pod pod, PodView view) throws InterruptedException {
    stopContainers(pod, view);
    for (PodSandboxStatus sandbox : view.sandboxes()) {
      node.runtime().stopPodSandbox(sandbox.id());
    }
    node.volumes().unmountVolumes(pod.metadata().uid());
  }

  /** All main containers at once; sidecars, the last first, when those have ended. */
  private void stopContainers(Pod pod, PodView view) throws InterruptedException {
    long begun = node.clock().nanoTime();
    Duration grace = grace(pod);
    List<Container> main = new ArrayList<>(pod.spec().containers());
    main.addAll(Containers.ephemeral(pod));
    stopAtOnce(pod, view, main, grace);
    for (Container init : pod.spec().initContainers().reversed()) {
      Duration left = grace.minusNanos(node.clock().nanoTime() - begun);
      stopAtOnce(pod, view, List.of(init), left.isNegative() ? Duration.ZERO : left);
    }
  }

  private void stopAtOnce(Pod pod, PodView view, List<Container> containers, Duration grace)
      throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (Container container : containers) {
      ContainerStatus status = view.newest(container.name());
      if (status != null && Containers.isRunning(status)) {
        String ip = view.address(pod, node.config().hostIp());
        var subject = new Probing.Subject(pod, container, status, ip);
        threads.add(stop(subject, "Stopping container " + container.name(), grace));
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /**
   * Begins to stop a container, unless that is under way; {@link #isStopping} until it is done.
   *
   * @param why what the event says
   */
  Thread stop(Probing.Subject subject, String why, Duration grace) {
    String id = subject.status().id();
    return stopping.computeIfAbsent(
        id,
        _ -> {
          node.events().normal(subject.pod(), subject.container(), "Killing", why);
          return node.loops()
              .task(
                  "stop " + subject.pod().name() + "/" + subject.container().name(),
                  () -> {
                    try {
                      carryOut(subject, shorter(grace, limit));
                    } catch (RuntimeException e) {
                      failed(subject, e);
                    } finally {
                      stopping.remove(id);
                    }
                  });
        });
  }

  boolean isStopping(String containerId) {
    return stopping.containsKey(containerId);
  }

  /** Less grace than was given before, also for what is being stopped. */
  void hurry(Duration grace) {
    if (grace.compareTo(limit) >= 0) {
      return;
    }
    limit = grace;
    for (String id : stopping.keySet()) {
      node.loops().task("hurry " + id, () -> hurry(id, grace));
    }
  }

  private void hurry(String id, Duration grace) {
    try {
      node.runtime().stopContainer(id, grace);
    } catch (RuntimeException e) {
      log.log(Level.WARNING, "container {0} in a hurry: {1}", id, e.getMessage());
    }
  }

  /** It may run still; the next look at the pod tries again. */
  private void failed(Probing.Subject subject, RuntimeException e) {
    log.log(Level.WARNING, "stop of " + subject.status().id(), e);
    node.events()
        .warning(
            subject.pod(),
            subject.container(),
            "FailedKillPod",
            "error killing pod: failed to stop container: " + e.getMessage());
  }

  private void carryOut(Probing.Subject subject, Duration grace) {
    long begun = node.clock().nanoTime();
    Container container = subject.container();
    LifecycleHandler hook = container.lifecycle() == null ? null : container.lifecycle().preStop();
    if (hook != null && grace.isPositive()) {
      try {
        // What the hook said stays here: secrets could be in it.
        if (Hooks.run(node, subject, hook, grace).isPresent()) {
          node.events()
              .warning(subject.pod(), container, "FailedPreStopHook", "PreStopHook failed");
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    Duration left = shorter(grace.minusNanos(node.clock().nanoTime() - begun), limit);
    Duration least = grace.isPositive() ? LEAST_GRACE : Duration.ZERO;
    node.runtime().stopContainer(subject.status().id(), left.compareTo(least) < 0 ? least : left);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** What the pod's containers are given to end. */
  static Duration grace(Pod pod) {
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
