package io.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 under writes, then start: nothing acknowledged is lost, containers never noticed. */
class CrashTest {
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: steady
      spec:
        containers:
        - name: main
          image: web:v1
      """;

  private static TestCluster cluster;
  private static Kubectl kubectl;

  @BeforeAll
  static void start(@TempDir Path folder) {
    cluster = TestCluster.start("crash");
    kubectl = cluster.kubectl();
    cluster.tiphys("image", "load", StandInImages.web(folder).toString()).ok();
    cluster.apply(POD);
    kubectl.ok("wait", "--for=condition=ready", "pod/steady", "--timeout=240s");
  }

  @AfterAll
  static void delete() {
    cluster.close();
  }

  @Test
  void nothingAcknowledgedIsLostAndContainersRunOn() throws Exception {
    String started =
        kubectl.value("pod/steady", ".status.containerStatuses[0].state.running.startedAt");
    String container = kubectl.value("pod/steady", ".status.containerStatuses[0].containerID");
    Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    Thread writer = Thread.startVirtualThread(() -> write(acknowledged));
    Await.until("some writes are acknowledged", () -> acknowledged.size() >= 10);
    cluster.kill();
    writer.join();

    assertThat(cluster.tiphys("status").exitCode()).isNotZero();
    cluster.tiphys("start").ok();

    List<String> there = kubectl.ok("get", "configmaps", "-o", "name").lines().toList();
    assertThat(there).containsAll(acknowledged);
    Await.until(
        "the node is ready again",
        () ->
            kubectl
                .value("nodes", ".items[0].status.conditions[?(@.type==\"Ready\")].status")
                .equals("True"));
    kubectl.ok("wait", "--for=condition=ready", "pod/steady", "--timeout=240s");
    String status = ".status.containerStatuses[0]";
    assertThat(kubectl.value("pod/steady", status + ".state.running.startedAt")).isEqualTo(started);
    assertThat(kubectl.value("pod/steady", status + ".containerID")).isEqualTo(container);
    assertThat(kubectl.value("pod/steady", status + ".restartCount")).isEqualTo("0");
    assertThat(kubectl.ok("exec", "steady", "--", "echo", "alive").strip()).isEqualTo("alive");
  }

  /** Creates objects until the server is gone, remembering those it said it had stored. */
  private static void write(Queue<String> acknowledged) {
    for (int i = 0; ; i++) {
      String name = "written-" + i;
      if (kubectl.run("create", "configmap", name, "--from-literal=n=" + i).exitCode() != 0) {
        return;
      }
      acknowledged.add("configmap/" + name);
    }
  }
}
