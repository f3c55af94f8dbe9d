package io.tiphys.node.agent.volumes;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.ResourceRequirements;
import io.tiphys.meta.Quantity;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MemorySizeTest {
  private static final Quantity NODE = Quantity.of(1000);

  private static Pod pod(long... limits) {
    return Pod.builder()
        .spec(
            PodSpec.builder()
                .containers(Arrays.stream(limits).mapToObj(MemorySizeTest::limited).toList())
                .build())
        .build();
  }

  private static Container limited(long memory) {
    Map<String, Quantity> limits = memory == 0 ? Map.of() : Map.of("memory", Quantity.of(memory));
    return Container.builder()
        .resources(ResourceRequirements.builder().limits(limits).build())
        .build();
  }

  @Test
  void aFolderInMemoryIsAsLargeAsTheSmallestOfItsLimits() {
    assertThat(MemorySize.of(pod(0), null, NODE)).isEqualTo(1000);
    assertThat(MemorySize.of(pod(200, 300), null, NODE)).isEqualTo(500);
    assertThat(MemorySize.of(pod(200, 0), null, NODE)).isEqualTo(1000);
    assertThat(MemorySize.of(pod(200, 300), Quantity.of(100), NODE)).isEqualTo(100);
    assertThat(MemorySize.of(pod(200), Quantity.of(5000), NODE)).isEqualTo(200);
    assertThat(MemorySize.of(pod(0), Quantity.of(5000), NODE)).isEqualTo(1000);
  }
}
