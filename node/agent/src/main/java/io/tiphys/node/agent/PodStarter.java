package io.tiphys.node.agent;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.EphemeralContainer;
import io.tiphys.api.core.v1.LifecycleHandler;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.node.agent.containers.ConfigProblem;
import io.tiphys.node.agent.containers.ContainerConfigs;
import io.tiphys.node.agent.logs.LogRotation;
import io.tiphys.node.agent.volumes.VolumeProblem;
import io.tiphys.node.cri.ContainerConfig;
import io.tiphys.node.cri.ContainerState;
import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.Image;
import io.tiphys.node.cri.PodSandboxStatus;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes sandboxes and starts containers of one pod; remembers what stands in the way. */
final class PodStarter {
  private static final Logger log = System.getLogger(PodStarter.class.getName());

  /** As upstream keeps one dead container of each name, for its log. */
  private static final int DEAD_KEPT = 1;

  /** As upstream's pod workers look again after a failure. */
  private static final Duration AGAIN = Duration.ofSeconds(10);

  /** How long a failed pull is shown as such before it becomes a back-off. */
  private static final Duration SHOWN = Duration.ofSeconds(2);

  private final Node node;
  private final BackgroundTasks errands;
  private final PodEnd end;
  private final Backoffs backoffs;
  private final Map<String, WaitingReason> troubles = new HashMap<>();

  /** Why a container could not be made, by name, and when that is tried again. */
  private final Map<String, Refusal> refusals = new HashMap<>();

  private Optional<Duration> retryAfter = Optional.empty();
  private Map<String, Path> volumes = Map.of();

  private record Refusal(WaitingReason trouble, long untilNanos) {}

  PodStarter(Node node, BackgroundTasks errands, PodEnd end) {
    this.node = node;
    this.errands = errands;
    this.end = end;
    backoffs = new Backoffs(node.clock());
  }

  /** Why containers wait, by name; "" is the whole pod's. */
  Map<String, WaitingReason> troubles() {
    return Map.copyOf(troubles);
  }

  /** When the next try is worth it. */
  Optional<Duration> retryAfter() {
    return retryAfter;
  }

  /** Whether the engine has something new. */
  boolean carryOut(Pod pod, PodView view, PodStep step, PodReport report)
      throws InterruptedException {
    retryAfter = Optional.empty();
    keepTroublesOf(step);
    return switch (step) {
      case PodStep.Finish _ -> false;
      case PodStep.MakeSandbox _ -> mountVolumes(pod) && makeSandbox(pod, view);
      case PodStep.Start start -> {
        if (start.containers().isEmpty() || !mountVolumes(pod)) {
          yield false;
        }
        boolean changed = false;
        for (Container container : start.containers()) {
          changed |= start(pod, view, container, report);
        }
        yield changed;
      }
    };
  }

  /**
   * What stood in a container's way is shown until the next try has an outcome, a pull that takes
   * its time included. Checked against pkg/kubelet/reason_cache.go.
   */
  private void keepTroublesOf(PodStep step) {
    Set<String> tried = new HashSet<>();
    if (step instanceof PodStep.Start start) {
      start.containers().forEach(container -> tried.add(container.name()));
    }
    troubles.keySet().retainAll(tried);
  }

  private boolean mountVolumes(Pod pod) {
    try {
      volumes = node.volumes().mount(pod);
      backoffs.forget("volumes");
      return true;
    } catch (VolumeProblem e) {
      if (backoffs.left("volumes").isZero()) {
        backoffs.failed("volumes");
        node.events().warning(pod, "FailedMount", String.valueOf(e.getMessage()));
      }
      retry(Duration.ofSeconds(1));
      return false;
    }
  }

  private boolean makeSandbox(Pod pod, PodView view) {
    if (!backoffs.left("sandbox").isZero()) {
      retry(backoffs.left("sandbox"));
      return false;
    }
    try {
      int attempt =
          view.sandboxes().isEmpty() ? 0 : view.sandboxes().getFirst().metadata().attempt() + 1;
      if (attempt > 0) {
        node.events()
            .normal(
                pod, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
        view.sandboxes().forEach(old -> node.runtime().stopPodSandbox(old.id()));
      }
      node.runtime().runPodSandbox(node.configs().sandbox(pod, attempt), "");
      backoffs.forget("sandbox");
      return true;
    } catch (ConfigProblem | CriException e) {
      backoffs.failed("sandbox");
      retry(backoffs.left("sandbox"));
      node.events()
          .warning(
              pod, "FailedCreatePodSandBox", "Failed to create pod sandbox: " + e.getMessage());
      return false;
    }
  }

  private boolean start(Pod pod, PodView view, Container container, PodReport report)
      throws InterruptedException {
    ContainerStatus last = view.newest(container.name());
    if (isRefused(container)
        || (last != null && Containers.hasExited(last) && crashLooping(pod, container, last))) {
      return false;
    }
    var course =
        new ImagePulls.Course(
            backoffs, errands, node.events(), () -> report.write(pod, view, troubles()));
    return switch (node.images().ensure(pod, container, course)) {
      case ImagePulls.Outcome.Missing(WaitingReason trouble) -> {
        if (trouble.equals(WaitingReason.CREATING)) {
          troubles.putIfAbsent(container.name(), trouble);
        } else {
          troubles.put(container.name(), trouble);
        }
        switch (trouble.reason()) {
          case "ErrImagePull" -> refuse(container, trouble, SHOWN);
          case "ImagePullBackOff" -> retry(backoffs.left(ImagePulls.key(container)));
          default -> refuse(container, trouble, AGAIN);
        }
        yield false;
      }
      case ImagePulls.Outcome.Here(Image image) ->
          create(pod, view, container, last == null ? 0 : last.metadata().attempt() + 1, image);
    };
  }

  private boolean crashLooping(Pod pod, Container container, ContainerStatus last) {
    String key = "restart " + container.name();
    Instant ended = last.finishedAt() == null ? node.clock().now() : last.finishedAt();
    Duration left = backoffs.leftSince(key, ended);
    if (left.isZero()) {
      backoffs.triedAfter(key, ended);
      removeOld(PodView.of(node.runtime(), pod.metadata().uid()));
      return false;
    }
    String delay = Backoffs.text(backoffs.delay(key));
    troubles.put(
        container.name(),
        new WaitingReason(
            "CrashLoopBackOff",
            "back-off %s restarting failed container=%s pod=%s"
                .formatted(delay, container.name(), Containers.fullName(pod))));
    node.events()
        .warning(
            pod,
            container,
            "BackOff",
            "Back-off restarting failed container %s in pod %s"
                .formatted(container.name(), Containers.fullName(pod)));
    retry(left);
    return true;
  }

  /**
   * Removes what nobody asks for any more: all but the newest of the dead containers of each name,
   * and earlier sandboxes that are empty then. Checked against evictContainers and evictSandboxes
   * in pkg/kubelet/kuberuntime/kuberuntime_gc.go.
   */
  void removeOld(PodView view) {
    Map<String, Integer> kept = new HashMap<>();
    Set<String> removed = new HashSet<>();
    for (ContainerStatus status : view.containers()) {
      if (Containers.hasExited(status)
          && kept.merge(status.metadata().name(), 1, Integer::sum) > DEAD_KEPT) {
        node.runtime().removeContainer(status.id());
        removed.add(status.id());
        if (!status.logPath().isEmpty()) {
          LogRotation.delete(node.disk(), Path.of(status.logPath()));
        }
      }
    }
    for (PodSandboxStatus old : view.earlier()) {
      if (view.of(old).stream().allMatch(s -> isCreated(s) || removed.contains(s.id()))) {
        node.runtime().stopPodSandbox(old.id());
        node.runtime().removePodSandbox(old.id());
      }
    }
  }

  private static boolean isCreated(ContainerStatus status) {
    return status.state() == ContainerState.CONTAINER_CREATED;
  }

  private boolean create(Pod pod, PodView view, Container container, int attempt, Image image)
      throws InterruptedException {
    PodSandboxStatus sandbox = view.sandbox();
    if (sandbox == null) {
      return false;
    }
    String ip = view.address(pod, node.config().hostIp());
    String id;
    try {
      var start =
          new ContainerConfigs.Start(
              ip, attempt, volumes, image, targetId(pod, view, container.name()));
      ContainerConfig config = node.configs().container(pod, container, start);
      id =
          node.runtime()
              .createContainer(
                  sandbox.id(), config, node.configs().sandbox(pod, sandbox.metadata().attempt()));
    } catch (ConfigProblem e) {
      return failed(pod, container, e.reason(), e);
    } catch (CriException e) {
      return failed(pod, container, "CreateContainerError", e);
    }
    troubles.remove(container.name());
    node.events().normal(pod, container, "Created", "Container created");
    try {
      node.runtime().startContainer(id);
    } catch (CriException e) {
      String message = String.valueOf(e.getMessage());
      node.events().warning(pod, container, "Failed", "Error: " + message);
      // Shown until the next try, as upstream's ErrRunContainer; how it ended is the last state.
      troubles.put(container.name(), new WaitingReason("RunContainerError", message));
      return true;
    }
    node.events().normal(pod, container, "Started", "Container started");
    afterStart(pod, container, id, ip);
    return true;
  }

  /** Whose processes a container for debugging wants to see; null for its own. */
  private static @Nullable String targetId(Pod pod, PodView view, String name)
      throws ConfigProblem {
    for (EphemeralContainer debugging : pod.spec().ephemeralContainers()) {
      if (debugging.name().equals(name) && !debugging.targetContainerName().isEmpty()) {
        ContainerStatus target = view.newest(debugging.targetContainerName());
        if (target == null) {
          throw new ConfigProblem(
              "unable to find target container " + debugging.targetContainerName());
        }
        return target.id();
      }
    }
    return null;
  }

  private boolean failed(Pod pod, Container container, String reason, Exception failure) {
    String message = String.valueOf(failure.getMessage());
    WaitingReason trouble = new WaitingReason(reason, message);
    boolean isNews = !trouble.equals(troubles.put(container.name(), trouble));
    if (isNews && failure.getCause() != null) {
      // The event does not say it: it may tell of the host.
      log.log(
          Level.WARNING,
          "container {0} of pod {1}: {2}: {3}",
          container.name(),
          Containers.fullName(pod),
          message,
          rootOf(failure).getMessage());
    }
    node.events().warning(pod, container, "Failed", "Error: " + message);
    refuse(container, trouble, AGAIN);
    return false;
  }

  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private void refuse(Container container, WaitingReason trouble, Duration pause) {
    long until = node.clock().nanoTime() + pause.toNanos();
    refusals.put(container.name(), new Refusal(trouble, until));
    retry(pause);
  }

  /** Whether a try is not worth it yet; the trouble is shown until then. */
  private boolean isRefused(Container container) {
    Refusal refusal = refusals.remove(container.name());
    long left = refusal == null ? 0 : refusal.untilNanos - node.clock().nanoTime();
    if (refusal == null || left <= 0) {
      return false;
    }
    refusals.put(container.name(), refusal);
    troubles.put(container.name(), refusal.trouble);
    retry(Duration.ofNanos(left));
    return true;
  }

  private void afterStart(Pod pod, Container container, String id, String ip)
      throws InterruptedException {
    LifecycleHandler hook =
        container.lifecycle() == null ? null : container.lifecycle().postStart();
    if (hook == null) {
      return;
    }
    var subject = new Probing.Subject(pod, container, node.runtime().containerStatus(id), ip);
    Optional<Optional<String>> outcome =
        errands.attend(() -> Hooks.runQuietly(node, subject, hook));
    if (outcome.isPresent() && outcome.get().isPresent()) {
      // What the hook said stays here: secrets could be in it.
      node.events().warning(pod, container, "FailedPostStartHook", "PostStartHook failed");
      end.stop(subject, "FailedPostStartHook", PodEnd.grace(pod));
    }
  }

  private void retry(Duration delay) {
    retryAfter =
        Optional.of(
            retryAfter.isPresent() && retryAfter.get().compareTo(delay) < 0
                ? retryAfter.get()
                : delay);
  }
}
