package io.tiphys.node.agent;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.LifecycleHandler;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.node.agent.containers.ConfigProblem;
import io.tiphys.node.agent.volumes.VolumeProblem;
import io.tiphys.node.cri.ContainerConfig;
import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.PodSandboxStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes sandboxes and starts containers of one pod; remembers what stands in the way. */
final class PodStarter {
  /** As upstream keeps one dead container of each name, for its log. */
  private static final int DEAD_KEPT = 1;

  private final Node node;
  private final Backoffs backoffs;
  private final Map<String, Trouble> troubles = new HashMap<>();
  private Optional<Duration> retryAfter = Optional.empty();
  private Map<String, Path> volumes = Map.of();

  PodStarter(Node node) {
    this.node = node;
    backoffs = new Backoffs(node.clock());
  }

  /** Why containers wait, by name; "" is the whole pod's. */
  Map<String, Trouble> troubles() {
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
    troubles.clear();
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
    } catch (CriException e) {
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
    if (last != null && Containers.hasExited(last) && crashLooping(pod, container, last)) {
      return false;
    }
    if (container.imagePullPolicy().equals("Always")) {
      report.write(pod, view, troubles());
    }
    return switch (node.images().ensure(pod, container, backoffs, node.events())) {
      case ImagePulls.Outcome.Missing(Trouble trouble) -> {
        troubles.put(container.name(), trouble);
        String key = "image " + container.image();
        retry(backoffs.left(key).isZero() ? Backoffs.FIRST : soon(key, trouble));
        yield false;
      }
      case ImagePulls.Outcome.Here(String imageId) ->
          create(pod, view, container, last == null ? 0 : last.metadata().attempt() + 1, imageId);
    };
  }

  /** The first failure is shown for a moment before it becomes a back-off. */
  private Duration soon(String key, Trouble trouble) {
    return trouble.reason().equals("ErrImagePull") ? Duration.ofSeconds(2) : backoffs.left(key);
  }

  private boolean crashLooping(Pod pod, Container container, ContainerStatus last) {
    String key = "restart " + container.name();
    Duration left = backoffs.left(key);
    if (left.isZero()) {
      backoffs.failed(key);
      removeOld(container, last);
      return false;
    }
    String delay = Backoffs.text(backoffs.delay(key));
    troubles.put(
        container.name(),
        new Trouble(
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

  private void removeOld(Container container, ContainerStatus last) {
    String sandbox = last.labels().getOrDefault(PodView.UID_LABEL, "");
    PodView view = PodView.of(node.runtime(), sandbox);
    int kept = 0;
    for (ContainerStatus status : view.containers()) {
      if (status.metadata().name().equals(container.name())
          && Containers.hasExited(status)
          && kept++ >= DEAD_KEPT) {
        node.runtime().removeContainer(status.id());
      }
    }
  }

  private boolean create(Pod pod, PodView view, Container container, int attempt, String imageId)
      throws InterruptedException {
    PodSandboxStatus sandbox = view.sandbox();
    if (sandbox == null) {
      return false;
    }
    String ip = pod.spec().hostNetwork() ? node.config().hostIp() : sandbox.network().ip();
    String id;
    try {
      ContainerConfig config =
          node.configs().container(pod, container, ip, attempt, volumes, imageId);
      id =
          node.runtime()
              .createContainer(
                  sandbox.id(), config, node.configs().sandbox(pod, sandbox.metadata().attempt()));
    } catch (ConfigProblem e) {
      return failed(pod, container, e.reason(), String.valueOf(e.getMessage()));
    } catch (CriException e) {
      return failed(pod, container, "CreateContainerError", String.valueOf(e.getMessage()));
    }
    node.events().normal(pod, container, "Created", "Container created");
    try {
      node.runtime().startContainer(id);
    } catch (CriException e) {
      node.events().warning(pod, container, "Failed", "Error: " + e.getMessage());
      return true;
    }
    node.events().normal(pod, container, "Started", "Container started");
    afterStart(pod, container, id, ip);
    return true;
  }

  private boolean failed(Pod pod, Container container, String reason, String message) {
    troubles.put(container.name(), new Trouble(reason, message));
    node.events().warning(pod, container, "Failed", "Error: " + message);
    String key = "create " + container.name();
    backoffs.failed(key);
    retry(backoffs.left(key));
    return false;
  }

  private void afterStart(Pod pod, Container container, String id, String ip)
      throws InterruptedException {
    LifecycleHandler hook =
        container.lifecycle() == null ? null : container.lifecycle().postStart();
    if (hook == null) {
      return;
    }
    ContainerStatus status = node.runtime().containerStatus(id);
    Optional<String> failure =
        Hooks.run(
            node, new Probing.Subject(pod, container, status, ip), hook, Duration.ofMinutes(5));
    if (failure.isPresent()) {
      node.events()
          .warning(pod, container, "FailedPostStartHook", "PostStartHook failed: " + failure.get());
      node.runtime().stopContainer(id, Duration.ofSeconds(30));
    }
  }

  private void retry(Duration delay) {
    retryAfter =
        Optional.of(
            retryAfter.isPresent() && retryAfter.get().compareTo(delay) < 0
                ? retryAfter.get()
                : delay);
  }

  /** The names of a pod's containers, initialisation first. */
  static List<Container> all(Pod pod) {
    List<Container> all = new java.util.ArrayList<>(pod.spec().initContainers());
    all.addAll(pod.spec().containers());
    return all;
  }
}
