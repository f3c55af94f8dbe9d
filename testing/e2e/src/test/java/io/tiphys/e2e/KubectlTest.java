package io.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What people type all day, with the oldest and the newest kubectl. */
class KubectlTest {
  private static final int BURSTS = 25;
  private static final int BURST_LINES = 50_000;

  private static TestCluster cluster;

  @TempDir private Path folder;

  @BeforeAll
  static void start(@TempDir Path folder) {
    cluster = TestCluster.start("kubectl");
    cluster.tiphys("image", "load", StandInImages.web(folder).toString()).ok();
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: web
          labels: {app: web}
        spec:
          containers:
          - name: web
            image: web:v1
            ports: [{containerPort: 8080}]
        """);
    cluster.kubectl().ok("wait", "--for=condition=ready", "pod/web", "--timeout=240s");
  }

  @AfterAll
  static void delete() {
    cluster.close();
  }

  static List<Path> kubectls() {
    return Kubectl.oldestAndNewest();
  }

  @ParameterizedTest
  @MethodSource("kubectls")
  void looksAtTheCluster(Path program) {
    Kubectl kubectl = cluster.kubectl(program);

    assertThat(kubectl.ok("get", "nodes")).contains("Ready", "VERSION");
    assertThat(kubectl.ok("get", "pods", "-o", "wide")).contains("1/1", "Running", "NOMINATED");
    assertThat(kubectl.ok("get", "pod", "web", "-o", "yaml")).contains("kind: Pod");
    assertThat(kubectl.ok("describe", "pod", "web")).contains("Events:", "Successfully assigned");
    assertThat(kubectl.ok("describe", "node")).contains("Allocatable:", "Non-terminated Pods:");
    assertThat(kubectl.ok("api-resources")).contains("petsets", "deployments", "po ");
    assertThat(kubectl.ok("api-versions")).contains("apps/v1alpha1", "batch/v1");
    assertThat(kubectl.ok("explain", "deployment.spec.strategy")).contains("rollingUpdate");
    assertThat(kubectl.ok("version")).contains("Server Version");
    assertThat(kubectl.ok("cluster-info")).contains("control plane");
    assertThat(kubectl.ok("get", "--raw", "/readyz?verbose")).contains("readyz check passed");
    assertThat(kubectl.ok("auth", "can-i", "create", "pods")).startsWith("yes");
    assertThat(kubectl.ok("get", "sc")).contains("(default)");
  }

  @ParameterizedTest
  @MethodSource("kubectls")
  void changesObjects(Path program) {
    Kubectl kubectl = cluster.kubectl(program);
    String manifest =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: changing}
        spec:
          replicas: 0
          selector: {matchLabels: {app: changing}}
          template:
            metadata: {labels: {app: changing}}
            spec:
              containers:
              - {name: main, image: "web:v1"}
        """;

    assertThat(kubectl.runWith(manifest, "apply", "-f", "-").ok().out()).contains("created");
    assertThat(kubectl.runWith(manifest, "apply", "-f", "-").ok().out()).contains("unchanged");
    String changed = manifest.replace("replicas: 0", "replicas: 1");
    assertThat(kubectl.runWith(changed, "diff", "-f", "-").out()).contains("+  replicas: 1");
    assertThat(kubectl.runWith(changed, "apply", "-f", "-").ok().out()).contains("configured");
    kubectl.ok("rollout", "status", "deployment/changing", "--timeout=240s");
    kubectl.ok("scale", "deployment/changing", "--replicas=2");
    assertThat(kubectl.value("deployment/changing", ".spec.replicas")).isEqualTo("2");
    assertThat(kubectl.ok("label", "deployment/changing", "tier=back")).contains("labeled");
    assertThat(kubectl.ok("annotate", "deployment/changing", "note=hi")).contains("annotate");
    Command conflict = kubectl.runWith(changed, "apply", "--server-side", "-f", "-");
    assertThat(conflict.err()).contains("conflict", ".spec.replicas");
    kubectl.runWith(changed, "apply", "--server-side", "--force-conflicts", "-f", "-").ok();
    assertThat(kubectl.value("deployment/changing", ".spec.replicas")).isEqualTo("1");
    assertThat(kubectl.ok("delete", "deployment", "changing")).contains("deleted");
    Await.until(
        "its pods are collected",
        () -> kubectl.ok("get", "pods,rs", "-l", "app=changing", "-o", "name").isEmpty());
  }

  @ParameterizedTest
  @MethodSource("kubectls")
  void talksToContainers(Path program) throws Exception {
    Kubectl kubectl = cluster.kubectl(program);

    assertThat(kubectl.ok("exec", "web", "--", "echo", "hello").strip()).isEqualTo("hello");
    assertThat(kubectl.runWith("piped", "exec", "-i", "web", "--", "cat").ok().out())
        .isEqualTo("piped");
    Command failing = kubectl.run("exec", "web", "--", "sh", "-c", "echo oops >&2; exit 3");
    assertThat(failing.exitCode()).isEqualTo(3);
    assertThat(failing.err()).contains("oops", "command terminated with exit code 3");

    copiesBothWays(kubectl);
    followsLogs(kubectl);
    forwardsPorts(kubectl);
  }

  private void copiesBothWays(Kubectl kubectl) throws IOException {
    Path there = Files.writeString(folder.resolve("there"), "some words");
    kubectl.ok("cp", there.toString(), "web:/tmp/copied");
    assertThat(kubectl.ok("exec", "web", "--", "cat", "/tmp/copied")).isEqualTo("some words");
    Path back = folder.resolve("back");
    kubectl.ok("cp", "web:/tmp/copied", back.toString());
    assertThat(back).hasContent("some words");
  }

  private static void followsLogs(Kubectl kubectl) throws IOException {
    assertThat(kubectl.ok("logs", "web")).contains("serving");
    Process logs = kubectl.start("logs", "-f", "--tail=0", "web");
    try (BufferedReader lines = logs.inputReader(StandardCharsets.UTF_8)) {
      Thread speaker =
          Thread.startVirtualThread(
              () -> {
                while (logs.isAlive()) {
                  kubectl.run("exec", "web", "--", "sh", "-c", "echo spoken > /proc/1/fd/1");
                }
              });
      assertThat(lines.readLine()).isEqualTo("spoken");
      logs.destroy();
      speaker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      logs.destroy();
    }
  }

  /** More than one rotation at upstream's limit, 10Mi looked at every ten seconds. */
  @Test
  void aFollowedLogLosesNoLineOverRotationsAndDoublesNone() throws Exception {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: talkative}
        spec:
          restartPolicy: Never
          containers:
          - name: main
            image: web:v1
            command:
            - sh
            - -c
            - |
              i=0
              while [ $i -lt %d ]; do
                seq $((i * %2$d + 1)) $((i * %2$d + %2$d))
                i=$((i + 1))
                sleep 1
              done
        """
            .formatted(BURSTS, BURST_LINES));
    Kubectl kubectl = cluster.kubectl();
    kubectl.ok("wait", "--for=jsonpath={.status.phase}=Running", "pod/talkative");
    Process logs = kubectl.start("logs", "-f", "talkative");
    long expected = 1;
    try (BufferedReader lines = logs.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        assertThat(line).isEqualTo(Long.toString(expected));
        expected++;
      }
    } finally {
      logs.destroy();
    }
    assertThat(expected).isEqualTo((long) BURSTS * BURST_LINES + 1);
    assertThat(Command.run(Map.of(), "", List.of("find", cluster.state() + "", "-name", "0.log.2")))
        .as("there were two rotations")
        .satisfies(found -> assertThat(found.ok().out()).contains("talkative"));
  }

  private static void forwardsPorts(Kubectl kubectl) throws IOException {
    Process forward = kubectl.start("port-forward", "pod/web", ":8080");
    try (BufferedReader lines = forward.inputReader(StandardCharsets.UTF_8)) {
      String line = lines.readLine();
      assertThat(line).startsWith("Forwarding from 127.0.0.1:");
      int port = Integer.parseInt(line.replaceAll(".*127\\.0\\.0\\.1:(\\d+) .*", "$1"));
      for (int i = 0; i < 3; i++) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            InputStream in = socket.getInputStream()) {
          socket
              .getOutputStream()
              .write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).contains("200 OK");
        }
      }
    } finally {
      forward.destroy();
    }
  }
}
