package io.tiphys.node.agent;

import static io.tiphys.node.agent.Given.exited;
import static io.tiphys.node.agent.Given.main;
import static io.tiphys.node.agent.Given.pod;
import static io.tiphys.node.agent.Given.running;
import static io.tiphys.node.agent.Given.sandbox;
import static io.tiphys.node.agent.Given.sidecar;
import static io.tiphys.node.agent.Given.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.core.v1.ContainerStateTerminated;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.EphemeralContainer;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.PodReadinessGate;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.node.cri.PodSandboxState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PodStatusesTest {
  private static final Set<String> ALL = Set.of("c", "i", "s");

  private static PodStatus status(Pod pod, PodView view, Map<String, Trouble> troubles) {
    return status(pod, view, troubles, ALL, null);
  }

  private static PodStatus status(
      Pod pod,
      PodView view,
      Map<String, Trouble> troubles,
      Set<String> ready,
      PodStatuses.@Nullable Failure failure) {
    return PodStatuses.of(
        pod,
        view,
        new PodStatuses.Facts(
            "10.244.0.1", ready, ready, troubles, Map.of("c-1", "last words"), failure, Given.NOW));
  }

  private static String conditions(PodStatus status) {
    return status.conditions().stream()
        .map(c -> c.type() + "=" + c.status() + (c.reason().isEmpty() ? "" : ":" + c.reason()))
        .collect(Collectors.joining(" "));
  }

  @Test
  void aPodThatRuns() {
    PodStatus status = status(pod(s -> s), view(running("c", 0)), Map.of());
    assertThat(status.phase()).isEqualTo("Running");
    assertThat(status.podIP()).isEqualTo(Given.IP);
    assertThat(status.hostIP()).isEqualTo("10.244.0.1");
    assertThat(status.startTime()).isEqualTo(Given.NOW);
    assertThat(conditions(status))
        .isEqualTo(
            "PodReadyToStartContainers=True Initialized=True Ready=True ContainersReady=True"
                + " PodScheduled=True");
    ContainerStatus container = status.containerStatuses().getFirst();
    assertThat(container.ready()).isTrue();
    assertThat(container.started()).isTrue();
    assertThat(container.containerID()).isEqualTo("tiphys://c-0");
    assertThat(container.state().running()).isNotNull();
  }

  @Test
  void whatIsNotThereYetWaitsForInitialisationOrItsCreation() {
    PodStatus plain = status(pod(s -> s), PodView.of(List.of()), Map.of());
    assertThat(reason(plain.containerStatuses())).isEqualTo("ContainerCreating");
    assertThat(plain.phase()).isEqualTo("Pending");
    PodStatus with =
        status(pod(s -> s.initContainers(List.of(main("i")))), view(running("i", 0)), Map.of());
    assertThat(reason(with.containerStatuses())).isEqualTo("PodInitializing");
    assertThat(conditions(with)).contains("Initialized=False:ContainersNotInitialized");
    assertThat(message(with, "Initialized")).isEqualTo("containers with incomplete status: [i]");
  }

  @Test
  void aCrashLoopShowsWhyItWaitsAndHowItEndedLast() {
    Trouble trouble = new Trouble("CrashLoopBackOff", "back-off 10s");
    PodStatus status =
        status(pod(s -> s), view(exited("c", 1, 7), exited("c", 0, 6)), Map.of("c", trouble));
    ContainerStatus container = status.containerStatuses().getFirst();
    assertThat(container.restartCount()).isEqualTo(1);
    assertThat(reason(status.containerStatuses())).isEqualTo("CrashLoopBackOff");
    ContainerStateTerminated last = Objects.requireNonNull(container.lastState().terminated());
    assertThat(last.exitCode()).isEqualTo(7);
    assertThat(last.message()).isEqualTo("last words");
    assertThat(status.phase()).isEqualTo("Running");
    assertThat(conditions(status)).contains("Ready=False:ContainersNotReady");
    assertThat(message(status, "Ready")).isEqualTo("containers with unready status: [c]");
  }

  @Test
  void theOneBeforeIsTheLastState() {
    ContainerStatus container =
        status(pod(s -> s), view(running("c", 1), exited("c", 0, 6)), Map.of())
            .containerStatuses()
            .getFirst();
    assertThat(container.state().running()).isNotNull();
    assertThat(Objects.requireNonNull(container.lastState().terminated()).exitCode()).isEqualTo(6);
  }

  @Test
  void aPodThatHasSucceededIsNotReadyForAReason() {
    Pod pod = pod(s -> s.restartPolicy("Never"));
    PodView view =
        PodView.of(List.of(sandbox(0, PodSandboxState.SANDBOX_NOTREADY, exited("c", 0, 0))));
    PodStatus status = status(pod, view, Map.of());
    assertThat(status.phase()).isEqualTo("Succeeded");
    assertThat(status.podIP()).isEqualTo(Given.IP);
    assertThat(conditions(status))
        .isEqualTo(
            "PodReadyToStartContainers=False Initialized=True:PodCompleted"
                + " Ready=False:PodCompleted ContainersReady=False:PodCompleted"
                + " PodScheduled=True");
  }

  @Test
  void whatThisNodeEndedHasFailedWhateverItsContainersDo() {
    PodStatus status =
        status(
            pod(s -> s),
            view(exited("c", 0, 0)),
            Map.of(),
            ALL,
            new PodStatuses.Failure("DeadlineExceeded", "too long"));
    assertThat(status.phase()).isEqualTo("Failed");
    assertThat(status.reason()).isEqualTo("DeadlineExceeded");
    assertThat(conditions(status)).contains("Ready=False:PodFailed");
  }

  @Test
  void aPodThatIsOverStaysSo() {
    Pod before = pod(s -> s);
    Pod failed =
        before.withStatus(
            before.status().toBuilder()
                .phase("Failed")
                .reason("DeadlineExceeded")
                .podIP(Given.IP)
                .build());
    PodStatus status = status(failed, view(running("c", 0)), Map.of());
    assertThat(status.phase()).isEqualTo("Failed");
    assertThat(status.reason()).isEqualTo("DeadlineExceeded");
  }

  @Test
  void whatCouldNotStartBeganInTheBeginningOfTime() {
    ContainerStatus container =
        status(pod(s -> s.restartPolicy("Never")), view(notStarted()), Map.of())
            .containerStatuses()
            .getFirst();
    assertThat(Objects.requireNonNull(container.state().terminated()).startedAt())
        .isEqualTo(Instant.EPOCH);
  }

  private static io.tiphys.node.cri.ContainerStatus notStarted() {
    var c = exited("c", 0, 128);
    return new io.tiphys.node.cri.ContainerStatus(
        c.id(),
        c.metadata(),
        c.state(),
        c.createdAt(),
        null,
        c.finishedAt(),
        128,
        c.image(),
        c.imageRef(),
        c.imageId(),
        "StartError",
        "no such file",
        Map.of(),
        Map.of(),
        List.of(),
        c.logPath(),
        c.resources(),
        null,
        c.stopSignal());
  }

  @Test
  void sidecarsCountForReadinessOthersAreReadyWhenDone() {
    Pod pod = pod(s -> s.initContainers(List.of(sidecar("s"), main("i"))));
    PodView view = view(running("s", 0), exited("i", 0, 0), running("c", 0));
    PodStatus all = status(pod, view, Map.of());
    assertThat(all.initContainerStatuses()).extracting(ContainerStatus::ready).containsOnly(true);
    assertThat(conditions(all)).contains(" Ready=True ");
    PodStatus without = status(pod, view, Map.of(), Set.of("c", "i"), null);
    assertThat(message(without, "Ready")).isEqualTo("containers with unready status: [s]");
  }

  @Test
  void gatesOfOthersHoldReadinessBack() {
    Pod pod = pod(s -> s.readinessGates(List.of(new PodReadinessGate("example.com/lb"))));
    assertThat(conditions(status(pod, view(running("c", 0)), Map.of())))
        .contains("Ready=False:ReadinessGatesNotReady");
    PodCondition open = PodCondition.builder().type("example.com/lb").status("True").build();
    Pod opened = pod.withStatus(pod.status().toBuilder().conditions(List.of(open)).build());
    assertThat(conditions(status(opened, view(running("c", 0)), Map.of())))
        .contains("example.com/lb=True")
        .contains(" Ready=True ");
  }

  @Test
  void conditionsKeepTheirTimeUntilTheyChange() {
    Pod pod = pod(s -> s);
    PodStatus first = status(pod, view(running("c", 0)), Map.of());
    Instant later = Given.NOW.plusSeconds(60);
    PodStatus second =
        PodStatuses.of(
            pod.withStatus(first),
            view(running("c", 0)),
            new PodStatuses.Facts("10.244.0.1", Set.of(), ALL, Map.of(), Map.of(), null, later));
    assertThat(time(second, "PodScheduled")).isEqualTo(Given.NOW);
    assertThat(time(second, "Ready")).isEqualTo(later);
  }

  @Test
  void debuggingContainersHaveAListOfTheirOwn() {
    EphemeralContainer debugger = EphemeralContainer.builder().name("dbg").image("web:v1").build();
    Pod pod = pod(s -> s.ephemeralContainers(List.of(debugger)));
    PodStatus status = status(pod, view(running("c", 0), running("dbg", 0)), Map.of());
    ContainerStatus shown = status.ephemeralContainerStatuses().getFirst();
    assertThat(shown.state().running()).isNotNull();
    assertThat(shown.ready()).isFalse();
    assertThat(shown.started()).isNull();
    assertThat(status.containerStatuses()).hasSize(1);
  }

  private static String reason(List<ContainerStatus> statuses) {
    return Objects.requireNonNull(statuses.getFirst().state().waiting()).reason();
  }

  private static String message(PodStatus status, String type) {
    return condition(status, type).message();
  }

  private static @Nullable Instant time(PodStatus status, String type) {
    return condition(status, type).lastTransitionTime();
  }

  private static PodCondition condition(PodStatus status, String type) {
    return status.conditions().stream()
        .filter(c -> c.type().equals(type))
        .findFirst()
        .orElseThrow();
  }
}
