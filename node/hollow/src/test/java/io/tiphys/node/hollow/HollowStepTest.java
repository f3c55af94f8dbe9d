package io.tiphys.node.hollow;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerStateTerminated;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.api.meta.v1.ObjectMeta;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A hollow node takes its pods through the states in which a kubelet would show them. */
class HollowStepTest {
  private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
  private static final HollowScript.Play PLAY =
      new HollowScript.Play(
          Duration.ofSeconds(2), Duration.ofSeconds(10), 3, Duration.ofSeconds(60));

  private final HollowMachine machine = new HollowMachine(7);

  @Test
  void aPodStartsWhenItsTimeHasCome() {
    Pod pod = pod("Always");
    assertThat(step(pod, T.plusSeconds(1))).isEqualTo(new HollowStep.Wait(Duration.ofSeconds(1)));
    assertThat(step(pod, T.plusSeconds(2))).isEqualTo(new HollowStep.Start());
  }

  @Test
  void whatRunsIsReportedReadyOnce() {
    Pod pod = pod("Always");
    machine.start(pod, T);

    PodStatus status = reported(step(pod, T));

    assertThat(status.phase()).isEqualTo("Running");
    assertThat(status.podIP()).isEqualTo("10.7.0.1");
    assertThat(status.conditions())
        .anyMatch(c -> c.type().equals("Ready") && c.status().equals("True"));
    assertThat(step(pod.withStatus(status), T.plusSeconds(99)))
        .isEqualTo(new HollowStep.Wait(null));
  }

  @Test
  void aPodThatIsNotRestartedEndsWithItsCode() {
    Pod pod = pod("Never");
    machine.start(pod, T);

    PodStatus status = reported(step(pod, T.plusSeconds(10)));

    assertThat(status.phase()).isEqualTo("Failed");
    assertThat(status.containerStatuses().getFirst().state().terminated())
        .isNotNull()
        .extracting(ContainerStateTerminated::exitCode)
        .isEqualTo(3);
  }

  @Test
  void aDeletedPodHasItsGraceIsReportedEndedAndThenRemoved() {
    Pod pod = pod("Always");
    machine.start(pod, T);
    Pod deleted =
        pod.withMetadata(
            pod.metadata().toBuilder()
                .deletionTimestamp(T)
                .deletionGracePeriodSeconds(30L)
                .build());

    assertThat(step(deleted, T)).isEqualTo(new HollowStep.Stop(Duration.ofSeconds(30)));
    machine.stop("u", T.plusSeconds(30));
    assertThat(step(deleted, T.plusSeconds(10)))
        .isEqualTo(new HollowStep.Wait(Duration.ofSeconds(20)));
    PodStatus ended = reported(step(deleted, T.plusSeconds(30)));
    assertThat(ended.phase()).isEqualTo("Failed");
    assertThat(step(deleted.withStatus(ended), T.plusSeconds(30)))
        .isEqualTo(new HollowStep.Remove());
  }

  private HollowStep step(Pod pod, Instant now) {
    HollowMachine.@Nullable Running running = machine.find("u");
    return HollowStep.of(pod, running, PLAY, T, now);
  }

  private static PodStatus reported(HollowStep step) {
    assertThat(step).isInstanceOf(HollowStep.Report.class);
    return ((HollowStep.Report) step).status();
  }

  private static Pod pod(String restartPolicy) {
    return Pod.builder()
        .metadata(ObjectMeta.builder().namespace("ns").name("p").uid("u").build())
        .spec(
            PodSpec.EMPTY
                .withRestartPolicy(restartPolicy)
                .withContainers(List.of(Container.EMPTY.withName("main"))))
        .build();
  }
}
