package io.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.codec.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** start, status, stop, start again, delete: and nothing is left. */
class LifecycleTest {

  @Test
  void aClusterIsStartedStoppedStartedAndLeavesNothingBehind(@TempDir Path folder)
      throws Exception {
    Traces before = Traces.now();
    try (TestCluster cluster = TestCluster.start("life")) {
      Kubectl kubectl = cluster.kubectl();
      cluster.tiphys("image", "load", StandInImages.web(folder).toString()).ok();
      cluster.apply(POD);
      kubectl.ok("wait", "--for=condition=ready", "pod/web", "--timeout=240s");
      Json.Obj status = cluster.status();
      assertThat(status.members())
          .containsEntry("state", new Json.Str("Running"))
          .containsEntry("kubeconfig", new Json.Str(cluster.kubeconfig().toString()))
          .containsKeys("pid", "server", "nodes");
      assertThat(cluster.tiphys("start").ok().out()).contains("is running already");

      cluster.tiphys("stop").ok();
      Command stopped = cluster.tiphys("status");
      assertThat(stopped.exitCode()).isEqualTo(7);
      assertThat(stopped.out()).contains("Stopped");

      cluster.tiphys("start").ok();
      kubectl.ok("wait", "--for=condition=ready", "pod/web", "--timeout=240s");

      cluster.tiphys("delete").ok();
      assertThat(cluster.state()).doesNotExist();
      assertThat(Files.readString(cluster.kubeconfig())).doesNotContain(cluster.profile());
      assertThat(Traces.now()).isEqualTo(before);
    }
  }

  @Test
  void profilesLiveSideBySideAndAnEphemeralOneIsGoneAfterStop(@TempDir Path folder)
      throws Exception {
    Traces before = Traces.now();
    try (TestCluster one = TestCluster.start("one");
        TestCluster two = TestCluster.start("two", "--ephemeral")) {
      for (TestCluster cluster : List.of(one, two)) {
        cluster.tiphys("image", "load", StandInImages.web(folder).toString()).ok();
        cluster.apply(POD);
      }
      for (TestCluster cluster : List.of(one, two)) {
        cluster.kubectl().ok("wait", "--for=condition=ready", "pod/web", "--timeout=240s");
      }
      assertThat(one.kubectl().ok("config", "current-context").strip()).isEqualTo("e2e-one");

      two.tiphys("stop").ok();
      assertThat(two.state()).doesNotExist();
      assertThat(one.kubectl().value("pod/web", ".status.phase")).isEqualTo("Running");
    }
    assertThat(Traces.now()).isEqualTo(before);
  }

  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: web
      spec:
        containers:
        - name: web
          image: web:v1
          readinessProbe:
            tcpSocket: {port: 8080}
            periodSeconds: 1
      """;

  /** Everything on the machine that a cluster might leave behind. */
  private record Traces(
      Set<String> links,
      Set<String> tables,
      Set<String> mounts,
      Set<String> groups,
      Set<String> processes) {

    static Traces now() throws IOException {
      return new Traces(
          printed("ip", "-o", "link").stream()
              .map(line -> line.split(": ")[1])
              .collect(Collectors.toCollection(TreeSet::new)),
          printed("nft", "list", "tables"),
          mentioning(Files.readAllLines(Path.of("/proc/self/mounts"))),
          cgroupsOfTests(),
          mentioning(printed("ps", "-eo", "args").stream().toList()));
    }

    private static Set<String> printed(String... command) {
      return new TreeSet<>(Command.run(Map.of(), "", List.of(command)).ok().lines());
    }

    private static Set<String> mentioning(List<String> lines) {
      return lines.stream()
          .filter(line -> line.contains("tiphys-e2e-"))
          .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> cgroupsOfTests() throws IOException {
      try (Stream<Path> folders = Files.walk(Path.of("/sys/fs/cgroup"), 4)) {
        return folders
            .map(Path::toString)
            .filter(name -> name.contains("e2e-"))
            .collect(Collectors.toCollection(TreeSet::new));
      }
    }
  }
}
