package io.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.client.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The clients that people program against, each with the kubeconfig exactly as {@code tiphys start}
 * wrote it: lists, watches, creates, patches, executes with input, reads logs.
 */
class ClientsTest {
  private static final Path STORIES = TestCluster.root().resolve("testing/e2e/src/test/clients");

  /** Where {@code ./dev test} installs what package.json names. */
  private static final Path NODE_MODULES =
      TestCluster.root().resolve("testing/e2e/target/clients/node_modules");

  /** Debian's, which has Debian's package of the client. */
  private static final Path PYTHON = Path.of("/usr/bin/python3");

  private static TestCluster cluster;

  @BeforeAll
  static void start(@TempDir Path folder) {
    cluster = TestCluster.start("clients");
    cluster.tiphys("image", "load", StandInImages.web(folder).toString()).ok();
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
          - {name: web, image: "web:v1"}
        """);
    cluster.kubectl().ok("wait", "--for=condition=ready", "pod/web", "--timeout=240s");
  }

  @AfterAll
  static void delete() {
    cluster.close();
  }

  /** All that fabric8 has on the class path: its default, the JDK's and OkHttp. */
  static List<HttpClient.Factory> fabric8sHttpClients() {
    return ServiceLoader.load(HttpClient.Factory.class).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("fabric8sHttpClients")
  void fabric8(HttpClient.Factory http, @TempDir Path folder) throws Exception {
    Fabric8Story.tell(cluster.kubeconfig(), folder, http);
  }

  @Test
  void operatorsElectALeaderAndAnotherWhenItDies() throws Exception {
    LeaderStory.tell(cluster.kubeconfig(), fabric8sHttpClients().getFirst());
  }

  @Test
  void theOfficialJavaClient(@TempDir Path folder) throws Exception {
    OfficialJavaStory.tell(cluster.kubeconfig(), folder);
  }

  @Test
  void theJavaScriptClient() throws Exception {
    assumeTrue(
        Files.isDirectory(NODE_MODULES),
        "the npm packages of testing/e2e/src/test/clients are not installed; ./dev test does");
    // Node looks for packages beside the script.
    Path script =
        Files.copy(
            STORIES.resolve("story.mjs"),
            NODE_MODULES.resolveSibling("story.mjs"),
            StandardCopyOption.REPLACE_EXISTING);

    assertThat(run("node", script.toString()).ok().out()).isEqualTo("done\n");
  }

  @Test
  void thePythonClient() {
    Command found = run(PYTHON.toString(), "-c", "import kubernetes");
    assumeTrue(found.exitCode() == 0, "python3-kubernetes is not installed; ./dev test does");

    assertThat(run(PYTHON.toString(), STORIES.resolve("story.py").toString()).ok().out())
        .isEqualTo("done\n");
  }

  private static Command run(String... words) {
    return Command.run(Map.of("KUBECONFIG", cluster.kubeconfig().toString()), "", List.of(words));
  }
}
