package io.tiphys.node.agent.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.ResourceFieldSelector;
import io.tiphys.api.core.v1.ResourceRequirements;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.meta.Quantity;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FieldsTest {
  private static final Fields FIELDS =
      new Fields(
          "10.244.0.7",
          "10.244.0.1",
          Map.of("cpu", Quantity.of(8), "memory", Quantity.parse("16Gi")));

  private static final Container LIMITED =
      Container.builder()
          .name("c")
          .resources(
              ResourceRequirements.builder()
                  .requests(Map.of("cpu", Quantity.parse("100m")))
                  .limits(Map.of("cpu", Quantity.parse("1500m"), "memory", Quantity.parse("100Mi")))
                  .build())
          .build();

  private static final Pod POD =
      Pod.builder()
          .metadata(
              ObjectMeta.builder()
                  .name("web")
                  .namespace("default")
                  .uid("u")
                  .labels(Map.of("z", "1", "app", "x"))
                  .annotations(Map.of("note", "a \"b\"\n\\ ü\u0001"))
                  .build())
          .spec(
              PodSpec.builder()
                  .nodeName("node")
                  .serviceAccountName("sa")
                  .containers(List.of(LIMITED))
                  .initContainers(List.of(LIMITED.toBuilder().name("i").build()))
                  .build())
          .build();

  @ParameterizedTest
  @CsvSource({
    "metadata.name,web",
    "metadata.namespace,default",
    "metadata.uid,u",
    "metadata.labels['app'],x",
    "metadata.labels['none'],''",
    "spec.nodeName,node",
    "spec.serviceAccountName,sa",
    "status.hostIP,10.244.0.1",
    "status.podIP,10.244.0.7",
    "status.podIPs,10.244.0.7",
  })
  void fields(String path, String value) throws ConfigProblem {
    assertThat(FIELDS.value(POD, path)).isEqualTo(value);
  }

  @Test
  void mapsAreSortedAndQuotedAsGoDoes() throws ConfigProblem {
    assertThat(FIELDS.value(POD, "metadata.labels")).isEqualTo("app=\"x\"\nz=\"1\"");
    assertThat(FIELDS.value(POD, "metadata.annotations"))
        .isEqualTo("note=\"a \\\"b\\\"\\n\\\\ ü\\x01\"");
  }

  @Test
  void anUnknownFieldIsAProblem() {
    assertThatThrownBy(() -> FIELDS.value(POD, "spec.nope"))
        .isInstanceOf(ConfigProblem.class)
        .hasMessage("unsupported fieldPath: spec.nope");
  }

  @ParameterizedTest
  @CsvSource({
    "c, limits.cpu,      '',  2",
    "c, limits.cpu,      1m,  1500",
    "c, limits.memory,   1Mi, 100",
    "c, limits.memory,   1Gi, 1",
    "c, requests.cpu,    1m,  100",
    "c, requests.memory, '',  0",
    "i, limits.cpu,      1m,  1500",
  })
  void amountsAreRoundedUpToTheDivisor(
      String container, String resource, String divisor, String value) throws ConfigProblem {
    ResourceFieldSelector selector =
        ResourceFieldSelector.builder()
            .containerName(container)
            .resource(resource)
            .divisor(divisor.isEmpty() ? Quantity.ZERO : Quantity.parse(divisor))
            .build();
    assertThat(FIELDS.resource(POD, Container.EMPTY, selector)).isEqualTo(value);
  }

  @Test
  void withoutALimitItIsTheNodes() throws ConfigProblem {
    ResourceFieldSelector cpu = ResourceFieldSelector.builder().resource("limits.cpu").build();
    assertThat(FIELDS.resource(POD, Container.EMPTY, cpu)).isEqualTo("8");
  }
}
