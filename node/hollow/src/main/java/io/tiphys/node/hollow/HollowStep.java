package io.tiphys.node.hollow;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerState;
import io.tiphys.api.core.v1.ContainerStateRunning;
import io.tiphys.api.core.v1.ContainerStateTerminated;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.PodIP;
import io.tiphys.api.core.v1.PodStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a hollow node does next about a pod that is bound to it. */
sealed interface HollowStep {
  /** Nothing before {@code delay} is over; null: before the pod changes. */
  record Wait(@Nullable Duration delay) implements HollowStep {}

  /** Its containers start. */
  record Start() implements HollowStep {}

  /** Its containers are asked to end, and will have after {@code delay}. */
  record Stop(Duration delay) implements HollowStep {}

  /** The API is to know this of it. */
  record Report(PodStatus status) implements HollowStep {}

  /** It was to be deleted and nothing of it runs: it goes. */
  record Remove() implements HollowStep {}

  /** The exit code of what was stopped by a signal, as with the shell. */
  int TERMINATED = 143;

  /**
   * Decides from the pod as the API has it and from what runs of it; a pure function.
   *
   * @param boundAt when this node first saw it
   */
  static HollowStep of(
      Pod pod,
      HollowMachine.@Nullable Running running,
      HollowScript.Play play,
      Instant boundAt,
      Instant now) {
    boolean deleted = pod.metadata().deletionTimestamp() != null;
    if (isOver(pod)) {
      return running != null && !running.isOver(now)
          ? stopOrWait(pod, running, play, now)
          : deleted ? new Remove() : new Wait(null);
    }
    if (running == null) {
      if (deleted) {
        return new Report(ended(pod, null, TERMINATED, now));
      }
      Duration left = Duration.between(now, boundAt.plus(play.starting()));
      return left.isPositive() ? new Wait(left) : new Start();
    }
    if (running.isOver(now)) {
      return new Report(ended(pod, running, TERMINATED, now));
    }
    boolean finishes = !"Always".equals(pod.spec().restartPolicy());
    Duration left = Duration.between(now, running.startedAt().plus(play.running()));
    if (finishes && !left.isPositive()) {
      return new Report(ended(pod, running, play.exitCode(), now));
    }
    if (deleted) {
      return stopOrWait(pod, running, play, now);
    }
    PodStatus wanted = running(pod, running, now);
    return wanted.equals(pod.status()) ? new Wait(finishes ? left : null) : new Report(wanted);
  }

  private static HollowStep stopOrWait(
      Pod pod, HollowMachine.Running running, HollowScript.Play play, Instant now) {
    if (running.stopAt() != null) {
      return new Wait(Duration.between(now, running.stopAt()));
    }
    Long grace = pod.metadata().deletionGracePeriodSeconds();
    Duration most = Duration.ofSeconds(grace == null ? 0 : grace);
    return new Stop(play.stopping().compareTo(most) < 0 ? play.stopping() : most);
  }

  private static boolean isOver(Pod pod) {
    return Set.of("Succeeded", "Failed").contains(pod.status().phase());
  }

  private static PodStatus running(Pod pod, HollowMachine.Running running, Instant now) {
    Instant since = running.startedAt();
    ContainerState state =
        ContainerState.builder().running(new ContainerStateRunning(seconds(since))).build();
    return status(pod, "Running", running, state, true, now);
  }

  private static PodStatus ended(
      Pod pod, HollowMachine.@Nullable Running running, int code, Instant now) {
    ContainerState state =
        ContainerState.builder()
            .terminated(
                ContainerStateTerminated.builder()
                    .exitCode(code)
                    .reason(code == 0 ? "Completed" : "Error")
                    .startedAt(running == null ? Instant.EPOCH : seconds(running.startedAt()))
                    .finishedAt(seconds(now))
                    .build())
            .build();
    return status(pod, code == 0 ? "Succeeded" : "Failed", running, state, false, now);
  }

  private static PodStatus status(
      Pod pod,
      String phase,
      HollowMachine.@Nullable Running running,
      ContainerState state,
      boolean ready,
      Instant now) {
    PodStatus before = pod.status();
    List<ContainerStatus> containers = new ArrayList<>();
    for (Container container : pod.spec().containers()) {
      containers.add(
          ContainerStatus.builder()
              .name(container.name())
              .image(container.image())
              .imageID(container.image())
              .ready(ready)
              .started(ready)
              .state(state)
              .build());
    }
    List<PodCondition> conditions = new ArrayList<>();
    for (String type : List.of("Initialized", "Ready", "ContainersReady")) {
      boolean holds = ready || type.equals("Initialized");
      conditions.add(condition(before, type, holds, phase, now));
    }
    before.conditions().stream()
        .filter(other -> conditions.stream().noneMatch(own -> own.type().equals(other.type())))
        .forEach(conditions::add);
    PodStatus.Builder status =
        before.toBuilder()
            .phase(phase)
            .startTime(before.startTime() == null ? seconds(now) : before.startTime())
            .containerStatuses(containers)
            .conditions(conditions);
    if (running != null) {
      status.podIP(running.ip()).podIPs(List.of(new PodIP(running.ip())));
    }
    return status.build();
  }

  /** Keeps the time of a condition that is as it was. */
  private static PodCondition condition(
      PodStatus before, String type, boolean holds, String phase, Instant now) {
    String status = holds ? "True" : "False";
    String reason = holds ? "" : phase.equals("Succeeded") ? "PodCompleted" : "ContainersNotReady";
    return before.conditions().stream()
        .filter(
            known ->
                known.type().equals(type)
                    && known.status().equals(status)
                    && Objects.equals(known.reason(), reason))
        .findFirst()
        .orElseGet(
            () ->
                PodCondition.builder()
                    .type(type)
                    .status(status)
                    .reason(reason)
                    .lastTransitionTime(seconds(now))
                    .build());
  }

  /** Times in objects have no fractions. */
  private static Instant seconds(Instant time) {
    return Instant.ofEpochSecond(time.getEpochSecond());
  }
}
