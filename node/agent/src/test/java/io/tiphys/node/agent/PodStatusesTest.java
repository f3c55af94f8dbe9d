package io.tiphys.node.agent;

import static io.tiphys.node.agent.Given.created;
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

  private static PodStatus status(Pod pod, PodView view, Map<String, WaitingReason> troubles) {
    return status(pod, view, troubles, ALL, null);
  }

  private static PodStatus status(
      Pod pod,
      PodView view,
      Map<String, WaitingReason> troubles,
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
    WaitingReason trouble = new WaitingReason("CrashLoopBackOff", "back-off 10s");
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

  @Test
  void everyContainerOfAPodWithInitContainersWaitsForItsInitialization() {
    Pod pod = pod(s -> s.initContainers(List.of(main("i"), main("j"), sidecar("s"))));
    for (PodView seen :
        List.of(PodView.of(List.of()), view(running("i", 0)), view(exited("i", 0, 1)))) {
      PodStatus status = status(pod, seen, Map.of());
      assertThat(status.initContainerStatuses().subList(1, 3))
          .allSatisfy(c -> assertThat(reason(List.of(c))).isEqualTo("PodInitializing"));
      assertThat(reason(status.containerStatuses())).isEqualTo("PodInitializing");
    }
    PodStatus fresh = status(pod, PodView.of(List.of()), Map.of());
    assertThat(reason(fresh.initContainerStatuses())).isEqualTo("PodInitializing");
  }

  @Test
  void aContainerThatIsMadeButNotStartedWaitsWithoutAReason() {
    assertThat(reason(status(pod(s -> s), view(created("c", 0)), Map.of()).containerStatuses()))
        .isEmpty();
  }

  @Test
  void aContainerThatTheEngineLostHasEndedSomehowAndCountsAsARestart() {
    Pod pod = pod(s -> s);
    PodStatus before = status(pod, view(running("c", 2)), Map.of());
    ContainerStatus lost =
        status(pod.withStatus(before), PodView.of(List.of()), Map.of())
            .containerStatuses()
            .getFirst();
    ContainerStateTerminated last = Objects.requireNonNull(lost.lastState().terminated());
    assertThat(last.exitCode()).isEqualTo(137);
    assertThat(last.reason()).isEqualTo("ContainerStatusUnknown");
    assertThat(lost.restartCount()).isEqualTo(3);
    PodStatus after = status(pod.withStatus(before), PodView.of(List.of()), Map.of());
    assertThat(status(pod.withStatus(after), PodView.of(List.of()), Map.of())).isEqualTo(after);
  }

  @Test
  void howAContainerEndedIsKnownAfterTheEngineForgotIt() {
    Pod pod = pod(s -> s.restartPolicy("Never"));
    PodStatus before = status(pod, view(exited("c", 0, 7)), Map.of());
    Pod known = pod.withStatus(before.toBuilder().phase("Running").build());
    PodStatus after = status(known, PodView.of(List.of()), Map.of());
    assertThat(after.containerStatuses()).isEqualTo(before.containerStatuses());
    assertThat(after.phase()).isEqualTo("Failed");
  }

  @Test
  void anInitContainerThatTheEngineForgotHasDoneItsWorkOnceMainContainersAreThere() {
    Pod pod = pod(s -> s.initContainers(List.of(main("i"))));
    PodStatus status = status(pod, view(running("c", 0)), Map.of());
    assertThat(
            Objects.requireNonNull(status.initContainerStatuses().getFirst().state().terminated())
                .reason())
        .isEqualTo("Completed");
    assertThat(conditions(status)).contains("Initialized=True");
    assertThat(status.phase()).isEqualTo("Running");
  }

  @Test
  void aPodThatWasInitializedStaysSoWhileItsSidecarStartsAnew() {
    Pod pod = pod(s -> s.initContainers(List.of(sidecar("s"))));
    PodStatus status =
        status(pod, view(running("s", 1), running("c", 0)), Map.of(), Set.of("c"), null);
    assertThat(conditions(status)).contains("Initialized=True").contains("ContainersReady=False");
  }

  @Test
  void aNewPhaseDropsReasonAndMessageOfTheOldOneAndTheSamePhaseKeepsThem() {
    Pod pod = pod(s -> s);
    Pod marked =
        pod.withStatus(pod.status().toBuilder().reason("NodeLost").message("gone").build());
    assertThat(status(marked, PodView.of(List.of()), Map.of()).reason()).isEqualTo("NodeLost");
    PodStatus running = status(marked, view(running("c", 0)), Map.of());
    assertThat(running.reason()).isEmpty();
    assertThat(running.message()).isEmpty();
  }

  @Test
  void everyGateThatIsNotOpenIsNamed() {
    Pod pod =
        pod(s -> s.readinessGates(List.of(new PodReadinessGate("a"), new PodReadinessGate("b"))));
    PodCondition shut = PodCondition.builder().type("b").status("Unknown").build();
    Pod half = pod.withStatus(pod.status().withConditions(List.of(shut)));
    assertThat(message(status(half, view(running("c", 0)), Map.of()), "Ready"))
        .isEqualTo(
            "corresponding condition of pod readiness gate \"a\" does not exist., the status of"
                + " pod readiness gate \"b\" is not \"True\", but Unknown");
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
