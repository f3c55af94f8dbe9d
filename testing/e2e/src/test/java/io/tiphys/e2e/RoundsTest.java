package io.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stopped and started again and again: whoever asks finds the present addresses and no others. */
class RoundsTest {
  private static final int ROUNDS = 3;
  private static final List<String> PETS = List.of("web-0", "web-1", "web-2");
  private static final Pattern ADDRESS =
      Pattern.compile("Address(?: \\d+)?:\\s+([0-9.]+)(?![0-9.:])");

  private static final String MANIFEST =
      """
      apiVersion: v1
      kind: Service
      metadata:
        name: web
      spec:
        clusterIP: None
        selector: {app: web}
        ports:
        - port: 8080
      ---
      apiVersion: apps/v1
      kind: StatefulSet
      metadata:
        name: web
      spec:
        serviceName: web
        replicas: 3
        podManagementPolicy: Parallel
        selector:
          matchLabels: {app: web}
        template:
          metadata:
            labels: {app: web}
          spec:
            containers:
            - name: web
              image: web:v1
              readinessProbe:
                tcpSocket: {port: 8080}
                periodSeconds: 1
      """;

  private static TestCluster cluster;
  private static Kubectl kubectl;

  @BeforeAll
  static void start(@TempDir Path folder) {
    cluster = TestCluster.start("rounds");
    kubectl = cluster.kubectl();
    cluster.tiphys("image", "load", StandInImages.web(folder).toString()).ok();
    cluster.apply(MANIFEST);
    kubectl.ok("rollout", "status", "statefulset/web", "--timeout=240s");
  }

  @AfterAll
  static void delete() {
    cluster.close();
  }

  @Test
  void afterEachRoundEveryPodHasOneAddressAndNamesAndSlicesHaveNoOther() {
    for (int round = 1; round <= ROUNDS; round++) {
      cluster.tiphys("stop").ok();
      cluster.tiphys("start").ok();
      kubectl.ok("rollout", "status", "statefulset/web", "--timeout=240s");
      String why = "round " + round;
      Await.until(
          why + ": slices have the pods' addresses and no others",
          () -> slices().equals(addresses()),
          () -> "slices " + slices() + ", pods " + addresses());
      assertThat(addresses()).as(why).hasSize(PETS.size());
      for (String pet : PETS) {
        String own = kubectl.value("pod/" + pet, ".status.podIP");
        assertThat(kubectl.value("pod/" + pet, ".status.podIPs[*].ip")).as(why).isEqualTo(own);
        assertThat(resolved(pet + ".web.default.svc.cluster.local")).as(why).containsExactly(own);
      }
      assertThat(resolved("web.default.svc.cluster.local")).as(why).isEqualTo(addresses());
    }
  }

  private static Set<String> addresses() {
    return words(kubectl.ok("get", "pods", "-o", "jsonpath={.items[*].status.podIP}"));
  }

  private static Set<String> slices() {
    return words(
        kubectl.ok(
            "get",
            "endpointslices",
            "-l",
            "kubernetes.io/service-name=web",
            "-o",
            "jsonpath={.items[*].endpoints[*].addresses[*]}"));
  }

  private static Set<String> words(String text) {
    Set<String> words = new TreeSet<>(Arrays.asList(text.strip().split("\\s+")));
    words.remove("");
    return words;
  }

  /** What a pod hears of a name; the server names itself first, with its port. */
  private static Set<String> resolved(String name) {
    String said = kubectl.ok("exec", "web-0", "--", "nslookup", name);
    Set<String> found = new TreeSet<>();
    Matcher addresses = ADDRESS.matcher(said.substring(said.indexOf("Name:")));
    while (addresses.find()) {
      found.add(addresses.group(1));
    }
    return found;
  }
}
