package io.tiphys.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.ExecAction;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Probe;
import io.tiphys.base.Closer;
import io.tiphys.base.Loops;
import io.tiphys.base.machine.Machine;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.base.testing.VirtualTime;
import io.tiphys.client.EventRecorder;
import io.tiphys.server.apiserver.testing.OtherComponents;
import io.tiphys.server.apiserver.testing.TestApiServer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ProbingTest {
  private static final String ID = "c-0";
  private static final Probe PROBE =
      Probe.builder()
          .exec(new ExecAction(List.of("check")))
          .periodSeconds(10)
          .timeoutSeconds(1)
          .successThreshold(1)
          .failureThreshold(3)
          .build();

  private final ManualClock clock = new ManualClock(Given.NOW);
  private final VirtualTime time = new VirtualTime(clock);
  private final Closer closer = new Closer();
  private final Loops loops = new Loops(clock, new Random(9), VirtualTime.THREADS);

  /** Its own timers are on a clock of its own: those on the other are the probes'. */
  private final TestApiServer server = closer.add(TestApiServer.open(new ManualClock(), loops));

  private final OtherComponents api = new OtherComponents(server);
  private final FakeRuntime runtime = new FakeRuntime(clock);
  private final EventRecorder recorder =
      closer.add(
          new EventRecorder(
              server.source(Given.KUBELET, "kubelet"),
              clock,
              new Random(1),
              loops,
              "kubelet",
              "node"));
  private final AtomicInteger changes = new AtomicInteger();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final Probing probing =
      new Probing(
          clock,
          loops,
          new Prober(runtime, Machine.own().network(), clock),
          new PodEvents(recorder),
          new Probing.Listener() {
            @Override
            public void changed() {
              changes.incrementAndGet();
            }

            @Override
            public void failed(String containerId, String what) {
              failures.add(containerId + " " + what);
            }
          });

  @AfterEach
  void close() {
    probing.retain(Set.of());
    closer.close();
  }

  private void watch(Container container) {
    watch(Given.pod(s -> s.containers(List.of(container))), container);
  }

  private void watch(Pod pod, Container container) {
    probing.watch(pod, container, Given.running("c", 0), Given.IP);
  }

  private void awaitInTime(BooleanSupplier condition) {
    assertThat(time.comesAbout(condition)).as("it comes about in time").isTrue();
  }

  @Test
  void withoutAProbeAContainerIsReadyAndStarted() {
    assertThat(probing.isReady(Given.main("c"), ID)).isTrue();
    assertThat(probing.isStarted(Given.main("c"), ID)).isTrue();
  }

  @Test
  void readinessComesWithTheFirstSuccessAndGoesWithTheThirdFailure() {
    Container container = Given.main("c").toBuilder().readinessProbe(PROBE).build();
    assertThat(probing.isReady(container, ID)).isFalse();
    watch(container);
    watch(container);
    awaitInTime(() -> probing.isReady(container, ID));
    assertThat(changes).hasValue(1);
    runtime.execsEndWith(1);
    int before = runtime.execs();
    awaitInTime(() -> !probing.isReady(container, ID));
    assertThat(runtime.execs() - before).isBetween(3, 4);
    assertThat(changes).hasValue(2);
    assertThat(failures).isEmpty();
    awaitInTime(
        () ->
            api.all(CoreV1.EVENTS).stream()
                .anyMatch(e -> e.message().equals("Readiness probe failed: no")));
  }

  @Test
  void livenessCondemnsAtItsThresholdOnce() {
    runtime.execsEndWith(1);
    watch(Given.main("c").toBuilder().livenessProbe(PROBE).build());
    awaitInTime(() -> !failures.isEmpty());
    assertThat(runtime.execs()).isEqualTo(3);
    assertThat(failures).containsExactly("c-0 liveness");
  }

  @Test
  void startupHoldsTheOthersBack() {
    runtime.execsEndWith(1);
    Container container =
        Given.main("c").toBuilder().startupProbe(PROBE).livenessProbe(PROBE).build();
    watch(container);
    awaitInTime(() -> !failures.isEmpty());
    assertThat(failures).containsExactly("c-0 startup");
    assertThat(runtime.execs()).isEqualTo(3);
    assertThat(probing.isStarted(container, ID)).isFalse();
  }

  @Test
  void afterItsStartupAContainerCounts() {
    Container container =
        Given.main("c").toBuilder().startupProbe(PROBE).readinessProbe(PROBE).build();
    watch(container);
    awaitInTime(() -> probing.isStarted(container, ID));
    awaitInTime(() -> probing.isReady(container, ID));
  }

  @Test
  void nothingIsAskedBeforeTheInitialDelay() {
    Probe later = PROBE.toBuilder().initialDelaySeconds(30).build();
    Container container = Given.main("c").toBuilder().readinessProbe(later).build();
    watch(container);
    awaitInTime(() -> probing.isReady(container, ID));
    assertThat(Duration.between(Given.NOW, clock.now()))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void whatWasReadyBeforeARestartStaysSoUntilTheProbeSaysOtherwise() {
    Container container =
        Given.main("c").toBuilder().readinessProbe(PROBE).startupProbe(PROBE).build();
    ContainerStatus ready =
        ContainerStatus.builder()
            .name("c")
            .containerID("tiphys://" + ID)
            .ready(true)
            .started(true)
            .build();
    Pod pod = Given.pod(s -> s.containers(List.of(container)));
    runtime.execsEndWith(1);
    watch(
        pod.withStatus(pod.status().toBuilder().containerStatuses(List.of(ready)).build()),
        container);
    assertThat(probing.isReady(container, ID)).isTrue();
    assertThat(probing.isStarted(container, ID)).isTrue();
    awaitInTime(() -> !probing.isReady(container, ID));
    assertThat(failures).isEmpty();
  }

  @Test
  void whatHasEndedIsForgotten() {
    Container container = Given.main("c").toBuilder().readinessProbe(PROBE).build();
    watch(container);
    awaitInTime(() -> probing.isReady(container, ID));
    probing.retain(Set.of("c-1"));
    assertThat(probing.isReady(container, ID)).isFalse();
  }

  @Test
  void nothingIsPolledWhileAContainerHasNotStarted() {
    runtime.execsEndWith(1);
    Container container =
        Given.main("c").toBuilder()
            .startupProbe(PROBE.toBuilder().failureThreshold(1000).build())
            .readinessProbe(PROBE)
            .livenessProbe(PROBE)
            .build();
    watch(container);
    awaitInTime(() -> runtime.execs() > 2);
    assertThat(clock.waiting()).isLessThanOrEqualTo(1);
    runtime.execsEndWith(0);
    awaitInTime(() -> probing.isReady(container, ID));
  }

  @Test
  void whatCannotBeAskedCountsNeitherWay() {
    runtime.failExecs(new IllegalStateException("engine"));
    Container container = Given.main("c").toBuilder().livenessProbe(PROBE).build();
    watch(container);
    awaitInTime(
        () ->
            api.all(CoreV1.EVENTS).stream()
                .filter(e -> e.message().contains("Liveness probe errored"))
                .anyMatch(e -> e.count() > 5));
    assertThat(failures).isEmpty();
  }
}
