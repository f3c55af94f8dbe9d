package io.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.codec.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** start, status, stop, start again, delete: and nothing is left. */
class LifecycleTest {

  @Test
  void aClusterIsStartedStoppedStartedAndLeavesNothingBehind(@TempDir Path folder)
      throws Exception {
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

      Traces running = Traces.of(cluster);
      assertThat(running.kinds()).as("what is looked for is found").doesNotContainValue(Set.of());
      cluster.tiphys("delete").ok();
      assertThat(cluster.state()).doesNotExist();
      assertThat(Files.readString(cluster.kubeconfig())).doesNotContain(cluster.profile());
      assertThat(running.left()).isEmpty();
    }
  }

  @Test
  void profilesLiveSideBySideAndAnEphemeralOneIsGoneAfterStop(@TempDir Path folder)
      throws Exception {
    Traces lasting;
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

      lasting = Traces.of(one);
      Traces passing = Traces.of(two);
      two.tiphys("stop").ok();
      assertThat(two.state()).doesNotExist();
      assertThat(passing.left()).isEmpty();
      assertThat(one.kubectl().value("pod/web", ".status.phase")).isEqualTo("Running");
    }
    assertThat(lasting.left()).isEmpty();
  }

  /** Each in a home of its own: nothing but the machine knows of both. */
  @Test
  void aStoppedClusterKeepsItsAddressesFromOneThatIsNew(@TempDir Path folder) {
    try (TestCluster old = TestCluster.start("old")) {
      old.tiphys("image", "load", StandInImages.web(folder).toString()).ok();
      old.apply(POD);
      old.kubectl().ok("wait", "--for=condition=ready", "pod/web", "--timeout=240s");
      String service = old.kubectl().value("service/kubernetes", ".spec.clusterIP");
      old.tiphys("stop").ok();

      try (TestCluster fresh = TestCluster.start("fresh")) {
        old.tiphys("start").ok();

        old.kubectl().ok("wait", "--for=condition=ready", "pod/web", "--timeout=240s");
        assertThat(old.kubectl().value("service/kubernetes", ".spec.clusterIP")).isEqualTo(service);
        assertThat(fresh.kubectl().value("service/kubernetes", ".spec.clusterIP"))
            .isNotEqualTo(service);
      }
    }
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
}
