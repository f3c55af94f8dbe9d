package io.tiphys.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.EmptyDirVolumeSource;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.ResourceRequirements;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.meta.Quantity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pods that ask for more than the node has, or take more than they may. */
@Timeout(60)
final class KubeletLimitsTest {
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

  private static UnaryOperator<PodSpec.Builder> wanting(String cpu) {
    ResourceRequirements wish =
        ResourceRequirements.builder().requests(Map.of("cpu", Quantity.parse(cpu))).build();
    return s -> s.containers(List.of(Given.main("c").toBuilder().resources(wish).build()));
  }

  private static String half() {
    return Runtime.getRuntime().availableProcessors() * 600L + "m";
  }

  @Test
  void aPodThatDoesNotFitFailsAndLeavesRoomForOneThatDoes() {
    node.put("first", wanting(half()));
    node.await(() -> node.status("first").phase().equals("Running"));
    node.put("second", wanting(half()));
    node.await(() -> node.status("second").phase().equals("Failed"));
    assertThat(node.status("second").reason()).isEqualTo("OutOfcpu");
    assertThat(node.status("second").message())
        .startsWith("Pod was rejected: Node didn't have enough resource: cpu, requested: ");
    assertThat(node.status("second").containerStatuses()).isEmpty();
    assertThat(node.status("second").startTime()).isNotNull();
    node.await(() -> node.hasEvent("OutOfcpu", "Node didn't have enough resource: cpu"));
    node.delete("second", 1);
    node.delete("first", 1);
    node.await(() -> node.isGone("second"));
    node.await(() -> node.isGone("first"));
    node.put("third", wanting(half()));
    node.await(() -> node.status("third").phase().equals("Running"));
  }

  @Test
  void aPodThatRunsIsNotRejectedByAnotherLifeOfTheAgent() throws InterruptedException {
    labelNode(Map.of("a", "b"));
    node.put("first", s -> wanting(half()).apply(s.nodeSelector(Map.of("a", "b"))));
    node.await(() -> node.status("first").phase().equals("Running"));
    node.stop();
    labelNode(Map.of());
    node.put("a-second", wanting(half()));
    node.start();
    node.await(() -> node.status("a-second").phase().equals("Failed"));
    assertThat(node.status("first").phase()).isEqualTo("Running");
  }

  private void labelNode(Map<String, String> labels) {
    node.await(() -> node.api.find(CoreV1.NODES, "", "node") != null);
    Node present = node.api.get(CoreV1.NODES, "", "node");
    node.api.update(CoreV1.NODES, present.withMetadata(present.metadata().withLabels(labels)));
  }

  private static Volume limited(String size) {
    return Volume.builder()
        .name("data")
        .emptyDir(EmptyDirVolumeSource.builder().sizeLimit(Quantity.parse(size)).build())
        .build();
  }

  @Test
  void anEmptyFolderThatGrowsBeyondItsLimitEndsThePod() throws Exception {
    node.put("web", s -> s.volumes(List.of(limited("10"))));
    node.await(() -> node.isRunning(0));
    Path data = node.podFolder("web").resolve("volumes/kubernetes.io~empty-dir/data");
    Files.writeString(data.resolve("a"), "0123456789");
    Files.createDirectory(data.resolve("below"));
    Files.writeString(data.resolve("below/b"), "0");
    node.awaitInTime(() -> node.status().phase().equals("Failed"));
    assertThat(node.status().reason()).isEqualTo("Evicted");
    assertThat(node.status().message())
        .isEqualTo("Usage of EmptyDir volume \"data\" exceeds the limit \"10\". ");
    assertThat(node.status().conditions())
        .filteredOn(c -> c.type().equals("Ready"))
        .extracting(PodCondition::reason)
        .containsExactly("PodFailed");
    assertThat(node.runtime.calls()).contains("stop c 2s");
    node.await(() -> node.hasEvent("Evicted", "Usage of EmptyDir volume"));
  }

  @Test
  void aContainerThatWritesMoreThanItMayEndsThePod() {
    node.put(storing("c", "1Ki"));
    node.await(() -> node.isRunning(0));
    node.runtime.written(1025);
    node.awaitInTime(() -> node.status().phase().equals("Failed"));
    assertThat(node.status().message())
        .isEqualTo("Pod ephemeral local storage usage exceeds the total limit of containers 1Ki. ");
  }

  @Test
  void oneOfSeveralContainersIsNamedWhenItAloneIsBeyondItsLimit() {
    node.put(s -> s.containers(List.of(storing("c", "1Ki"), storing("d", "1Mi"))));
    node.await(() -> node.isRunning(0));
    node.runtime.written(2048);
    node.awaitInTime(() -> node.status().phase().equals("Failed"));
    assertThat(node.status().message())
        .isEqualTo("Container c exceeded its local ephemeral storage limit \"1Ki\". ");
  }

  private static Container storing(String name, String limit) {
    return Given.main(name).toBuilder()
        .resources(
            ResourceRequirements.builder()
                .limits(Map.of("ephemeral-storage", Quantity.parse(limit)))
                .build())
        .build();
  }
}
