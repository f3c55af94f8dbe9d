package io.tiphys.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerStateWaiting;
import io.tiphys.api.core.v1.Event;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.base.Loops;
import io.tiphys.base.machine.Machine;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.client.Source;
import io.tiphys.client.fake.FakeSource;
import io.tiphys.codec.Json;
import io.tiphys.node.cri.ContainerState;
import io.tiphys.node.cri.CriException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent's loop on an engine and an API in memory, on a clock that the test moves. */
@Timeout(60)
final class KubeletTest {
  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock();
  private final Loops loops = new Loops(clock, new Random(9));
  private final FakeSource source = new FakeSource(clock);
  private final FakeRuntime runtime = new FakeRuntime(clock::now);
  private final FakeImages images = new FakeImages("web:v1");
  private Kubelet kubelet;

  @BeforeEach
  void open() throws InterruptedException {
    kubelet =
        Kubelet.open(
            new KubeletConfig(
                "node", "10.244.0.1", folder, "cluster.local", "10.96.0.10", "v1.36.0", List.of()),
            new Kubelet.Dependencies(
                source, runtime, images, Machine.own(), clock, new Random(1), loops));
  }

  @AfterEach
  void close() {
    kubelet.close();
  }

  private void put(UnaryOperator<PodSpec.Builder> spec) {
    Pod pod = Given.pod(s -> spec.apply(s.nodeName("node").terminationGracePeriodSeconds(30L)));
    source.put(CoreV1.PODS, pod);
  }

  private PodStatus status() {
    Pod pod = source.find(CoreV1.PODS, "default", "web");
    return pod == null ? PodStatus.EMPTY : pod.status();
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      assertThat(Thread.currentThread().isInterrupted()).as("it never came").isFalse();
      Thread.yield();
    }
  }

  /** Lets time pass until the condition holds. */
  private void awaitInTime(BooleanSupplier condition) {
    await(
        () -> {
          clock.advance(Duration.ofSeconds(1));
          return condition.getAsBoolean();
        });
  }

  private void awaitRunning(int restarts) {
    await(() -> isRunning(restarts));
  }

  private boolean isRunning(int restarts) {
    return status().containerStatuses().stream()
        .anyMatch(c -> c.state().running() != null && c.restartCount() == restarts);
  }

  private String waitingReason() {
    return status().containerStatuses().stream()
        .map(c -> c.state().waiting())
        .filter(Objects::nonNull)
        .map(ContainerStateWaiting::reason)
        .findFirst()
        .orElse("");
  }

  private String waitingMessage() {
    var waiting = status().containerStatuses().getFirst().state().waiting();
    return waiting == null ? "" : waiting.message();
  }

  private boolean hasEvent(String reason, String message) {
    return source.all(CoreV1.EVENTS).stream()
        .anyMatch(e -> reason.equals(e.reason()) && e.message().contains(message));
  }

  private void delete(Long graceSeconds) {
    source.delete(
        CoreV1.PODS,
        "default",
        "web",
        DeleteOptions.builder().gracePeriodSeconds(graceSeconds).build());
  }

  @Test
  void aPodRunsAndIsSaidToRun() {
    put(s -> s);
    awaitRunning(0);
    assertThat(status().phase()).isEqualTo("Running");
    assertThat(status().podIP()).isEqualTo("10.244.0.7");
    assertThat(runtime.calls()).containsExactly("run sandbox0", "create c");
    await(() -> hasEvent("Started", "Container started"));
  }

  @Test
  void aPodThatAsksForUsersOfItsOwnDoesNotRunWithTheHosts() {
    put(s -> s.hostUsers(false));
    await(
        () ->
            hasEvent(
                "FailedCreatePodSandBox",
                "Failed to create pod sandbox: can't set `spec.hostUsers: false`, runtime does not"
                    + " support user namespaces"));
    assertThat(runtime.calls()).isEmpty();
  }

  @Test
  void aCrashIsRestartedAtOnceAndThenBacksOff() {
    put(s -> s);
    awaitRunning(0);
    runtime.exit("c", 3);
    awaitRunning(1);
    runtime.exit("c", 3);
    await(() -> waitingReason().equals("CrashLoopBackOff"));
    assertThat(status().phase()).isEqualTo("Running");
    await(() -> hasEvent("BackOff", "Back-off restarting failed container c in pod web_default("));
    awaitInTime(() -> isRunning(2));
    assertThat(runtime.calls()).contains("remove c");
  }

  @Test
  void aPodThatIsOverGivesBackItsNetworkAndVolumesAndKeepsItsContainers() {
    put(s -> s.restartPolicy("Never"));
    awaitRunning(0);
    Path volumes = folder.resolve("pods/" + Given.UID + "/volumes");
    runtime.exit("c", 0);
    await(() -> status().phase().equals("Succeeded"));
    assertThat(runtime.calls()).contains("stop sandbox0").doesNotContain("remove sandbox0");
    assertThat(runtime.container("c")).isNotNull();
    assertThat(volumes).doesNotExist();
    assertThat(status().podIP()).isEqualTo("10.244.0.7");
  }

  @Test
  void aPodThatTookTooLongFailsForGood() throws InterruptedException {
    put(s -> s.activeDeadlineSeconds(5L));
    awaitRunning(0);
    awaitInTime(() -> status().phase().equals("Failed"));
    assertThat(status().reason()).isEqualTo("DeadlineExceeded");
    await(() -> hasEvent("DeadlineExceeded", "Pod was active on the node longer"));
    kubelet.close();
    open();
    clock.advance(Duration.ofMinutes(2));
    assertThat(Objects.requireNonNull(runtime.container("c")).state())
        .isEqualTo(ContainerState.CONTAINER_EXITED);
    assertThat(status().phase()).isEqualTo("Failed");
  }

  @Test
  void aRestartOfTheAgentTakesOverWhatRuns() throws InterruptedException {
    put(s -> s);
    awaitRunning(0);
    kubelet.close();
    open();
    source.patch(CoreV1.PODS, "default", "web", "", label("a", "b"));
    clock.advance(Duration.ofMinutes(2));
    assertThat(runtime.calls()).containsExactly("run sandbox0", "create c");
    assertThat(status().containerStatuses().getFirst().restartCount()).isZero();
  }

  private static Source.Patch label(String name, String value) {
    return Source.Patch.strategic(
        Json.Obj.of("metadata", Json.Obj.of("labels", Json.Obj.of(name, Json.of(value)))));
  }

  @Test
  void deletionLeavesNothing() throws Exception {
    put(s -> s);
    awaitRunning(0);
    Path logs = folder.resolve("logs/default_web_" + Given.UID + "/c");
    Files.createDirectories(logs);
    Files.writeString(logs.resolve("0.log.1"), "old");
    delete(30L);
    await(() -> source.find(CoreV1.PODS, "default", "web") == null);
    assertThat(runtime.calls()).contains("stop c 30s", "remove sandbox0");
    assertThat(folder.resolve("pods")).isEmptyDirectory();
    assertThat(folder.resolve("logs")).isEmptyDirectory();
    await(() -> hasEvent("Killing", "Stopping container c"));
  }

  @Test
  void lessGraceHurriesWhatIsEnding() {
    runtime.ignoresSignals();
    put(s -> s);
    awaitRunning(0);
    delete(30L);
    await(() -> runtime.calls().contains("stop c 30s"));
    delete(1L);
    await(() -> source.find(CoreV1.PODS, "default", "web") == null);
    assertThat(runtime.calls()).contains("stop c 1s");
  }

  @Test
  void aPodIsNotHeldUpByAnImageThatDoesNotCome() {
    images.hang();
    put(s -> s.containers(List.of(Given.main("c").toBuilder().image("slow:v1").build())));
    await(() -> images.hanging.getCount() == 0);
    assertThat(waitingReason()).isEqualTo("ContainerCreating");
    delete(30L);
    await(() -> source.find(CoreV1.PODS, "default", "web") == null);
    assertThat(runtime.calls()).contains("remove sandbox0");
  }

  @Test
  void anImageThatIsNotThereBacksOff() {
    images.fail(CriException.notFound("gone:v1: not found"));
    put(s -> s.containers(List.of(Given.main("c").toBuilder().image("gone:v1").build())));
    await(() -> waitingReason().equals("ErrImagePull"));
    await(() -> hasEvent("Failed", "Error: ErrImagePull"));
    awaitInTime(() -> waitingReason().equals("ImagePullBackOff"));
    assertThat(waitingMessage())
        .isEqualTo(
            "Back-off pulling image \"gone:v1\": ErrImagePull: failed to pull image \"gone:v1\":"
                + " gone:v1: not found");
    images.fail(null);
    awaitInTime(() -> isRunning(0));
    await(() -> hasEvent("Pulled", "Successfully pulled image \"gone:v1\""));
  }

  @Test
  void whatKeptAnImageAwayIsSaidWhileItIsPulledAgain() {
    images.fail(CriException.notFound("gone:v1: not found"));
    put(s -> s.containers(List.of(Given.main("c").toBuilder().image("gone:v1").build())));
    await(() -> waitingReason().equals("ErrImagePull"));
    awaitInTime(() -> waitingReason().equals("ImagePullBackOff"));
    images.hang();
    images.fail(null);
    awaitInTime(() -> images.hanging.getCount() == 0);
    assertThat(waitingReason()).isEqualTo("ImagePullBackOff");
    delete(30L);
    await(() -> source.find(CoreV1.PODS, "default", "web") == null);
  }

  @Test
  void anImageThatMayNotBePulledAndOneThatIsNoneSayWhy() {
    Container never = Given.main("c").toBuilder().image("gone:v1").imagePullPolicy("Never").build();
    put(s -> s.containers(List.of(never)));
    await(() -> waitingReason().equals("ErrImageNeverPull"));
    await(() -> hasEvent("Failed", "Error: ErrImageNeverPull"));
    assertThat(images.pulls).isEmpty();
  }

  @Test
  void whatIsRefusedIsTriedAgainAfterTenSecondsAndNotAtEveryLook() {
    Container container =
        Given.main("c").toBuilder().image("gone:v1").imagePullPolicy("Never").build();
    put(s -> s.containers(List.of(container)));
    await(() -> waitingReason().equals("ErrImageNeverPull"));
    await(() -> count("ErrImageNeverPull") == 1);
    for (int i = 0; i < 5; i++) {
      source.patch(CoreV1.PODS, "default", "web", "", label("a", String.valueOf(i)));
    }
    clock.advance(Duration.ofSeconds(9));
    assertThat(count("ErrImageNeverPull")).isEqualTo(1);
    awaitInTime(() -> count("ErrImageNeverPull") >= 2);
  }

  private int count(String reason) {
    return source.all(CoreV1.EVENTS).stream()
        .filter(e -> reason.equals(e.reason()))
        .mapToInt(Event::count)
        .sum();
  }

  @Test
  void anotherImageReplacesTheContainer() {
    images.fail(null);
    put(s -> s);
    awaitRunning(0);
    Pod pod = source.get(CoreV1.PODS, "default", "web");
    Container other = Given.main("c").toBuilder().image("web:v2").build();
    source.put(CoreV1.PODS, pod.withSpec(pod.spec().withContainers(List.of(other))));
    awaitRunning(1);
    await(() -> hasEvent("Killing", "Container c definition changed, will be restarted"));
  }

  @Test
  void podsThatWentWhileNobodyLookedAreRemoved() throws Exception {
    put(s -> s);
    awaitRunning(0);
    kubelet.close();
    delete(0L);
    Files.createDirectories(folder.resolve("pods/half-made/volumes"));
    Files.createDirectories(folder.resolve("logs/default_gone_half-made/c"));
    open();
    await(() -> runtime.calls().contains("remove sandbox0"));
    assertThat(runtime.calls()).contains("stop c 30s");
    await(() -> !Files.exists(folder.resolve("logs/default_gone_half-made")));
    assertThat(folder.resolve("pods")).isEmptyDirectory();
  }

  @Test
  void waitingCostsOneTimerHoweverOftenThePodChanges() {
    put(s -> s.containers(List.of(Given.main("c").toBuilder().image("//").build())));
    await(() -> waitingReason().equals("InvalidImageName"));
    int before = clock.waiting();
    for (int i = 0; i < 50; i++) {
      source.patch(CoreV1.PODS, "default", "web", "", label("a", String.valueOf(i)));
    }
    awaitInTime(() -> clock.waiting() <= before);
  }
}
