package io.tiphys.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.ResourceRequirements;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResourcesTest {

  @Test
  void theLargestMomentOfInitialisationCounts() {
    PodSpec pod =
        PodSpec.builder()
            .initContainers(List.of(container("1"), sidecar("200m"), container("900m")))
            .containers(List.of(container("300m"), container("300m")))
            .overhead(Samples.quantities(Map.of("cpu", "50m")))
            .build();

    // the third init container runs beside the sidecar: 1100m, more than 800m later on
    assertThat(Resources.requestedBy(pod).milliCpu()).isEqualTo(1150);
  }

  @Test
  void runningContainersCountWhenTheyNeedMore() {
    PodSpec pod =
        PodSpec.builder()
            .initContainers(List.of(sidecar("200m"), container("100m")))
            .containers(List.of(container("300m"), container("300m")))
            .build();

    assertThat(Resources.requestedBy(pod).milliCpu()).isEqualTo(800);
  }

  @Test
  void scoringAssumesSomethingWhereNothingIsAsked() {
    PodSpec pod = PodSpec.builder().containers(List.of(Container.EMPTY)).build();

    assertThat(Resources.requestedBy(pod)).isEqualTo(Resources.NONE);
    assertThat(Resources.weighedFor(pod).milliCpu()).isEqualTo(100);
    assertThat(Resources.weighedFor(pod).memory()).isEqualTo(200L << 20);
  }

  private static Container container(String cpu) {
    return Container.builder()
        .resources(
            ResourceRequirements.builder().requests(Samples.quantities(Map.of("cpu", cpu))).build())
        .build();
  }

  private static Container sidecar(String cpu) {
    return container(cpu).withRestartPolicy("Always");
  }
}
