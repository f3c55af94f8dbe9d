package io.tiphys.node.agent;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerState;
import io.tiphys.api.core.v1.ContainerStateRunning;
import io.tiphys.api.core.v1.ContainerStateTerminated;
import io.tiphys.api.core.v1.ContainerStateWaiting;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.ContainerUser;
import io.tiphys.api.core.v1.HostIP;
import io.tiphys.api.core.v1.LinuxContainerUser;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodIP;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.api.core.v1.VolumeMount;
import io.tiphys.api.core.v1.VolumeMountStatus;
import io.tiphys.node.cri.PodSandboxStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pod's status as this node sees it; a pure function. Checked against
 * pkg/kubelet/kubelet_pods.go, generateAPIPodStatus.
 */
final class PodStatuses {
  private static final String SCHEME = "tiphys://";

  private final Pod pod;
  private final PodView view;
  private final Facts facts;

  /**
   * What is known beside the engine's word.
   *
   * @param ready names of containers whose readiness probe succeeds, or that have none
   * @param started names of containers whose startup probe has succeeded, or that have none
   * @param troubles why containers wait, by name; "" is the whole pod's
   * @param messages termination messages by container id
   * @param failure why the pod has failed whatever its containers did, or null
   */
  record Facts(
      String hostIp,
      java.util.Set<String> ready,
      java.util.Set<String> started,
      Map<String, Trouble> troubles,
      Map<String, String> messages,
      @Nullable Failure failure,
      Instant now) {}

  /** Why this node has ended a pod, as the pod's status says it. */
  record Failure(String reason, String message) {}

  private PodStatuses(Pod pod, PodView view, Facts facts) {
    this.pod = pod;
    this.view = view;
    this.facts = facts;
  }

  static PodStatus of(Pod pod, PodView view, Facts facts) {
    return new PodStatuses(pod, view, facts).status();
  }

  private PodStatus status() {
    List<ContainerStatus> init = new ArrayList<>();
    for (Container container : pod.spec().initContainers()) {
      init.add(container(container, true, initialized()));
    }
    List<ContainerStatus> main = new ArrayList<>();
    for (Container container : pod.spec().containers()) {
      main.add(container(container, false, initialized()));
    }
    List<ContainerStatus> debugging = new ArrayList<>();
    for (Container container : Containers.ephemeral(pod)) {
      debugging.add(ephemeral(container));
    }
    String phase = phase(init, main);
    PodSandboxStatus sandbox = view.sandboxes().isEmpty() ? null : view.sandboxes().getFirst();
    PodStatus before = pod.status();
    PodStatus.Builder status =
        before.toBuilder()
            .observedGeneration(pod.metadata().generation())
            .phase(phase)
            .hostIP(facts.hostIp)
            .hostIPs(List.of(new HostIP(facts.hostIp)))
            .startTime(before.startTime() == null ? facts.now : before.startTime())
            .initContainerStatuses(init)
            .containerStatuses(main)
            .ephemeralContainerStatuses(debugging);
    if (facts.failure != null) {
      status.reason(facts.failure.reason).message(facts.failure.message);
    }
    String ip = podIp(sandbox);
    if (!ip.isEmpty()) {
      status.podIP(ip).podIPs(List.of(new PodIP(ip)));
    }
    PodConditions conditions =
        new PodConditions(pod, init, main, view.sandbox() != null && !ip.isEmpty(), facts.now);
    return status.conditions(conditions.all(phase)).build();
  }

  /** A pod that is over stays so, whatever becomes of what is left of it. */
  private String phase(List<ContainerStatus> init, List<ContainerStatus> main) {
    if (PodPhase.isFinal(pod.status().phase())) {
      return pod.status().phase();
    }
    boolean begun = pod.spec().containers().stream().anyMatch(c -> view.newest(c.name()) != null);
    return facts.failure != null ? PodPhase.FAILED : PodPhase.of(pod, init, main, begun);
  }

  private String podIp(@Nullable PodSandboxStatus sandbox) {
    if (pod.spec().hostNetwork()) {
      return facts.hostIp;
    }
    return sandbox == null || sandbox.network().ip().isEmpty()
        ? pod.status().podIP()
        : sandbox.network().ip();
  }

  private boolean initialized() {
    for (Container container : pod.spec().initContainers()) {
      var status = view.newest(container.name());
      boolean done =
          Containers.isSidecar(container)
              ? Containers.isRunning(status) && facts.started.contains(container.name())
              : Containers.hasSucceeded(status);
      if (!done) {
        return false;
      }
    }
    return true;
  }

  private ContainerStatus container(Container container, boolean init, boolean initialized) {
    var newest = view.newest(container.name());
    var previous = view.previous(container.name());
    Trouble trouble = facts.troubles.get(container.name());
    boolean running = Containers.isRunning(newest);
    boolean started = running && facts.started.contains(container.name());
    boolean sidecar = init && Containers.isSidecar(container);
    boolean ready =
        (init && !sidecar)
            ? Containers.hasSucceeded(newest)
            : started && facts.ready.contains(container.name());
    ContainerStatus.Builder out = named(container).ready(ready).started(started);
    if (newest == null) {
      Trouble why = trouble != null ? trouble : waitingFor(init, initialized);
      return out.state(waiting(why)).build();
    }
    boolean over = Containers.hasExited(newest);
    boolean waits = trouble != null && !running;
    out.state(trouble != null && !running ? waiting(trouble) : state(newest))
        .restartCount(newest.metadata().attempt())
        .imageID(newest.imageRef())
        .containerID(SCHEME + newest.id());
    describe(out, container, newest);
    if (waits && over) {
      out.lastState(state(newest));
    } else if (previous != null) {
      out.lastState(state(previous));
    }
    return out.build();
  }

  /** A container for debugging is never ready, and started is not said of it, as upstream. */
  private ContainerStatus ephemeral(Container container) {
    return container(container, false, true).toBuilder().ready(false).started(null).build();
  }

  private static ContainerStatus.Builder named(Container container) {
    return ContainerStatus.builder()
        .name(container.name())
        .image(container.image())
        .volumeMounts(container.volumeMounts().stream().map(PodStatuses::mount).toList());
  }

  private static VolumeMountStatus mount(VolumeMount mount) {
    return VolumeMountStatus.builder()
        .name(mount.name())
        .mountPath(mount.mountPath())
        .readOnly(mount.readOnly())
        .recursiveReadOnly(mount.readOnly() ? "Disabled" : null)
        .build();
  }

  /** What a container may use, and as whom it runs. */
  private static void describe(
      ContainerStatus.Builder out, Container container, io.tiphys.node.cri.ContainerStatus newest) {
    out.resources(container.resources()).allocatedResources(container.resources().requests());
    var user = newest.user();
    if (user != null) {
      out.user(
          new ContainerUser(
              new LinuxContainerUser(user.uid(), user.gid(), user.supplementalGroups())));
    }
  }

  private Trouble waitingFor(boolean init, boolean initialized) {
    Trouble whole = facts.troubles.get("");
    if (whole != null) {
      return whole;
    }
    boolean inits = !pod.spec().initContainers().isEmpty();
    return (init && view.containers().isEmpty() && inits) || (!init && inits && !initialized)
        ? Trouble.INITIALIZING
        : Trouble.CREATING;
  }

  private static ContainerState waiting(Trouble trouble) {
    return ContainerState.builder()
        .waiting(new ContainerStateWaiting(trouble.reason(), trouble.message()))
        .build();
  }

  private ContainerState state(io.tiphys.node.cri.ContainerStatus status) {
    return switch (status.state()) {
      case CONTAINER_CREATED -> waiting(Trouble.CREATING);
      case CONTAINER_RUNNING ->
          ContainerState.builder().running(new ContainerStateRunning(status.startedAt())).build();
      case CONTAINER_EXITED, CONTAINER_UNKNOWN ->
          ContainerState.builder()
              .terminated(
                  ContainerStateTerminated.builder()
                      .exitCode(status.exitCode())
                      .reason(status.reason())
                      .message(facts.messages.getOrDefault(status.id(), status.message()))
                      .startedAt(orEpoch(status.startedAt()))
                      .finishedAt(orEpoch(status.finishedAt()))
                      .containerID(SCHEME + status.id())
                      .build())
              .build();
    };
  }

  /** What never began did so, for upstream's users, in 1970. */
  private static Instant orEpoch(@Nullable Instant time) {
    return time == null ? Instant.EPOCH : time;
  }
}
