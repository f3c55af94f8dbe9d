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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A pod's status as this node sees it; a pure function. Checked against
 * pkg/kubelet/kubelet_pods.go, generateAPIPodStatus.
 */
final class PodStatuses {
  private static final String SCHEME = "tiphys://";

  /** As upstream's MaxPodTerminationMessageLogLength, for all containers of a pod. */
  private static final int MESSAGE_BYTES = 12 * 1024;

  /** It ran when it was last seen; how it ended nobody knows. */
  private static final ContainerState LOST =
      ContainerState.builder()
          .terminated(
              ContainerStateTerminated.builder()
                  .reason("ContainerStatusUnknown")
                  .message(
                      "The container could not be located when the pod was deleted.  The container"
                          + " used to be Running")
                  .exitCode(137)
                  .build())
          .build();

  /** Main containers are there, so it has done its work. */
  private static final ContainerState FORGOTTEN =
      ContainerState.builder()
          .terminated(
              ContainerStateTerminated.builder()
                  .reason("Completed")
                  .message(
                      "Unable to get init container status from container runtime and pod has been"
                          + " initialized, treat it as exited normally")
                  .exitCode(0)
                  .build())
          .build();

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
      Set<String> ready,
      Set<String> started,
      Map<String, WaitingReason> troubles,
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
    PodStatus before = pod.status();
    List<ContainerStatus> init = new ArrayList<>();
    for (Container container : pod.spec().initContainers()) {
      init.add(container(container, true, known(before.initContainerStatuses(), container)));
    }
    List<ContainerStatus> main = new ArrayList<>();
    for (Container container : pod.spec().containers()) {
      main.add(container(container, false, known(before.containerStatuses(), container)));
    }
    List<ContainerStatus> debugging = new ArrayList<>();
    for (Container container : Containers.ephemeral(pod)) {
      debugging.add(ephemeral(container, known(before.ephemeralContainerStatuses(), container)));
    }
    String phase = phase(init, main);
    boolean same = phase.equals(before.phase());
    PodStatus.Builder status =
        before.toBuilder()
            .observedGeneration(Math.max(before.observedGeneration(), pod.metadata().generation()))
            .phase(phase)
            .reason(same ? before.reason() : "")
            .message(same ? before.message() : "")
            .hostIP(facts.hostIp)
            .hostIPs(List.of(new HostIP(facts.hostIp)))
            .startTime(before.startTime() == null ? facts.now : before.startTime())
            .initContainerStatuses(init)
            .containerStatuses(main)
            .ephemeralContainerStatuses(debugging);
    if (facts.failure != null) {
      status.reason(facts.failure.reason).message(facts.failure.message);
    }
    String ip = podIp();
    if (!ip.isEmpty()) {
      status.podIP(ip).podIPs(List.of(new PodIP(ip)));
    }
    boolean networked = !view.address(pod, facts.hostIp).isEmpty();
    PodConditions conditions =
        new PodConditions(pod, init, main, view.sandbox() != null && networked, facts.now);
    return status.conditions(conditions.all(phase)).build();
  }

  private static @Nullable ContainerStatus known(
      List<ContainerStatus> statuses, Container container) {
    return statuses.stream()
        .filter(status -> status.name().equals(container.name()))
        .findFirst()
        .orElse(null);
  }

  /** A pod that is over stays so, whatever becomes of what is left of it. */
  private String phase(List<ContainerStatus> init, List<ContainerStatus> main) {
    if (PodPhase.isFinal(pod.status().phase())) {
      return pod.status().phase();
    }
    return facts.failure != null ? PodPhase.FAILED : PodPhase.of(pod, init, main, mainBegun());
  }

  /** The last one that is known: a pod that is over keeps its address for its readers. */
  private String podIp() {
    if (pod.spec().hostNetwork()) {
      return facts.hostIp;
    }
    PodSandboxStatus sandbox = view.sandboxes().isEmpty() ? null : view.sandboxes().getFirst();
    return sandbox == null || sandbox.network().ip().isEmpty()
        ? pod.status().podIP()
        : sandbox.network().ip();
  }

  private ContainerStatus container(
      Container container, boolean init, @Nullable ContainerStatus known) {
    var newest = view.newest(container.name());
    WaitingReason trouble = facts.troubles.get(container.name());
    if (newest == null) {
      return missing(container, init, known, trouble);
    }
    boolean running = Containers.isRunning(newest);
    boolean started = running && facts.started.contains(container.name());
    boolean ready =
        (init && !Containers.isSidecar(container))
            ? Containers.hasSucceeded(newest)
            : started && facts.ready.contains(container.name());
    ContainerStatus.Builder out =
        named(container)
            .ready(ready)
            .started(started)
            .state(trouble != null && !running ? waiting(trouble) : state(newest))
            .restartCount(Math.max(newest.metadata().attempt(), restarts(known)))
            .imageID(newest.imageRef())
            .containerID(SCHEME + newest.id());
    describe(out, container, newest);
    boolean waits = trouble != null && Containers.hasExited(newest);
    return out.lastState(waits ? state(newest) : last(newest, known)).build();
  }

  private static int restarts(@Nullable ContainerStatus known) {
    return known == null ? 0 : known.restartCount();
  }

  /** How the one before the newest ended, as far as the engine or the API remembers. */
  private ContainerState last(
      io.tiphys.node.cri.ContainerStatus newest, @Nullable ContainerStatus known) {
    var previous = view.previous(newest.metadata().name());
    if (previous != null) {
      return state(previous);
    }
    if (known == null) {
      return ContainerState.EMPTY;
    }
    boolean other = !known.containerID().equals(SCHEME + newest.id());
    return other && known.state().terminated() != null ? known.state() : known.lastState();
  }

  /** A container that the engine does not have: it is to come, or what was of it is lost. */
  private ContainerStatus missing(
      Container container,
      boolean init,
      @Nullable ContainerStatus known,
      @Nullable WaitingReason trouble) {
    if (known != null && known.state().terminated() != null && trouble == null) {
      return known;
    }
    if (init && !Containers.isSidecar(container) && mainBegun()) {
      return named(container).ready(true).started(false).state(FORGOTTEN).build();
    }
    WaitingReason why = trouble != null ? trouble : waitingFor();
    if (known == null) {
      return named(container).ready(false).started(false).state(waiting(why)).build();
    }
    boolean lost = known.state().running() != null && known.lastState().terminated() == null;
    boolean again = lost && pod.metadata().deletionTimestamp() == null;
    ContainerState last =
        known.state().terminated() != null ? known.state() : lost ? LOST : known.lastState();
    return named(container)
        .ready(false)
        .started(false)
        .state(waiting(why))
        .restartCount(known.restartCount() + (again ? 1 : 0))
        .lastState(last)
        .build();
  }

  private boolean mainBegun() {
    return pod.spec().containers().stream().anyMatch(c -> view.newest(c.name()) != null);
  }

  /** A container for debugging is never ready, and started is not said of it, as upstream. */
  private ContainerStatus ephemeral(Container container, @Nullable ContainerStatus known) {
    return container(container, false, known).toBuilder().ready(false).started(null).build();
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

  /** Any container of a pod with init containers waits for the pod's initialization. */
  private WaitingReason waitingFor() {
    return pod.spec().initContainers().isEmpty()
        ? WaitingReason.CREATING
        : WaitingReason.INITIALIZING;
  }

  private static ContainerState waiting(WaitingReason trouble) {
    return ContainerState.builder()
        .waiting(new ContainerStateWaiting(trouble.reason(), trouble.message()))
        .build();
  }

  private ContainerState state(io.tiphys.node.cri.ContainerStatus status) {
    return switch (status.state()) {
      case CONTAINER_CREATED -> waiting(WaitingReason.NONE);
      case CONTAINER_RUNNING ->
          ContainerState.builder().running(new ContainerStateRunning(status.startedAt())).build();
      case CONTAINER_EXITED, CONTAINER_UNKNOWN ->
          ContainerState.builder()
              .terminated(
                  ContainerStateTerminated.builder()
                      .exitCode(status.exitCode())
                      .reason(status.reason())
                      .message(message(status))
                      .startedAt(orEpoch(status.startedAt()))
                      .finishedAt(orEpoch(status.finishedAt()))
                      .containerID(SCHEME + status.id())
                      .build())
              .build();
    };
  }

  /** The containers of a pod share a budget of bytes, so that a status stays small. */
  private String message(io.tiphys.node.cri.ContainerStatus status) {
    byte[] text =
        facts.messages.getOrDefault(status.id(), status.message()).getBytes(StandardCharsets.UTF_8);
    int most = MESSAGE_BYTES / Containers.all(pod).size();
    return new String(text, 0, Math.min(most, text.length), StandardCharsets.UTF_8);
  }

  /** What never began did so, for upstream's users, in 1970. */
  private static Instant orEpoch(@Nullable Instant time) {
    return time == null ? Instant.EPOCH : time;
  }
}
