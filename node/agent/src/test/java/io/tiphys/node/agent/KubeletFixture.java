package io.tiphys.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.base.Loops;
import io.tiphys.base.machine.Machine;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.client.fake.FakeSource;
import io.tiphys.client.fake.FaultySource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** An agent on an engine and an API in memory, on a clock that the test moves. */
final class KubeletFixture implements AutoCloseable {
  final ManualClock clock = new ManualClock();
  final FakeSource source = new FakeSource(clock);
  final FaultySource faulty = new FaultySource(source);
  final FakeRuntime runtime = new FakeRuntime(clock::now);
  final FakeImages images = new FakeImages("web:v1");
  final Path folder;
  private Kubelet kubelet;

  KubeletFixture(Path folder) throws InterruptedException {
    this.folder = folder;
    kubelet = opened();
  }

  private Kubelet opened() throws InterruptedException {
    return Kubelet.open(
        new KubeletConfig(
            "node", "10.244.0.1", folder, "cluster.local", "10.96.0.10", "v1.36.0", List.of()),
        new Kubelet.Dependencies(
            faulty.source(),
            runtime,
            images,
            Machine.own(),
            clock,
            new Random(1),
            new Loops(clock, new Random(2))));
  }

  /** Ends the agent; containers run on. */
  void stop() {
    kubelet.close();
  }

  void start() throws InterruptedException {
    kubelet = opened();
  }

  /** Binds a pod called {@code web} to the node. */
  Pod put(UnaryOperator<PodSpec.Builder> spec) {
    Pod pod = Given.pod(s -> spec.apply(s.nodeName("node").terminationGracePeriodSeconds(30L)));
    return source.put(CoreV1.PODS, pod);
  }

  /** Puts the pod with one container called {@code c}. */
  Pod put(Container container) {
    return put(s -> s.containers(List.of(container)));
  }

  PodStatus status() {
    return status("web");
  }

  PodStatus status(String name) {
    Pod pod = source.find(CoreV1.PODS, "default", name);
    return pod == null ? PodStatus.EMPTY : pod.status();
  }

  @Nullable PodCondition condition(String type) {
    return status().conditions().stream()
        .filter(c -> c.type().equals(type))
        .findFirst()
        .orElse(null);
  }

  boolean holds(String type) {
    PodCondition condition = condition(type);
    return condition != null && condition.status().equals("True");
  }

  boolean isRunning(int restarts) {
    return status().containerStatuses().stream()
        .anyMatch(c -> c.state().running() != null && c.restartCount() == restarts);
  }

  boolean hasEvent(String reason, String message) {
    return source.all(CoreV1.EVENTS).stream()
        .anyMatch(e -> reason.equals(e.reason()) && e.message().contains(message));
  }

  static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      assertThat(Thread.currentThread().isInterrupted()).as("it never came").isFalse();
      Thread.yield();
    }
  }

  /** Lets time pass until the condition holds. */
  void awaitInTime(BooleanSupplier condition) {
    await(
        () -> {
          clock.advance(Duration.ofSeconds(1));
          return condition.getAsBoolean();
        });
  }

  @Override
  public void close() {
    kubelet.close();
  }
}
