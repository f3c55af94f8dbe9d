package io.tiphys.node.agent.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerState;
import io.tiphys.api.core.v1.ContainerStateRunning;
import io.tiphys.api.core.v1.ContainerStateTerminated;
import io.tiphys.api.core.v1.ContainerStateWaiting;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.api.meta.v1.ObjectMeta;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LogChoiceTest {
  private static final ContainerState RUNNING =
      ContainerState.builder().running(new ContainerStateRunning(Instant.EPOCH)).build();

  private static ContainerState waiting(String reason) {
    return ContainerState.builder().waiting(new ContainerStateWaiting(reason, "")).build();
  }

  private static ContainerState ended(String id) {
    return ContainerState.builder()
        .terminated(ContainerStateTerminated.builder().containerID(id).build())
        .build();
  }

  private static Pod pod(ContainerState state, ContainerState last) {
    ContainerStatus status =
        ContainerStatus.builder()
            .name("c")
            .containerID("tiphys://now")
            .state(state)
            .lastState(last)
            .build();
    return Pod.builder()
        .metadata(ObjectMeta.builder().name("web").namespace("default").build())
        .status(PodStatus.builder().containerStatuses(List.of(status)).build())
        .build();
  }

  @Test
  void theOneThatRunsOrElseTheOneThatEndedLast() {
    ContainerState none = ContainerState.EMPTY;
    assertThat(LogChoice.of(pod(RUNNING, ended("tiphys://old")), "c", false))
        .isEqualTo("tiphys://now");
    assertThat(LogChoice.of(pod(ended("tiphys://now"), none), "c", false))
        .isEqualTo("tiphys://now");
    assertThat(LogChoice.of(pod(waiting("CrashLoopBackOff"), ended("tiphys://old")), "c", false))
        .isEqualTo("tiphys://old");
    assertThat(LogChoice.of(pod(ended(""), ended("tiphys://old")), "c", false))
        .isEqualTo("tiphys://old");
  }

  @Test
  void thePreviousIsTheLastStateAlsoInACrashLoop() {
    assertThat(LogChoice.of(pod(RUNNING, ended("tiphys://old")), "c", true))
        .isEqualTo("tiphys://old");
    assertThat(LogChoice.of(pod(waiting("CrashLoopBackOff"), ended("tiphys://old")), "c", true))
        .isEqualTo("tiphys://old");
    assertThatThrownBy(() -> LogChoice.of(pod(RUNNING, ContainerState.EMPTY), "c", true))
        .hasMessageContaining("previous terminated container \"c\" in pod \"web\" not found");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "ErrImagePull | image can't be pulled",
        "ImagePullBackOff | trying and failing to pull image",
        "ContainerCreating | ContainerCreating",
        "CreateContainerConfigError | CreateContainerConfigError",
      })
  void whoHasNeverRunIsWaitingToStart(String reason, String text) {
    assertThatThrownBy(() -> LogChoice.of(pod(waiting(reason), ContainerState.EMPTY), "c", false))
        .hasMessageContaining("container \"c\" in pod \"web\" is waiting to start: " + text);
  }

  @Test
  void aContainerWithoutAStatusIsOnItsWay() {
    Pod fresh =
        pod(RUNNING, ContainerState.EMPTY)
            .withStatus(PodStatus.EMPTY)
            .withSpec(
                PodSpec.builder()
                    .containers(List.of(Container.builder().name("c").build()))
                    .build());
    assertThatThrownBy(() -> LogChoice.of(fresh, "c", false))
        .hasMessageContaining(
            "container \"c\" in pod \"web\" is waiting to start: ContainerCreating");
  }

  @Test
  void anUnknownContainerIsNotAvailable() {
    assertThatThrownBy(() -> LogChoice.of(pod(RUNNING, ContainerState.EMPTY), "x", false))
        .hasMessageContaining("container \"x\" in pod \"web\" is not available");
  }
}
