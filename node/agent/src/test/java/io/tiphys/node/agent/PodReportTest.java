package io.tiphys.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.PodIP;
import io.tiphys.api.core.v1.PodReadinessGate;
import io.tiphys.api.core.v1.PodStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the API says of a pod when others write it too, and when the node starts anew. */
@Timeout(60)
final class PodReportTest {
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

  /**
   * Another writer of the status: whole, at the version that it has just read, and again when the
   * node was quicker.
   */
  private void rewrite(UnaryOperator<PodStatus.Builder> change) {
    while (true) {
      Pod pod = node.api.get(CoreV1.PODS, "default", "web");
      try {
        node.api.updateStatus(
            CoreV1.PODS, pod.withStatus(change.apply(pod.status().toBuilder()).build()));
        return;
      } catch (ApiFailure e) {
        assertThat(e.isConflict()).as(e.getMessage()).isTrue();
      }
    }
  }

  private static UnaryOperator<PodStatus.Builder> saying(PodCondition condition) {
    return status -> {
      List<PodCondition> all = new ArrayList<>(status.build().conditions());
      all.removeIf(c -> c.type().equals(condition.type()));
      all.add(condition);
      return status.conditions(all);
    };
  }

  private static PodCondition condition(String type, String status) {
    return PodCondition.builder().type(type).status(status).reason("Other").message("says").build();
  }

  @Test
  void aNewSandboxHasAnotherAddressAndTheOldOneIsForgotten() throws InterruptedException {
    node.put(s -> s);
    node.await(() -> node.isRunning(0));
    node.stop();
    node.runtime.loseAll();
    node.start();
    node.await(() -> node.isRunning(1));
    assertThat(node.status().podIPs()).containsExactly(new PodIP("10.244.0.8"));
    assertThat(node.status().podIP()).isEqualTo("10.244.0.8");
  }

  @Test
  void addressesThatSomebodyElseAddedAreTakenAway() {
    node.put(s -> s);
    node.await(() -> node.isRunning(0));
    rewrite(s -> s.podIPs(List.of(new PodIP("10.244.0.7"), new PodIP("fd00::99"))));
    node.await(() -> node.status().podIPs().size() == 1);
    assertThat(node.status().podIPs()).containsExactly(new PodIP("10.244.0.7"));
  }

  @Test
  void aReadinessGateOpensWhenItsConditionHoldsAndClosesWhenItDoesNot() {
    node.put(s -> s.readinessGates(List.of(new PodReadinessGate("example.com/lb"))));
    node.await(() -> node.isRunning(0));
    node.await(() -> node.holds("ContainersReady"));
    assertThat(Objects.requireNonNull(node.condition("Ready")).message())
        .isEqualTo(
            "corresponding condition of pod readiness gate \"example.com/lb\" does not exist.");
    rewrite(saying(condition("example.com/lb", "True")));
    node.await(() -> node.holds("Ready"));
    rewrite(saying(condition("example.com/lb", "Unknown")));
    node.await(() -> !node.holds("Ready"));
    assertThat(Objects.requireNonNull(node.condition("Ready")).message())
        .isEqualTo(
            "the status of pod readiness gate \"example.com/lb\" is not \"True\", but Unknown");
    assertThat(Objects.requireNonNull(node.condition("example.com/lb")).reason())
        .isEqualTo("Other");
  }

  @Test
  void conditionsOfThisNodeArePutRightWholeWhenSomebodyElseWroteThem() {
    node.put(s -> s);
    node.await(() -> node.holds("Ready"));
    for (String type : List.of("Ready", "ContainersReady", "Initialized", "PodScheduled")) {
      rewrite(saying(condition(type, "False")));
      node.await(() -> node.holds(type));
      PodCondition repaired = Objects.requireNonNull(node.condition(type));
      assertThat(repaired.reason()).as(type).isEmpty();
      assertThat(repaired.message()).as(type).isEmpty();
    }
  }

  @Test
  void aPodThatBecomesReadyLosesTheReasonAndMessageOfItsWait() {
    node.put(s -> s.readinessGates(List.of(new PodReadinessGate("x/y"))));
    node.await(() -> node.isRunning(0) && node.condition("Ready") != null);
    assertThat(Objects.requireNonNull(node.condition("Ready")).reason())
        .isEqualTo("ReadinessGatesNotReady");
    rewrite(saying(condition("x/y", "True")));
    node.await(() -> node.holds("Ready"));
    assertThat(Objects.requireNonNull(node.condition("Ready")).reason()).isEmpty();
    assertThat(Objects.requireNonNull(node.condition("Ready")).message()).isEmpty();
  }

  @Test
  void whatOthersWriteBetweenTwoReportsIsKept() {
    node.put(s -> s);
    node.await(() -> node.holds("Ready"));
    for (int i = 0; i < 20; i++) {
      String type = "example.com/" + i;
      rewrite(saying(condition(type, "True")));
      int before = i;
      node.runtime.exit("c", 0);
      node.awaitInTime(() -> node.isRunning(before + 1));
      assertThat(node.holds(type)).as(type).isTrue();
    }
  }

  @Test
  void aPodThatTookTheNameOfAnotherIsNotWrittenFor() {
    node.put(s -> s);
    node.await(() -> node.isRunning(0));
    node.delete("web", 0);
    node.put(s -> s.nodeName("elsewhere"));
    node.runtime.exit("c", 3);
    node.await(() -> node.runtime.sandboxes().isEmpty());
    assertThat(node.status().containerStatuses()).isEmpty();
  }

  @Test
  void aLookThatFindsNothingNewWritesNothing() {
    node.put(s -> s);
    node.await(() -> node.holds("Ready"));
    for (int i = 0; i < 20; i++) {
      rewrite(saying(condition("example.com/a", i % 2 == 0 ? "True" : "False")));
    }
    node.written.forgetWrites();
    node.runtime.exit("c", 0);
    node.await(() -> node.isRunning(1));
    assertThat(node.written.writes())
        .filteredOn(write -> write.resource().equals("pods"))
        .hasSizeBetween(1, 3);
  }
}
