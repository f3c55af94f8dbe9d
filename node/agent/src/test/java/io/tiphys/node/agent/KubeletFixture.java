package io.tiphys.node.agent;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.base.Closer;
import io.tiphys.base.Loops;
import io.tiphys.base.machine.Machine;
import io.tiphys.base.testing.FullDisk;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.base.testing.VirtualTime;
import io.tiphys.client.Source;
import io.tiphys.client.testing.FaultySource;
import io.tiphys.client.testing.RecordedSource;
import io.tiphys.codec.Json;
import io.tiphys.server.apiserver.testing.OtherComponents;
import io.tiphys.server.apiserver.testing.TestApiServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An agent on an engine in memory and an API server over a store in memory. Time stands still but
 * where a test lets it pass.
 */
final class KubeletFixture implements AutoCloseable {
  final ManualClock clock = new ManualClock();
  final VirtualTime time = new VirtualTime(clock);
  private final Closer closer = new Closer();
  private final Loops loops = new Loops(clock, new Random(2), VirtualTime.THREADS);
  private final TestApiServer server = closer.add(TestApiServer.open(clock, loops));

  /** Everybody but the agent. */
  final OtherComponents api = new OtherComponents(server);

  /** What the agent wrote. */
  final RecordedSource written = new RecordedSource(server.source(Given.KUBELET, "kubelet"));

  /** The API as the agent has it. */
  final FaultySource faulty = new FaultySource(written);

  final FakeRuntime runtime = new FakeRuntime(clock);
  final FakeImages images = new FakeImages("web:v1");
  final FullDisk disk = new FullDisk();
  final Path folder;
  private Kubelet kubelet;

  KubeletFixture(Path folder) throws InterruptedException {
    this.folder = folder;
    api.account("default");
    kubelet = opened();
  }

  private Kubelet opened() throws InterruptedException {
    Machine own = Machine.own();
    return Kubelet.open(
        new KubeletConfig(
            "node", "10.244.0.1", folder, "cluster.local", "10.96.0.10", "v1.36.0", List.of()),
        new Kubelet.Dependencies(
            faulty.source(),
            runtime,
            images,
            new Machine(own.network(), own.processes(), disk, own.environment()),
            clock,
            new Random(1),
            loops));
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
    return put("web", spec);
  }

  /** Binds a pod to the node; its status is the agent's to say. */
  Pod put(String name, UnaryOperator<PodSpec.Builder> spec) {
    Pod pod = Given.pod(s -> spec.apply(s.nodeName("node").terminationGracePeriodSeconds(30L)));
    return api.put(
        CoreV1.PODS, pod.withMetadata(pod.metadata().withName(name)).withStatus(PodStatus.EMPTY));
  }

  /** Puts the pod with one container called {@code c}. */
  Pod put(Container container) {
    return put(s -> s.containers(List.of(container)));
  }

  PodStatus status() {
    return status("web");
  }

  PodStatus status(String name) {
    Pod pod = api.find(CoreV1.PODS, "default", name);
    return pod == null ? PodStatus.EMPTY : pod.status();
  }

  boolean isGone(String name) {
    return api.find(CoreV1.PODS, "default", name) == null;
  }

  void delete(String name, long graceSeconds) {
    api.delete(
        CoreV1.PODS,
        "default",
        name,
        DeleteOptions.builder().gracePeriodSeconds(graceSeconds).build());
  }

  /** Changes the pod called {@code web} in what the agent does not care for. */
  void label(String name, String value) {
    Json.Obj labels = Json.Obj.of("labels", Json.Obj.of(name, Json.of(value)));
    api.patch(
        CoreV1.PODS, "default", "web", Source.Patch.strategic(Json.Obj.of("metadata", labels)));
  }

  /** The folder of a pod that there is. */
  Path podFolder(String name) {
    return folder.resolve("pods").resolve(uid(name));
  }

  String uid(String name) {
    return api.get(CoreV1.PODS, "default", name).metadata().uid();
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
    return api.all(CoreV1.EVENTS).stream()
        .anyMatch(e -> reason.equals(e.reason()) && e.message().contains(message));
  }

  /** Waits until it holds; no time passes meanwhile. */
  void await(BooleanSupplier condition) {
    if (!time.comesAbout(condition, Duration.ZERO)) {
      throw new AssertionError("not so at once; the pod is " + status());
    }
  }

  /** Waits until it holds; time passes meanwhile. */
  void awaitInTime(BooleanSupplier condition) {
    if (!time.comesAbout(condition)) {
      throw new AssertionError("not so in time; the pod is " + status());
    }
  }

  @Override
  public void close() {
    kubelet.close();
    closer.close();
  }
}
