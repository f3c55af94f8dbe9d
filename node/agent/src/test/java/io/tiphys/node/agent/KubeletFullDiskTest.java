package io.tiphys.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoordinationV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.core.v1.ConfigMapVolumeSource;
import io.tiphys.api.core.v1.NodeCondition;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.meta.v1.ObjectMeta;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose disk is full: what runs goes on, and so does the rest once there is space again. */
@Timeout(60)
final class KubeletFullDiskTest {
  private static final Volume VOLUME =
      Volume.builder()
          .name("v")
          .configMap(ConfigMapVolumeSource.builder().name("cm").build())
          .build();

  @TempDir private Path folder;
  private KubeletFixture node;

  @BeforeEach
  void open() throws InterruptedException {
    node = new KubeletFixture(folder);
    configure(Map.of("a", "1"));
  }

  @AfterEach
  void close() {
    node.close();
  }

  private void configure(Map<String, String> data) {
    ObjectMeta meta = ObjectMeta.builder().name("cm").namespace("default").build();
    node.api.put(CoreV1.CONFIGMAPS, ConfigMap.builder().metadata(meta).data(data).build());
  }

  private Path volume(String pod) {
    return node.podFolder(pod).resolve("volumes/kubernetes.io~projected/v");
  }

  @Test
  void noPodIsRestartedAndAllGoesOnWhenThereIsSpaceAgain() throws Exception {
    node.put(s -> s.volumes(List.of(VOLUME)));
    node.await(() -> node.isRunning(0));
    node.disk.full(true);
    configure(Map.of("a", "2", "b", "new"));
    node.put("late", s -> s.volumes(List.of(VOLUME)));
    node.time.pass(Duration.ofMinutes(5));

    assertThat(node.isRunning(0)).isTrue();
    assertThat(node.holds("Ready")).isTrue();
    assertThat(volume("web").resolve("a")).hasContent("1");
    assertThat(node.status("late").phase()).isEqualTo("Pending");
    assertThat(
            node.hasEvent(
                "FailedMount",
                "MountVolume.SetUp failed for volume \"v\" : "
                    + volume("late")
                    + ": No space left on device"))
        .isTrue();
    assertThat(readyCondition().status()).isEqualTo("True");
    assertThat(renewal()).isAfter(node.clock.now().minusSeconds(11));

    node.disk.full(false);
    node.awaitInTime(() -> node.status("late").phase().equals("Running"));
    node.awaitInTime(() -> Files.exists(volume("web").resolve("b")));
    assertThat(volume("web").resolve("a")).hasContent("2");
    assertThat(node.isRunning(0)).isTrue();
    assertThat(node.runtime.calls()).containsOnlyOnce("run sandbox0").doesNotContain("stop c 30s");
    try (Stream<Path> versions = Files.list(volume("web"))) {
      assertThat(versions.filter(Files::isDirectory).filter(p -> !Files.isSymbolicLink(p)))
          .hasSize(1);
    }
  }

  private NodeCondition readyCondition() {
    return node.api.get(CoreV1.NODES, "", "node").status().conditions().stream()
        .filter(condition -> condition.type().equals("Ready"))
        .findFirst()
        .orElseThrow();
  }

  private Instant renewal() {
    return Objects.requireNonNull(
        node.api.get(CoordinationV1.LEASES, "kube-node-lease", "node").spec().renewTime());
  }

  @Test
  void aContainerThatEndsIsStartedAgainAndKeepsItsHosts() {
    node.put(s -> s);
    node.await(() -> node.isRunning(0));
    Path hosts = node.podFolder("web").resolve("etc-hosts");
    assertThat(hosts).content().contains("10.244.0.7\tweb");
    node.disk.full(true);
    node.runtime.exit("c", 1);
    node.await(() -> node.isRunning(1));
    assertThat(hosts).content().contains("10.244.0.7\tweb");
  }

  @Test
  void aPodEndsThoughTheDiskIsFull() {
    node.put(s -> s.volumes(List.of(VOLUME)));
    node.await(() -> node.isRunning(0));
    node.disk.full(true);
    node.delete("web", 30);
    node.await(() -> node.isGone("web"));
    assertThat(folder.resolve("pods")).isEmptyDirectory();
    assertThat(node.runtime.sandboxes()).isEmpty();
  }
}
