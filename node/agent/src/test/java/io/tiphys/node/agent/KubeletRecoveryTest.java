package io.tiphys.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoordinationV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.coordination.v1.Lease;
import io.tiphys.api.core.v1.EmptyDirVolumeSource;
import io.tiphys.api.core.v1.HostPathVolumeSource;
import io.tiphys.api.core.v1.Volume;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of pods when something fails or the node starts anew. */
@Timeout(60)
final class KubeletRecoveryTest {
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

  private static Volume empty(String name) {
    return Volume.builder().name(name).emptyDir(EmptyDirVolumeSource.EMPTY).build();
  }

  @Test
  void podsThatComeWhileWhatIsLeftOfOthersEndsKeepTheirVolumesAndLogs() throws Exception {
    node.runtime.ignoresSignals();
    node.put(s -> s);
    node.await(() -> node.isRunning(0));
    node.stop();
    node.delete("web", 0);
    Files.createDirectories(folder.resolve("pods/half-made/volumes"));
    Files.createDirectories(folder.resolve("logs/default_gone_half-made/c"));
    node.start();
    node.await(() -> node.runtime.calls().contains("stop c 30s"));
    node.put("young", s -> s.containers(List.of(Given.main("d"))).volumes(List.of(empty("data"))));
    node.await(() -> node.status("young").phase().equals("Running"));
    Path log =
        Files.createDirectories(folder.resolve("logs/default_young_" + node.uid("young") + "/d"));
    node.runtime.exit("c", 0);
    node.await(() -> !Files.exists(folder.resolve("logs/default_gone_half-made")));
    assertThat(node.podFolder("young").resolve("volumes/kubernetes.io~empty-dir/data"))
        .isDirectory();
    assertThat(log).isDirectory();
    assertThat(node.runtime.container("d")).isNotNull();
  }

  @Test
  void onlyTheNewestSandboxAndTheLastThatEndedAreKept() throws InterruptedException {
    node.put(s -> s);
    node.await(() -> node.isRunning(0));
    for (int restarts = 1; restarts <= 4; restarts++) {
      node.stop();
      node.runtime.loseAll();
      node.start();
      int expected = restarts;
      node.awaitInTime(() -> node.isRunning(expected));
    }
    node.awaitInTime(() -> node.runtime.sandboxes().size() == 2);
    assertThat(node.status().containerStatuses().getFirst().lastState().terminated()).isNotNull();
  }

  @Test
  void aFaultThatNobodyThoughtOfIsToldAndThePodGoesOnLater() {
    node.runtime.fail(new IllegalStateException("oh"));
    node.put(s -> s);
    node.await(() -> node.hasEvent("FailedSync", "error syncing pod: oh"));
    node.runtime.fail(null);
    node.awaitInTime(() -> node.isRunning(0));
  }

  /** What a call of the API may throw although it should not. */
  static Stream<Throwable> faults() {
    return Stream.of(new IllegalStateException("oh"), new StackOverflowError("oh"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void thePodGoesOnWhateverTheApiHasThrown(Throwable fault) {
    node.put(s -> s);
    node.await(() -> node.isRunning(0));
    node.faulty.fail(fault);
    node.runtime.exit("c", 1);
    node.awaitInTime(() -> node.faulty.failed().contains("updateStatus pods"));
    node.faulty.recover();
    node.awaitInTime(() -> node.isRunning(1));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void theNodeReportsAndKeepsItsLeaseWhateverTheApiHasThrown(Throwable fault) {
    node.await(() -> node.api.find(CoordinationV1.LEASES, "kube-node-lease", "node") != null);
    node.await(() -> node.api.find(CoreV1.NODES, "", "node") != null);
    node.faulty.fail(fault);
    node.awaitInTime(() -> node.faulty.failed().containsAll(List.of("get nodes", "get leases")));
    node.faulty.recover();
    Instant recovered = node.clock.now();
    node.awaitInTime(() -> heartbeat().isAfter(recovered));
    node.awaitInTime(() -> renewal().isAfter(recovered));
  }

  private Instant heartbeat() {
    return node.api.get(CoreV1.NODES, "", "node").status().conditions().stream()
        .filter(condition -> condition.type().equals("Ready"))
        .map(condition -> Objects.requireNonNull(condition.lastHeartbeatTime()))
        .findFirst()
        .orElse(Instant.EPOCH);
  }

  private Instant renewal() {
    Lease lease = node.api.get(CoordinationV1.LEASES, "kube-node-lease", "node");
    return Objects.requireNonNull(lease.spec().renewTime());
  }

  @Test
  void aPodThatCannotBeRemovedYetIsTriedAgain() {
    node.put(s -> s);
    node.await(() -> node.isRunning(0));
    node.runtime.fail(new UncheckedIOException(new AccessDeniedException("immutable")));
    node.delete("web", 30);
    node.await(() -> node.hasEvent("FailedKillPod", "immutable"));
    node.runtime.fail(null);
    node.awaitInTime(() -> node.isGone("web"));
    assertThat(node.runtime.sandboxes()).isEmpty();
  }

  @Test
  void aPathThatIsNoneIsAFailedMountAndThePodCanBeDeleted() {
    Volume none =
        Volume.builder()
            .name("v")
            .hostPath(HostPathVolumeSource.builder().path("/tmp/a\u0000b").build())
            .build();
    node.put(s -> s.volumes(List.of(none)));
    node.await(() -> node.hasEvent("FailedMount", "Nul character"));
    node.delete("web", 0);
    node.await(() -> node.isGone("web"));
  }
}
