package io.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The seed's main job: its Pet Set, from the first pet to the data that outlives the set. */
class CassandraPetSetTest {
  private static final String ZONE = "cassandra.default.svc.cluster.local";

  private static TestCluster cluster;
  private static Kubectl kubectl;

  @BeforeAll
  static void start(@TempDir Path folder) {
    cluster = TestCluster.start("pets");
    kubectl = cluster.kubectl();
    cluster.tiphys("image", "load", StandInImages.cassandra(folder).toString()).ok();
  }

  @AfterAll
  static void delete() {
    cluster.close();
  }

  @Test
  void petsComeInOrderKeepTheirDataAndOutliveTheirSet() throws Exception {
    cluster.apply(SeedManifests.cassandra());
    Await.until("five pets are ready", () -> readyPets() == 5, () -> describe());

    eachPetCameAfterItsPredecessorWasReady();
    identitiesAreRight();
    recordsAreRight();
    aDeletedPetComesBackOnItsData();
    scalingDownRemovesTheHighestFirst();
    deletingTheSetLeavesPodsAndClaims();
  }

  private static void eachPetCameAfterItsPredecessorWasReady() {
    for (int n = 1; n < 5; n++) {
      Instant created =
          Instant.parse(kubectl.value("pod/cassandra-" + n, ".metadata.creationTimestamp"));
      Instant before =
          Instant.parse(
              kubectl.value(
                  "pod/cassandra-" + (n - 1),
                  ".status.conditions[?(@.type==\"Ready\")].lastTransitionTime"));
      assertThat(created).as("creation of pet %d", n).isAfterOrEqualTo(before);
    }
  }

  private static void identitiesAreRight() {
    for (int n = 0; n < 5; n++) {
      String pod = "cassandra-" + n;
      assertThat(exec(pod, "hostname").strip()).isEqualTo(pod);
      assertThat(exec(pod, "hostname", "-f").strip()).isEqualTo(pod + "." + ZONE);
      assertThat(exec(pod, "sh", "-c", "echo $POD_IP").strip())
          .isEqualTo(kubectl.value("pod/" + pod, ".status.podIP"));
      String claim = "pvc/cassandra-data-" + pod;
      assertThat(kubectl.value(claim, ".status.phase")).isEqualTo("Bound");
      assertThat(kubectl.value("pv/" + kubectl.value(claim, ".spec.volumeName"), ".status.phase"))
          .isEqualTo("Bound");
      assertThat(exec(pod, "cat", "/cassandra_data/owner").strip()).isEqualTo(pod);
    }
    assertThat(kubectl.ok("get", "petset,sts,pods,pvc,pv,jobs", "-o", "wide"))
        .contains("petset.apps/cassandra", "pod/cassandra-4", "cassandra-data-cassandra-4");
  }

  private static void recordsAreRight() {
    String address = kubectl.value("pod/cassandra-0", ".status.podIP");
    assertThat(exec("cassandra-1", "nslookup", "cassandra-0.cassandra")).contains(address);
    String all = exec("cassandra-1", "nslookup", ZONE);
    for (int n = 0; n < 5; n++) {
      assertThat(all).contains(kubectl.value("pod/cassandra-" + n, ".status.podIP"));
    }
    String srv = exec("cassandra-1", "nslookup", "-type=srv", ZONE);
    IntStream.range(0, 5)
        .forEach(n -> assertThat(srv).contains("9042 cassandra-" + n + "." + ZONE));
  }

  private static void aDeletedPetComesBackOnItsData() {
    String uid = kubectl.value("pod/cassandra-2", ".metadata.uid");
    kubectl.ok("delete", "pod", "cassandra-2");
    Await.until(
        "cassandra-2 is back",
        () -> readyPets() == 5 && !kubectl.value("pod/cassandra-2", ".metadata.uid").equals(uid));
    assertThat(exec("cassandra-2", "cat", "/cassandra_data/starts").lines()).hasSize(2);
  }

  private static void scalingDownRemovesTheHighestFirst() throws IOException {
    Process watch =
        kubectl.start(
            "get",
            "pods",
            "--watch-only",
            "--output-watch-events",
            "-o",
            "jsonpath={.type} {.object.metadata.name}{\"\\n\"}");
    try (BufferedReader lines = watch.inputReader(StandardCharsets.UTF_8)) {
      kubectl.ok("patch", "petset", "cassandra", "-p", "{\"spec\":{\"replicas\":3}}");
      List<String> gone =
          lines
              .lines()
              .filter(line -> line.startsWith("DELETED"))
              .limit(2)
              .map(line -> line.substring("DELETED ".length()))
              .toList();
      assertThat(gone).containsExactly("cassandra-4", "cassandra-3");
    } finally {
      watch.destroy();
    }
    assertThat(kubectl.ok("get", "pvc", "-o", "name").lines()).hasSize(5);
  }

  private static void deletingTheSetLeavesPodsAndClaims() {
    kubectl.ok("delete", "petset", "cassandra");
    assertThat(kubectl.run("get", "petset", "cassandra").err()).contains("NotFound");
    assertThat(kubectl.run("get", "sts", "cassandra").err()).contains("NotFound");
    assertThat(kubectl.ok("get", "pods", "-o", "name").lines())
        .contains("pod/cassandra-0", "pod/cassandra-1", "pod/cassandra-2");
    assertThat(kubectl.ok("get", "pvc", "-o", "name").lines()).hasSize(5);
    assertThat(readyPets()).isEqualTo(3);
  }

  private static String exec(String pod, String... words) {
    String[] command = new String[words.length + 3];
    command[0] = "exec";
    command[1] = pod;
    command[2] = "--";
    System.arraycopy(words, 0, command, 3, words.length);
    return kubectl.ok(command);
  }

  private static long readyPets() {
    return kubectl
        .ok(
            "get",
            "pods",
            "-l",
            "app=cassandra-data",
            "-o",
            "jsonpath={range .items[*]}{.status.conditions[?(@.type==\"Ready\")].status}"
                + "{\"\\n\"}{end}")
        .lines()
        .filter(line -> line.equals("True"))
        .count();
  }

  private static String describe() {
    return kubectl.ok("get", "all,pvc,pv", "-o", "wide")
        + kubectl.ok("get", "events")
        + kubectl.ok("describe", "pods");
  }
}
