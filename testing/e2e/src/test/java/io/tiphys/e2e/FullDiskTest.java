package io.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk is full for a while under a working cluster: afterwards everything goes on by itself.
 */
class FullDiskTest {
  private static final int DISK_MEGABYTES = 256;

  /** Longer than a lease's renewal takes: one has failed. */
  private static final Duration STALE = Duration.ofSeconds(15);

  private static final String DEPLOYMENT =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: web
      spec:
        replicas: 20
        selector:
          matchLabels: {app: web}
        template:
          metadata:
            labels: {app: web}
          spec:
            containers:
            - name: web
              image: web:v1
      """;

  private static final String LATE =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: late
      spec:
        containers:
        - name: late
          image: web:v1
      """;

  private static final String LARGE =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata:
        generateName: large-
      data:
        large: %s
      """
          .formatted("x".repeat(1_000_000));

  private static TestCluster cluster;
  private static Kubectl kubectl;

  @BeforeAll
  static void start(@TempDir Path folder) {
    cluster = TestCluster.start("full", DISK_MEGABYTES);
    kubectl = cluster.kubectl();
    cluster.tiphys("image", "load", StandInImages.web(folder).toString()).ok();
    cluster.apply(DEPLOYMENT);
    kubectl.ok("rollout", "status", "deployment/web", "--timeout=240s");
  }

  @AfterAll
  static void delete() {
    cluster.close();
  }

  @Test
  void writesAreRefusedClearlyAndEverythingGoesOnWhenThereIsSpaceAgain() throws Exception {
    Path ballast = cluster.disk().resolve("ballast");
    fill(ballast);
    AtomicReference<String> refusal = new AtomicReference<>("");
    // The store has some megabytes of its log in reserve: large objects use them up.
    Await.until(
        "a write is refused",
        () -> {
          Command tried = kubectl.runWith(LARGE, "create", "-f", "-");
          refusal.set(tried.err());
          return tried.exitCode() != 0;
        });
    assertThat(refusal.get())
        .contains("no space left for the store in", "free some on its disk")
        .doesNotContain("java.", "Exception");
    Await.until("the node's lease is not renewed", () -> leaseAge().compareTo(STALE) > 0);
    assertThat(kubectl.ok("get", "pods", "-o", "name").lines()).as("reads go on").hasSize(20);

    Files.delete(ballast);

    Await.until("the node's lease is renewed", () -> leaseAge().compareTo(STALE) < 0);
    cluster.apply(LATE);
    kubectl.ok("wait", "--for=condition=ready", "pod/late", "--timeout=240s");
    Await.until(
        "the node is ready",
        () ->
            kubectl
                .value("nodes", ".items[0].status.conditions[?(@.type==\"Ready\")].status")
                .equals("True"));
    kubectl.ok("wait", "--for=condition=ready", "pod", "--all", "--timeout=240s");
    String restarts = ".items[*].status.containerStatuses[*].restartCount";
    assertThat(kubectl.value("pods", restarts).split(" ")).hasSize(21).containsOnly("0");
    Await.until("every loop is well", () -> kubectl.run("get", "--raw", "/readyz").exitCode() == 0);
  }

  private static Duration leaseAge() {
    String renewed =
        kubectl.ok(
            "get", "lease", "-n", "kube-node-lease", "-o", "jsonpath={.items[0].spec.renewTime}");
    return Duration.between(Instant.parse(renewed), Instant.now());
  }

  private static void fill(Path file) throws IOException {
    byte[] block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left on device");
    }
  }
}
