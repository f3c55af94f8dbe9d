package io.tiphys.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.apps.v1.Deployment;
import io.tiphys.api.apps.v1.DeploymentSpec;
import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.apps.v1.StatefulSetSpec;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerPort;
import io.tiphys.api.core.v1.EnvVar;
import io.tiphys.api.core.v1.EnvVarSource;
import io.tiphys.api.core.v1.HTTPGetAction;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.api.core.v1.Probe;
import io.tiphys.api.core.v1.ResourceFieldSelector;
import io.tiphys.api.core.v1.ResourceRequirements;
import io.tiphys.api.core.v1.Secret;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.rbac.v1.Role;
import io.tiphys.codec.Bytes;
import io.tiphys.meta.IntOrString;
import io.tiphys.meta.Quantity;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The text of some objects as Go's encoder prints them, order and absent values included. */
class GoldenJsonTest {

  @Test
  void pod() {
    Container container =
        Container.builder()
            .name("web")
            .image("nginx:1.27")
            .ports(List.of(ContainerPort.EMPTY.withContainerPort(80)))
            .env(
                List.of(
                    EnvVar.EMPTY
                        .withName("CPU")
                        .withValueFrom(
                            EnvVarSource.EMPTY.withResourceFieldRef(
                                ResourceFieldSelector.EMPTY.withResource("limits.cpu")))))
            .resources(
                ResourceRequirements.EMPTY.withRequests(
                    Map.of("memory", Quantity.parse("64Mi"), "cpu", Quantity.parse("100m"))))
            .readinessProbe(
                Probe.EMPTY.withHttpGet(HTTPGetAction.EMPTY.withPort(IntOrString.of("http"))))
            .build();
    Pod pod =
        Pod.EMPTY
            .withMetadata(
                ObjectMeta.builder()
                    .name("web-0")
                    .labels(Map.of("b", "2", "a", "1"))
                    .creationTimestamp(Instant.parse("2026-11-01T10:00:00Z"))
                    .build())
            .withSpec(
                PodSpec.builder()
                    .containers(List.of(container))
                    .terminationGracePeriodSeconds(0L)
                    .build())
            .withStatus(
                PodStatus.EMPTY.withConditions(
                    List.of(PodCondition.EMPTY.withType("Ready").withStatus("True"))));

    assertThat(text(pod))
        .isEqualTo(
            "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"web-0\","
                + "\"creationTimestamp\":\"2026-11-01T10:00:00Z\","
                + "\"labels\":{\"a\":\"1\",\"b\":\"2\"}},"
                + "\"spec\":{\"containers\":[{\"name\":\"web\",\"image\":\"nginx:1.27\","
                + "\"ports\":[{\"containerPort\":80}],"
                + "\"env\":[{\"name\":\"CPU\",\"valueFrom\":{\"resourceFieldRef\":"
                + "{\"resource\":\"limits.cpu\",\"divisor\":\"0\"}}}],"
                + "\"resources\":{\"requests\":{\"cpu\":\"100m\",\"memory\":\"64Mi\"}},"
                + "\"readinessProbe\":{\"httpGet\":{\"port\":\"http\"}}}],"
                + "\"terminationGracePeriodSeconds\":0},"
                + "\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\","
                + "\"lastProbeTime\":null,\"lastTransitionTime\":null}]}}");
  }

  @Test
  void service() {
    Service service =
        Service.EMPTY
            .withMetadata(ObjectMeta.EMPTY.withName("web"))
            .withSpec(
                ServiceSpec.EMPTY
                    .withPorts(List.of(ServicePort.EMPTY.withPort(80)))
                    .withSelector(Map.of("app", "web"))
                    .withClusterIP("None"));

    assertThat(text(service))
        .isEqualTo(
            "{\"kind\":\"Service\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"web\"},"
                + "\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":0}],"
                + "\"selector\":{\"app\":\"web\"},\"clusterIP\":\"None\"},"
                + "\"status\":{\"loadBalancer\":{}}}");
  }

  @Test
  void deployment() {
    Deployment deployment =
        Deployment.EMPTY.withSpec(
            DeploymentSpec.EMPTY
                .withReplicas(0)
                .withSelector(LabelSelector.EMPTY.withMatchLabels(Map.of("app", "web"))));

    assertThat(text(deployment))
        .isEqualTo(
            "{\"kind\":\"Deployment\",\"apiVersion\":\"apps/v1\",\"metadata\":{},"
                + "\"spec\":{\"replicas\":0,\"selector\":{\"matchLabels\":{\"app\":\"web\"}},"
                + "\"template\":{\"metadata\":{},\"spec\":{\"containers\":null}},"
                + "\"strategy\":{}},\"status\":{}}");
  }

  @Test
  void claimTemplatesCarryTheirKind() {
    StatefulSet set =
        StatefulSet.EMPTY.withSpec(
            StatefulSetSpec.EMPTY.withVolumeClaimTemplates(List.of(PersistentVolumeClaim.EMPTY)));

    assertThat(text(set))
        .contains(
            "\"selector\":null",
            "\"volumeClaimTemplates\":[{\"kind\":\"PersistentVolumeClaim\",\"apiVersion\":\"v1\","
                + "\"metadata\":{},\"spec\":{\"resources\":{}},\"status\":{}}]",
            "\"serviceName\":\"\"",
            "\"availableReplicas\":0");
  }

  @Test
  void emptyRequiredListsAreNull() {
    assertThat(text(Role.EMPTY))
        .isEqualTo(
            "{\"kind\":\"Role\",\"apiVersion\":\"rbac.authorization.k8s.io/v1\","
                + "\"metadata\":{},\"rules\":null}");
  }

  @Test
  void bytesAreBase64() {
    Secret secret = Secret.EMPTY.withData(Map.of("key", Bytes.utf8("value"))).withType("Opaque");

    assertThat(text(secret))
        .isEqualTo(
            "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"metadata\":{},"
                + "\"data\":{\"key\":\"dmFsdWU=\"},\"type\":\"Opaque\"}");
  }

  private static String text(ApiObject object) {
    return new String(ObjectCodec.toJson(object), StandardCharsets.UTF_8);
  }
}
