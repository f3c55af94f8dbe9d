package io.tiphys.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.NodeCondition;
import io.tiphys.api.core.v1.NodeStatus;
import io.tiphys.meta.Quantity;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The node's object when others write it too. */
@Timeout(60)
final class NodeStatusTest {
  @TempDir private Path folder;
  private KubeletFixture node;

  @BeforeEach
  void open() throws InterruptedException {
    node = new KubeletFixture(folder);
    node.await(() -> node.api.find(CoreV1.NODES, "", "node") != null);
  }

  @AfterEach
  void close() {
    node.close();
  }

  private NodeStatus status() {
    return node.api.get(CoreV1.NODES, "", "node").status();
  }

  /** Written by somebody else, who tries again when the node was quicker. */
  private void rewrite(UnaryOperator<NodeStatus.Builder> change) {
    while (true) {
      Node present = node.api.get(CoreV1.NODES, "", "node");
      try {
        node.api.updateStatus(
            CoreV1.NODES, present.withStatus(change.apply(present.status().toBuilder()).build()));
        return;
      } catch (ApiFailure e) {
        assertThat(e.isConflict()).as(e.getMessage()).isTrue();
      }
    }
  }

  private static Map<String, Quantity> with(Map<String, Quantity> all, String name, long amount) {
    Map<String, Quantity> more = new HashMap<>(all);
    more.put(name, Quantity.of(amount));
    return more;
  }

  private NodeCondition condition(String type) {
    return status().conditions().stream()
        .filter(c -> c.type().equals(type))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void resourcesThatOthersAddStayAndCanBeAllocated() {
    rewrite(s -> s.capacity(with(status().capacity(), "example.com/dongle", 4)));
    node.awaitInTime(() -> status().allocatable().containsKey("example.com/dongle"));
    assertThat(status().capacity()).containsEntry("example.com/dongle", Quantity.of(4));
    assertThat(status().allocatable()).containsEntry("example.com/dongle", Quantity.of(4));
    Map<String, Quantity> without = new HashMap<>(status().capacity());
    without.remove("example.com/dongle");
    rewrite(s -> s.capacity(without));
    node.awaitInTime(() -> !status().allocatable().containsKey("example.com/dongle"));
  }

  @Test
  void conditionsOfOthersStayThroughEveryReport() {
    NodeCondition kernel =
        new NodeCondition(
            "KernelDeadlock",
            "False",
            Instant.parse("2026-01-01T00:00:00Z"),
            Instant.parse("2026-01-01T00:00:00Z"),
            "KernelHasNoDeadlock",
            "kernel has no deadlock");
    List<NodeCondition> more = new ArrayList<>(status().conditions());
    more.add(kernel);
    rewrite(s -> s.conditions(more));
    Instant before = condition("Ready").lastHeartbeatTime();
    node.awaitInTime(() -> !Objects.equals(condition("Ready").lastHeartbeatTime(), before));
    assertThat(condition("KernelDeadlock")).isEqualTo(kernel);
    assertThat(status().conditions()).hasSize(5);
  }

  @Test
  void whatOthersSayInThisNodesPlaceIsPutRight() {
    rewrite(
        s ->
            s.conditions(
                    List.of(
                        new NodeCondition(
                            "Ready", "Unknown", null, null, "NodeStatusUnknown", "stopped")))
                .capacity(with(status().capacity(), "pods", 3))
                .addresses(List.of()));
    node.awaitInTime(() -> condition("Ready").status().equals("True"));
    assertThat(condition("Ready").reason()).isEqualTo("KubeletReady");
    assertThat(status().conditions()).hasSize(4);
    assertThat(status().capacity()).containsEntry("pods", Quantity.of(110));
    assertThat(status().addresses()).hasSize(2);
  }

  @Test
  void aLabelThatSomebodyTakesAwayStaysAway() {
    Node present = node.api.get(CoreV1.NODES, "", "node");
    Map<String, String> labels = new HashMap<>(present.metadata().labels());
    labels.remove("node-role.kubernetes.io/control-plane");
    node.api.update(CoreV1.NODES, present.withMetadata(present.metadata().withLabels(labels)));
    rewrite(s -> s.addresses(List.of()));
    node.awaitInTime(() -> !status().addresses().isEmpty());
    assertThat(node.api.get(CoreV1.NODES, "", "node").metadata().labels())
        .doesNotContainKey("node-role.kubernetes.io/control-plane");
  }

  @Test
  void aReportThatMeetsAnotherWriterIsMadeAgainAtOnce() {
    Set<Instant> refused = ConcurrentHashMap.newKeySet();
    AtomicInteger refusals = new AtomicInteger();
    node.written.refuse(
        write -> {
          boolean refuses = write.resource().equals("nodes") && refusals.getAndIncrement() < 3;
          if (write.resource().equals("nodes")) {
            refused.add(node.clock.now());
          }
          return refuses ? ApiFailure.conflict(CoreV1.NODES, "node", "modified") : null;
        });
    Node present = node.api.get(CoreV1.NODES, "", "node");
    node.api.put(CoreV1.NODES, present.withStatus(present.status().withAddresses(List.of())));
    node.time.pass(Duration.ofSeconds(10));
    node.await(() -> !status().addresses().isEmpty());
    assertThat(refusals.get()).isEqualTo(4);
    assertThat(refused).hasSize(1);
  }
}
