package io.tiphys.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.core.v1.ContainerState;
import io.tiphys.api.core.v1.ContainerStateTerminated;
import io.tiphys.api.core.v1.ContainerStateWaiting;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.ExecAction;
import io.tiphys.api.core.v1.Probe;
import io.tiphys.node.cri.CriException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of pods whose containers crash and whose engine is slow or fails. */
@Timeout(60)
final class KubeletEngineTest {
  private final CriException broken =
      new CriException(CriException.Code.INTERNAL, "the engine broke");

  @TempDir private Path folder;
  private KubeletFixture node;

  @BeforeEach
  void open() throws InterruptedException {
    node = new KubeletFixture(folder);
  }

  @AfterEach
  void close() {
    node.close();
  }

  private ContainerStatus container() {
    return node.status().containerStatuses().getFirst();
  }

  private String waitingReason() {
    ContainerStateWaiting waiting =
        node.status().containerStatuses().isEmpty() ? null : container().state().waiting();
    return waiting == null ? "" : waiting.reason();
  }

  private String waitingMessage() {
    return Objects.requireNonNull(container().state().waiting()).message();
  }

  /** The seconds between one start of the container and the next. */
  private List<Long> pauses() {
    List<Instant> starts = node.runtime.starts();
    List<Long> pauses = new ArrayList<>();
    for (int i = 1; i < starts.size(); i++) {
      pauses.add(Duration.between(starts.get(i - 1), starts.get(i)).toSeconds());
    }
    return pauses;
  }

  /**
   * As doBackOff in pkg/kubelet/kuberuntime: at once, then ten seconds, doubled to five minutes.
   */
  @Test
  void aContainerThatCrashesAtItsStartIsStartedLaterAndLater() {
    node.runtime.crash(1, Duration.ZERO);
    node.put(s -> s);
    node.awaitInTime(() -> node.runtime.starts().size() == 10);
    assertThat(pauses()).containsExactly(0L, 10L, 20L, 40L, 80L, 160L, 300L, 300L, 300L);
    node.await(() -> waitingReason().equals("CrashLoopBackOff"));
    assertThat(waitingMessage())
        .isEqualTo(
            "back-off 5m0s restarting failed container=c pod=web_default(%s)"
                .formatted(node.uid("web")));
    assertThat(container().restartCount()).isEqualTo(9);
    assertThat(container().ready()).isFalse();
    assertThat(Objects.requireNonNull(container().lastState().terminated()).exitCode())
        .isEqualTo(1);
    assertThat(node.status().phase()).isEqualTo("Running");
    assertThat(node.holds("Ready")).isFalse();
  }

  @Test
  void aContainerThatRunsForLongBetweenItsCrashesIsStartedAtOnce() {
    node.runtime.crash(1, Duration.ofMinutes(11));
    node.put(s -> s);
    node.awaitInTime(() -> node.runtime.starts().size() == 5);
    assertThat(pauses()).containsOnly(660L);
    assertThat(node.hasEvent("BackOff", "")).isFalse();
    node.await(() -> node.isRunning(4));
  }

  @Test
  void aContainerThatCannotBeStartedSaysWhyAndBacksOff() {
    node.runtime.faults.fail("startContainer", broken);
    node.put(s -> s);
    node.await(() -> waitingReason().equals("CrashLoopBackOff"));
    ContainerStateTerminated last = Objects.requireNonNull(container().lastState().terminated());
    assertThat(last.reason()).isEqualTo("StartError");
    assertThat(last.exitCode()).isEqualTo(128);
    assertThat(last.message()).isEqualTo("the engine broke");
    node.await(() -> node.hasEvent("Failed", "Error: the engine broke"));
    assertThat(statesWritten())
        .contains(
            ContainerState.builder()
                .waiting(new ContainerStateWaiting("RunContainerError", "the engine broke"))
                .build());
    node.runtime.faults.recover();
    node.awaitInTime(() -> node.isRunning(2));
  }

  private List<ContainerState> statesWritten() {
    return node.written.writes().stream()
        .map(write -> write.object() instanceof io.tiphys.api.core.v1.Pod pod ? pod : null)
        .filter(Objects::nonNull)
        .flatMap(pod -> pod.status().containerStatuses().stream())
        .map(ContainerStatus::state)
        .toList();
  }

  @Test
  void aContainerThatCannotBeMadeSaysWhyAndCountsNoRestart() {
    node.runtime.faults.fail("createContainer", broken);
    node.put(s -> s);
    node.await(() -> waitingReason().equals("CreateContainerError"));
    assertThat(waitingMessage()).isEqualTo("the engine broke");
    assertThat(node.status().phase()).isEqualTo("Pending");
    node.await(() -> node.hasEvent("Failed", "Error: the engine broke"));
    node.runtime.faults.recover();
    node.awaitInTime(() -> node.isRunning(0));
  }

  @Test
  void aSandboxThatCannotBeMadeSaysWhyAndIsTriedAgain() {
    node.runtime.faults.fail("runPodSandbox", broken);
    node.put(s -> s);
    node.await(
        () ->
            node.hasEvent(
                "FailedCreatePodSandBox", "Failed to create pod sandbox: the engine broke"));
    assertThat(waitingReason()).isEqualTo("ContainerCreating");
    node.runtime.faults.recover();
    node.awaitInTime(() -> node.isRunning(0));
  }

  @Test
  void aSandboxThatDiesUnderItsPodIsMadeAnewWithAnotherAddress() {
    node.put(s -> s);
    node.await(() -> node.isRunning(0));
    assertThat(node.status().podIP()).isEqualTo("10.244.0.7");
    node.runtime.loseAll();
    node.await(() -> node.isRunning(1));
    assertThat(node.status().podIP()).isEqualTo("10.244.0.8");
    node.await(
        () ->
            node.hasEvent(
                "SandboxChanged", "Pod sandbox changed, it will be killed and re-created."));
  }

  @Test
  void aSlowStartHoldsUpItsOwnPodAlone() {
    node.runtime.faults.delay("startContainer", Duration.ofSeconds(20));
    node.put("slow", s -> s);
    node.await(() -> node.runtime.calls().contains("create c"));
    node.runtime.faults.recover();
    node.put(s -> s);
    node.await(() -> node.isRunning(0));
    assertThat(node.status("slow").phase()).isEqualTo("Pending");
    node.awaitInTime(() -> node.status("slow").phase().equals("Running"));
  }

  @Test
  void aPodStaysUntilItsSlowContainerHasStopped() {
    node.put(s -> s);
    node.await(() -> node.isRunning(0));
    node.runtime.faults.delay("stopContainer", Duration.ofSeconds(20));
    node.delete("web", 30);
    node.time.pass(Duration.ofSeconds(19));
    assertThat(node.isGone("web")).isFalse();
    assertThat(node.isRunning(0)).isTrue();
    node.time.pass(Duration.ofSeconds(1));
    assertThat(node.isGone("web")).isTrue();
  }

  @Test
  void aProbeThatTakesTooLongHasFailed() {
    Probe probe =
        Probe.builder()
            .exec(new ExecAction(List.of("check")))
            .periodSeconds(10)
            .timeoutSeconds(2)
            .failureThreshold(2)
            .build();
    node.put(Given.main("c").toBuilder().livenessProbe(probe).build());
    node.await(() -> node.isRunning(0));
    node.runtime.faults.delay("execSync", Duration.ofSeconds(3));
    node.awaitInTime(
        () ->
            node.hasEvent(
                "Unhealthy",
                "Liveness probe failed: command timed out: \"check\" timed out after 2s"));
    node.awaitInTime(
        () -> node.hasEvent("Killing", "Container c failed liveness probe, will be restarted"));
    node.awaitInTime(() -> node.isRunning(1));
  }

  /** Every call that the life of a pod takes, from its binding to its end. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "listPodSandbox",
        "podSandboxStatus",
        "runPodSandbox",
        "createContainer",
        "startContainer",
        "stopContainer",
        "stopPodSandbox",
        "removePodSandbox"
      })
  void whateverTheEngineRefusesForAWhileAPodComesAndGoes(String call) {
    node.runtime.faults.fail(call, broken);
    node.put(s -> s);
    node.time.pass(Duration.ofMinutes(1));
    node.runtime.faults.recover();
    node.awaitInTime(() -> node.status().phase().equals("Running") && node.holds("Ready"));
    node.runtime.faults.fail(call, broken);
    node.delete("web", 30);
    node.time.pass(Duration.ofMinutes(1));
    node.runtime.faults.recover();
    node.awaitInTime(() -> node.isGone("web"));
    assertThat(node.runtime.faults.refused(call)).isPositive();
    assertThat(node.runtime.sandboxes()).isEmpty();
    assertThat(folder.resolve("pods")).isEmptyDirectory();
  }
}
