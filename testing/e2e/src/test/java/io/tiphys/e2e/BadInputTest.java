package io.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients get wrong, and upstream's words for it. */
class BadInputTest {
  private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
  private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";

  private static TestCluster cluster;
  private static Kubectl kubectl;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    cluster = TestCluster.start("bad");
    kubectl = cluster.kubectl();
  }

  @AfterAll
  static void delete() {
    cluster.close();
  }

  @Test
  void truncatedJson() {
    assertThat(post(CONFIG_MAPS, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\","))
        .contains(
            "BadRequest",
            "the object provided is unrecognized (must be of type ConfigMap): couldn't get"
                + " version/kind; json parse error: unexpected end of JSON input");
  }

  @Test
  void malformedJson() {
    assertThat(post(CONFIG_MAPS, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",,}"))
        .contains(
            "BadRequest",
            "couldn't get version/kind; json parse error: invalid character ',' looking for"
                + " beginning of object key string");
  }

  @Test
  void wrongType() {
    String body =
        """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},
         "spec":{"replicas":"three"}}\
        """;

    assertThat(post(DEPLOYMENTS, body))
        .contains(
            "BadRequest",
            "Deployment in version \"v1\" cannot be handled as a Deployment: json: cannot unmarshal"
                + " string into Go struct field DeploymentSpec.spec.replicas of type int32");
  }

  @Test
  void wrongKind() {
    assertThat(post(CONFIG_MAPS, "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{}}"))
        .contains(
            "BadRequest",
            "Secret in version \"v1\" cannot be handled as a ConfigMap: converting (v1.Secret) to"
                + " (core.ConfigMap): unknown conversion");
  }

  @Test
  void unknownFieldIsRefusedWarnedOfOrIgnored() {
    String manifest =
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: unknown-field}
        dataa: {a: b}
        """;

    Command strict = kubectl.runWith(manifest, "create", "--validate=strict", "-f", "-");
    assertThat(strict.exitCode()).isNotZero();
    assertThat(strict.err())
        .contains("BadRequest", "strict decoding error: unknown field \"dataa\"");
    Command warn = kubectl.runWith(manifest, "create", "--validate=warn", "-f", "-").ok();
    assertThat(warn.err()).contains("Warning: unknown field \"dataa\"");
    kubectl.ok("delete", "configmap", "unknown-field");
    Command ignore = kubectl.runWith(manifest, "create", "--validate=ignore", "-f", "-").ok();
    assertThat(ignore.err()).isEmpty();
    assertThat(kubectl.ok("get", "configmap", "unknown-field", "-o", "json"))
        .doesNotContain("dataa");
  }

  @Test
  void tooLarge() {
    assertThat(post(CONFIG_MAPS, configMap("big", 2 << 20)))
        .contains("ConfigMap \"big\" is invalid: []: Too long: may not be more than 1048576 bytes");
    assertThat(post(CONFIG_MAPS, configMap("huge", 10 << 20)))
        .contains("Request entity too large: limit is 3145728");
    assertThat(kubectl.run("get", "configmap", "big").err()).contains("NotFound");
  }

  @Test
  void staleResourceVersion() throws IOException {
    kubectl.ok("create", "configmap", "contended", "--from-literal=a=1");
    Path stale = folder.resolve("stale.json");
    Files.writeString(stale, kubectl.ok("get", "configmap", "contended", "-o", "json"));
    kubectl.ok("patch", "configmap", "contended", "-p", "{\"data\":{\"a\":\"2\"}}");

    Command replace = kubectl.run("replace", "-f", stale.toString());

    assertThat(replace.exitCode()).isNotZero();
    assertThat(replace.err())
        .contains(
            "Conflict",
            "Operation cannot be fulfilled on configmaps \"contended\": the object has been"
                + " modified; please apply your changes to the latest version and try again");
    assertThat(kubectl.value("configmap/contended", ".data.a")).isEqualTo("2");
  }

  @Test
  void invalidName() {
    String manifest = "{apiVersion: v1, kind: ConfigMap, metadata: {name: Not_A_Name}}";
    assertThat(kubectl.runWith(manifest, "create", "-f", "-").err())
        .contains(
            "The ConfigMap \"Not_A_Name\" is invalid: metadata.name: Invalid value: \"Not_A_Name\":"
                + " a lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
                + " characters, '-' or '.', and must start and end with an alphanumeric"
                + " character");
  }

  @Test
  void podThatCanNeverBeScheduled() {
    cluster.apply(pod("giant", "web:v1", "resources: {requests: {cpu: \"1000\"}}"));

    String message =
        "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption:"
            + " 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";
    Await.until(
        "an event says why",
        () ->
            kubectl
                .ok("get", "events", "--field-selector", "involvedObject.name=giant")
                .contains(message),
        () -> kubectl.ok("get", "events"));
    assertThat(
            kubectl.value("pod/giant", ".status.conditions[?(@.type==\"PodScheduled\")].message"))
        .isEqualTo(message);
    assertThat(kubectl.value("pod/giant", ".status.phase")).isEqualTo("Pending");
  }

  @Test
  void imageThatDoesNotExist() {
    String image = "127.0.0.1:9/nothing:here";
    cluster.apply(pod("imageless", image, ""));

    Await.until(
        "the pod backs off",
        () ->
            kubectl
                .value("pod/imageless", ".status.containerStatuses[0].state.waiting.reason")
                .equals("ImagePullBackOff"),
        () -> kubectl.ok("describe", "pod", "imageless"));
    assertThat(kubectl.value("pod/imageless", ".status.containerStatuses[0].state.waiting.message"))
        .startsWith("Back-off pulling image \"" + image + "\": ErrImagePull: ");
    assertThat(kubectl.ok("get", "events", "--field-selector", "involvedObject.name=imageless"))
        .contains(
            "Pulling image \"" + image + "\"",
            "Failed to pull image \"" + image + "\": ",
            "Error: ErrImagePull",
            "Error: ImagePullBackOff");
  }

  private String post(String path, String body) {
    try {
      Path file = Files.createTempFile(folder, "body", ".json");
      Files.writeString(file, body);
      Command create = kubectl.run("create", "--raw", path, "-f", file.toString());
      assertThat(create.exitCode()).as(create.toString()).isNotZero();
      return create.err();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String configMap(String name, int bytes) {
    return """
    {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%s"},"data":{"a":"%s"}}\
    """
        .formatted(name, "x".repeat(bytes));
  }

  private static String pod(String name, String image, String rest) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s}
    spec:
      containers:
      - name: main
        image: %s
        %s
    """
        .formatted(name, image, rest);
  }
}
