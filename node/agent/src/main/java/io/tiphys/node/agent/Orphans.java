package io.tiphys.node.agent;

import io.tiphys.node.cri.ContainerState;
import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.PodSandbox;
import io.tiphys.node.cri.PodSandboxFilter;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What is left of pods that the API does not know any more: they were deleted while this process
 * was not there. Their containers get the grace that their pods asked for.
 */
final class Orphans {
  private static final Logger log = System.getLogger(Orphans.class.getName());
  private static final String GRACE = "io.kubernetes.pod.terminationGracePeriod";
  private static final Duration STANDARD_GRACE = Duration.ofSeconds(30);

  private final Node node;
  private final Predicate<String> lives;

  /**
   * @param lives whether there is a pod of this uid now; asked before each removal, because pods
   *     come while others take their time to end
   */
  Orphans(Node node, Predicate<String> lives) {
    this.node = node;
    this.lives = lives;
  }

  /** Removes all of it, sandboxes at once. */
  void remove() {
    List<Runnable> removals = new ArrayList<>();
    for (PodSandbox sandbox : node.runtime().listPodSandbox(PodSandboxFilter.EMPTY)) {
      if (!lives.test(sandbox.metadata().uid())) {
        removals.add(() -> remove(sandbox));
      }
    }
    try {
      node.loops().together("orphan", removals);
      node.volumes().unmountAllBut(lives);
      node.configs().deleteLogsOfAllBut(lives);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (UncheckedIOException e) {
      log.log(Level.WARNING, "folders of pods that are gone: {0}", e.getMessage());
    }
  }

  private void remove(PodSandbox sandbox) {
    try {
      List<Runnable> stops = new ArrayList<>();
      for (ContainerStatus status :
          node.runtime().podSandboxStatus(sandbox.id()).containersStatuses()) {
        if (status.state() == ContainerState.CONTAINER_RUNNING) {
          stops.add(() -> stop(status));
        }
      }
      node.loops().together("orphan-stop", stops);
      node.runtime().stopPodSandbox(sandbox.id());
      node.runtime().removePodSandbox(sandbox.id());
      node.volumes().unmount(sandbox.metadata().uid());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.log(Level.WARNING, "sandbox {0} of no pod: {1}", sandbox.id(), e.getMessage());
    }
  }

  private void stop(ContainerStatus status) {
    try {
      node.runtime().stopContainer(status.id(), grace(status));
    } catch (RuntimeException e) {
      log.log(Level.WARNING, "container {0} of no pod: {1}", status.id(), e.getMessage());
    }
  }

  private static Duration grace(ContainerStatus status) {
    String seconds = status.annotations().getOrDefault(GRACE, "");
    return seconds.matches("\\d{1,9}")
        ? Duration.ofSeconds(Long.parseLong(seconds))
        : STANDARD_GRACE;
  }
}
