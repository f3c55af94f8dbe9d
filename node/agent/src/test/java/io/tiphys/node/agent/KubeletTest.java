package io.tiphys.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerStateWaiting;
import io.tiphys.api.core.v1.Event;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.node.cri.ContainerState;
import io.tiphys.node.cri.CriException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent's loop on an engine in memory, on a clock that the test moves. */
@Timeout(60)
final class KubeletTest {
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

  private void awaitRunning(int restarts) {
    node.await(() -> node.isRunning(restarts));
  }

  private String waitingReason() {
    return node.status().containerStatuses().stream()
        .map(c -> c.state().waiting())
        .filter(Objects::nonNull)
        .map(ContainerStateWaiting::reason)
        .findFirst()
        .orElse("");
  }

  private String waitingMessage() {
    var waiting = node.status().containerStatuses().getFirst().state().waiting();
    return waiting == null ? "" : waiting.message();
  }

  @Test
  void aPodRunsAndIsSaidToRun() {
    node.put(s -> s);
    awaitRunning(0);
    assertThat(node.status().phase()).isEqualTo("Running");
    assertThat(node.status().podIP()).isEqualTo("10.244.0.7");
    assertThat(node.runtime.calls()).containsExactly("run sandbox0", "create c");
    node.await(() -> node.hasEvent("Started", "Container started"));
  }

  @Test
  void aPodThatAsksForUsersOfItsOwnDoesNotRunWithTheHosts() {
    node.put(s -> s.hostUsers(false));
    node.await(
        () ->
            node.hasEvent(
                "FailedCreatePodSandBox",
                "Failed to create pod sandbox: can't set `spec.hostUsers: false`, runtime does not"
                    + " support user namespaces"));
    assertThat(node.runtime.calls()).isEmpty();
  }

  @Test
  void aCrashIsRestartedAtOnceAndThenBacksOff() {
    node.put(s -> s);
    awaitRunning(0);
    node.runtime.exit("c", 3);
    awaitRunning(1);
    node.runtime.exit("c", 3);
    node.await(() -> waitingReason().equals("CrashLoopBackOff"));
    assertThat(node.status().phase()).isEqualTo("Running");
    node.await(
        () ->
            node.hasEvent("BackOff", "Back-off restarting failed container c in pod web_default("));
    node.awaitInTime(() -> node.isRunning(2));
    assertThat(node.runtime.calls()).contains("remove c");
  }

  @Test
  void aPodThatIsOverGivesBackItsNetworkAndVolumesAndKeepsItsContainers() {
    node.put(s -> s.restartPolicy("Never"));
    awaitRunning(0);
    Path volumes = node.podFolder("web").resolve("volumes");
    node.runtime.exit("c", 0);
    node.await(() -> node.status().phase().equals("Succeeded"));
    assertThat(node.runtime.calls()).contains("stop sandbox0").doesNotContain("remove sandbox0");
    assertThat(node.runtime.container("c")).isNotNull();
    assertThat(volumes).doesNotExist();
    assertThat(node.status().podIP()).isEqualTo("10.244.0.7");
  }

  @Test
  void aPodThatTookTooLongFailsForGood() throws InterruptedException {
    node.put(s -> s.activeDeadlineSeconds(5L));
    awaitRunning(0);
    node.awaitInTime(() -> node.status().phase().equals("Failed"));
    assertThat(node.status().reason()).isEqualTo("DeadlineExceeded");
    node.await(() -> node.hasEvent("DeadlineExceeded", "Pod was active on the node longer"));
    node.stop();
    node.start();
    node.time.pass(Duration.ofMinutes(2));
    assertThat(Objects.requireNonNull(node.runtime.container("c")).state())
        .isEqualTo(ContainerState.CONTAINER_EXITED);
    assertThat(node.status().phase()).isEqualTo("Failed");
  }

  @Test
  void aRestartOfTheAgentTakesOverWhatRuns() throws InterruptedException {
    node.put(s -> s);
    awaitRunning(0);
    node.stop();
    node.start();
    node.label("a", "b");
    node.time.pass(Duration.ofMinutes(2));
    assertThat(node.runtime.calls()).containsExactly("run sandbox0", "create c");
    assertThat(node.status().containerStatuses().getFirst().restartCount()).isZero();
  }

  @Test
  void deletionLeavesNothing() throws Exception {
    node.put(s -> s);
    awaitRunning(0);
    Path logs = folder.resolve("logs/default_web_" + node.uid("web") + "/c");
    Files.createDirectories(logs);
    Files.writeString(logs.resolve("0.log.1"), "old");
    node.delete("web", 30);
    node.await(() -> node.isGone("web"));
    assertThat(node.runtime.calls()).contains("stop c 30s", "remove sandbox0");
    assertThat(folder.resolve("pods")).isEmptyDirectory();
    assertThat(folder.resolve("logs")).isEmptyDirectory();
    node.await(() -> node.hasEvent("Killing", "Stopping container c"));
  }

  @Test
  void lessGraceHurriesWhatIsEnding() {
    node.runtime.ignoresSignals();
    node.put(s -> s);
    awaitRunning(0);
    node.delete("web", 30);
    node.await(() -> node.runtime.calls().contains("stop c 30s"));
    node.delete("web", 1);
    node.await(() -> node.isGone("web"));
    assertThat(node.runtime.calls()).contains("stop c 1s");
  }

  @Test
  void aPodIsNotHeldUpByAnImageThatDoesNotCome() {
    node.images.hang();
    node.put(s -> s.containers(List.of(Given.main("c").toBuilder().image("slow:v1").build())));
    node.await(() -> node.images.hanging.getCount() == 0);
    assertThat(waitingReason()).isEqualTo("ContainerCreating");
    node.delete("web", 30);
    node.await(() -> node.isGone("web"));
    assertThat(node.runtime.calls()).contains("remove sandbox0");
  }

  @Test
  void anImageThatIsNotThereBacksOff() {
    node.images.fail(CriException.notFound("gone:v1: not found"));
    node.put(s -> s.containers(List.of(Given.main("c").toBuilder().image("gone:v1").build())));
    node.await(() -> waitingReason().equals("ErrImagePull"));
    node.await(() -> node.hasEvent("Failed", "Error: ErrImagePull"));
    node.awaitInTime(() -> waitingReason().equals("ImagePullBackOff"));
    assertThat(waitingMessage())
        .isEqualTo(
            "Back-off pulling image \"gone:v1\": ErrImagePull: failed to pull image \"gone:v1\":"
                + " gone:v1: not found");
    node.images.fail(null);
    node.awaitInTime(() -> node.isRunning(0));
    node.await(() -> node.hasEvent("Pulled", "Successfully pulled image \"gone:v1\""));
  }

  @Test
  void whatKeptAnImageAwayIsSaidWhileItIsPulledAgain() {
    node.images.fail(CriException.notFound("gone:v1: not found"));
    node.put(s -> s.containers(List.of(Given.main("c").toBuilder().image("gone:v1").build())));
    node.await(() -> waitingReason().equals("ErrImagePull"));
    node.awaitInTime(() -> waitingReason().equals("ImagePullBackOff"));
    node.images.hang();
    node.images.fail(null);
    node.awaitInTime(() -> node.images.hanging.getCount() == 0);
    assertThat(waitingReason()).isEqualTo("ImagePullBackOff");
    node.delete("web", 30);
    node.await(() -> node.isGone("web"));
  }

  @Test
  void anImageThatMayNotBePulledAndOneThatIsNoneSayWhy() {
    Container never = Given.main("c").toBuilder().image("gone:v1").imagePullPolicy("Never").build();
    node.put(s -> s.containers(List.of(never)));
    node.await(() -> waitingReason().equals("ErrImageNeverPull"));
    node.await(() -> node.hasEvent("Failed", "Error: ErrImageNeverPull"));
    assertThat(node.images.pulls).isEmpty();
  }

  @Test
  void whatIsRefusedIsTriedAgainAfterTenSecondsAndNotAtEveryLook() {
    Container container =
        Given.main("c").toBuilder().image("gone:v1").imagePullPolicy("Never").build();
    node.put(s -> s.containers(List.of(container)));
    node.await(() -> waitingReason().equals("ErrImageNeverPull"));
    node.await(() -> count("ErrImageNeverPull") == 1);
    for (int i = 0; i < 5; i++) {
      node.label("a", String.valueOf(i));
    }
    node.time.pass(Duration.ofSeconds(9));
    assertThat(count("ErrImageNeverPull")).isEqualTo(1);
    node.awaitInTime(() -> count("ErrImageNeverPull") >= 2);
  }

  private int count(String reason) {
    return node.api.all(CoreV1.EVENTS).stream()
        .filter(e -> reason.equals(e.reason()))
        .mapToInt(Event::count)
        .sum();
  }

  @Test
  void anotherImageReplacesTheContainer() {
    node.images.fail(null);
    node.put(s -> s);
    awaitRunning(0);
    Pod pod = node.api.get(CoreV1.PODS, "default", "web");
    Container other = pod.spec().containers().getFirst().withImage("web:v2");
    node.api.update(CoreV1.PODS, pod.withSpec(pod.spec().withContainers(List.of(other))));
    awaitRunning(1);
    node.await(() -> node.hasEvent("Killing", "Container c definition changed, will be restarted"));
  }

  @Test
  void podsThatWentWhileNobodyLookedAreRemoved() throws Exception {
    node.put(s -> s);
    awaitRunning(0);
    node.stop();
    node.delete("web", 0);
    Files.createDirectories(folder.resolve("pods/half-made/volumes"));
    Files.createDirectories(folder.resolve("logs/default_gone_half-made/c"));
    node.start();
    node.await(() -> node.runtime.calls().contains("remove sandbox0"));
    assertThat(node.runtime.calls()).contains("stop c 30s");
    node.await(() -> !Files.exists(folder.resolve("logs/default_gone_half-made")));
    assertThat(folder.resolve("pods")).isEmptyDirectory();
  }

  @Test
  void waitingCostsOneTimerHoweverOftenThePodChanges() {
    node.put(s -> s.containers(List.of(Given.main("c").toBuilder().image("//").build())));
    node.await(() -> waitingReason().equals("InvalidImageName"));
    int before = node.clock.waiting();
    for (int i = 0; i < 50; i++) {
      node.label("a", String.valueOf(i));
    }
    node.await(() -> node.clock.waiting() <= before);
  }
}
