package io.tiphys.node.agent.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.core.v1.ConfigMapEnvSource;
import io.tiphys.api.core.v1.ConfigMapKeySelector;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.EnvFromSource;
import io.tiphys.api.core.v1.EnvVar;
import io.tiphys.api.core.v1.EnvVarSource;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.Secret;
import io.tiphys.api.core.v1.SecretKeySelector;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Loops;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.client.Source;
import io.tiphys.codec.Bytes;
import io.tiphys.server.apiserver.testing.OtherComponents;
import io.tiphys.server.apiserver.testing.TestApiServer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EnvironmentTest {
  private final ManualClock clock = new ManualClock();
  private final TestApiServer server = TestApiServer.open(clock, new Loops(clock, new Random(1)));
  private final Source source = server.source(TestApiServer.ADMIN, "kubelet");

  @BeforeEach
  void begin() {
    OtherComponents api = new OtherComponents(server);
    api.put(
        CoreV1.CONFIGMAPS,
        ConfigMap.builder().metadata(meta("cm")).data(Map.of("a", "1", "b", "two")).build());
    api.put(
        CoreV1.SECRETS,
        Secret.builder().metadata(meta("sec")).data(Map.of("pw", Bytes.utf8("hush"))).build());
  }

  @AfterEach
  void close() {
    server.close();
  }

  private static ObjectMeta meta(String name) {
    return ObjectMeta.builder().name(name).namespace("default").uid(name).build();
  }

  private Map<String, String> environment(Container container, Service... services)
      throws ConfigProblem {
    return environment(container, null, services);
  }

  private Map<String, String> environment(
      Container container, @Nullable Boolean links, Service... services) throws ConfigProblem {
    Pod pod =
        Pod.builder()
            .metadata(meta("web"))
            .spec(PodSpec.builder().enableServiceLinks(links).build())
            .build();
    Fields fields = new Fields("10.244.0.7", "10.244.0.1", Map.of());
    return new Environment(source, fields, pod, container).of(List.of(services));
  }

  private static EnvVar value(String name, String value) {
    return EnvVar.builder().name(name).value(value).build();
  }

  private static EnvVar from(String name, EnvVarSource source) {
    return EnvVar.builder().name(name).valueFrom(source).build();
  }

  private static EnvVarSource key(String map, String key, @Nullable Boolean optional) {
    return EnvVarSource.builder()
        .configMapKeyRef(new ConfigMapKeySelector(map, key, optional))
        .build();
  }

  private static EnvVarSource secret(String secret, String key, @Nullable Boolean optional) {
    return EnvVarSource.builder()
        .secretKeyRef(new SecretKeySelector(secret, key, optional))
        .build();
  }

  private static Service service(String namespace, String name, String address) {
    return Service.builder()
        .metadata(ObjectMeta.builder().name(name).namespace(namespace).build())
        .spec(
            ServiceSpec.builder()
                .clusterIP(address)
                .ports(List.of(ServicePort.builder().name("x-y").protocol("UDP").port(53).build()))
                .build())
        .build();
  }

  @Test
  void laterWordsOverrideEarlierOnes() throws ConfigProblem {
    Container container =
        Container.builder()
            .envFrom(
                List.of(
                    EnvFromSource.builder()
                        .prefix("CM_")
                        .configMapRef(ConfigMapEnvSource.builder().name("cm").build())
                        .build(),
                    EnvFromSource.builder()
                        .configMapRef(ConfigMapEnvSource.builder().name("cm").build())
                        .build()))
            .env(List.of(value("a", "mine"), value("DNS_SERVICE_HOST", "me")))
            .build();
    assertThat(environment(container, service("default", "dns", "10.96.0.9")))
        .containsEntry("CM_a", "1")
        .containsEntry("b", "two")
        .containsEntry("a", "mine")
        .containsEntry("DNS_SERVICE_HOST", "me")
        .containsEntry("DNS_SERVICE_PORT", "53");
  }

  @Test
  void valuesMayNameThoseBeforeThem() throws ConfigProblem {
    Container container =
        Container.builder()
            .env(
                List.of(
                    value("A", "x"),
                    value("B", "$(A)-$$(A)-$(NOPE)-$(C)"),
                    value("C", "late"),
                    from("K", key("cm", "b", null)),
                    from("S", secret("sec", "pw", null)),
                    value("KS", "$(K)$(S)")))
            .build();
    assertThat(environment(container))
        .containsEntry("B", "x-$(A)-$(NOPE)-$(C)")
        .containsEntry("KS", "twohush");
  }

  @Test
  void theOptionalMayBeMissingAndIsThenNotThere() throws ConfigProblem {
    Container container =
        Container.builder()
            .env(
                List.of(
                    from("A", key("nope", "b", true)),
                    from("B", key("cm", "nope", true)),
                    from("C", secret("nope", "b", true))))
            .build();
    assertThat(environment(container)).isEmpty();
  }

  @Test
  void whatIsMissingIsSaidInTheKubeletsWords() {
    assertProblem(key("nope", "b", null), "configmap \"nope\" not found");
    assertProblem(key("cm", "nope", null), "couldn't find key nope in ConfigMap default/cm");
    assertProblem(secret("nope", "b", false), "secret \"nope\" not found");
    assertProblem(secret("sec", "nope", null), "couldn't find key nope in Secret default/sec");
  }

  private void assertProblem(EnvVarSource given, String message) {
    Container container = Container.builder().env(List.of(from("X", given))).build();
    assertThatThrownBy(() -> environment(container))
        .isInstanceOf(ConfigProblem.class)
        .hasMessage(message);
  }

  @Test
  void servicesOfTheNamespaceAndTheApiItself() throws ConfigProblem {
    Service own = service("default", "my-svc", "10.96.0.9");
    Service others = service("other", "theirs", "10.96.0.8");
    Service headless = service("default", "headless", "None");
    Service api = service("default", "kubernetes", "10.96.0.1");
    assertThat(environment(Container.EMPTY, own, others, headless, api))
        .containsEntry("MY_SVC_SERVICE_HOST", "10.96.0.9")
        .containsEntry("MY_SVC_SERVICE_PORT_X_Y", "53")
        .containsEntry("MY_SVC_PORT", "udp://10.96.0.9:53")
        .containsEntry("MY_SVC_PORT_53_UDP_ADDR", "10.96.0.9")
        .containsEntry("MY_SVC_PORT_53_UDP_PROTO", "udp")
        .containsEntry("KUBERNETES_SERVICE_HOST", "10.96.0.1")
        .doesNotContainKeys("THEIRS_SERVICE_HOST", "HEADLESS_SERVICE_HOST");
    assertThat(environment(Container.EMPTY, false, own, api))
        .containsKey("KUBERNETES_SERVICE_HOST")
        .doesNotContainKey("MY_SVC_SERVICE_HOST");
  }

  @ParameterizedTest
  @CsvSource({
    "plain,plain",
    "$(A),x",
    "$$(A),$(A)",
    "$$$(A),$x",
    "$(B,$(B",
    "$,$",
    "$A,$A",
    "a$(A)b,axb",
    "$(),$()"
  })
  void expansion(String text, String expanded) {
    assertThat(Expansion.of(text, Map.of("A", "x"))).isEqualTo(expanded);
  }
}
