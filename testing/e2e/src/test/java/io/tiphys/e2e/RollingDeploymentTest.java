package io.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Deployment of three behind a Service: reached, rolled out, rolled back. */
class RollingDeploymentTest {
  private static final String MANIFEST =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: web
      spec:
        replicas: 3
        selector:
          matchLabels: {app: web}
        strategy:
          rollingUpdate: {maxUnavailable: 0, maxSurge: 1}
        template:
          metadata:
            labels: {app: web}
          spec:
            containers:
            - name: web
              image: web:v1
              env:
              - name: VERSION
                value: one
              ports:
              - containerPort: 8080
              readinessProbe:
                httpGet: {path: /, port: 8080}
                periodSeconds: 1
              lifecycle:
                preStop:
                  exec:
                    command: ["sleep", "3"]
      ---
      apiVersion: v1
      kind: Service
      metadata:
        name: web
      spec:
        type: NodePort
        selector: {app: web}
        ports:
        - port: 80
          targetPort: 8080
      ---
      apiVersion: v1
      kind: Pod
      metadata:
        name: client
      spec:
        containers:
        - name: client
          image: web:v1
      """;

  private static TestCluster cluster;
  private static Kubectl kubectl;

  @BeforeAll
  static void start(@TempDir Path folder) {
    cluster = TestCluster.start("web");
    kubectl = cluster.kubectl();
    cluster.tiphys("image", "load", StandInImages.web(folder).toString()).ok();
    cluster.apply(MANIFEST);
    kubectl.ok("rollout", "status", "deployment/web", "--timeout=240s");
    kubectl.ok("wait", "--for=condition=ready", "pod/client", "--timeout=240s");
  }

  @AfterAll
  static void delete() {
    cluster.close();
  }

  @Test
  void isReachableRollsOutWithoutAFailedRequestAndBack() throws Exception {
    String address = kubectl.value("service/web", ".spec.clusterIP");
    Await.until("the service answers on the host", () -> get(address).equals("one"));
    assertThat(fromPod("http://web/")).isEqualTo("one");
    assertThat(fromPod("http://web.default.svc.cluster.local/")).isEqualTo("one");
    assertThat(fromPod("http://" + address + "/")).isEqualTo("one");
    String node = kubectl.value("node", ".items[0].status.addresses[0].address");
    String nodePort = kubectl.value("service/web", ".spec.ports[0].nodePort");
    assertThat(get(node + ":" + nodePort)).isEqualTo("one");

    try (Load load = new Load(address)) {
      kubectl.ok("set", "env", "deployment/web", "VERSION=two");
      assertThat(kubectl.ok("rollout", "status", "deployment/web", "--timeout=240s"))
          .contains("deployment \"web\" successfully rolled out");
      Await.until("everyone answers two", () -> get(address).equals("two"));
      load.answeredWithoutFailure("one", "two");
    }
    assertThat(kubectl.ok("rollout", "history", "deployment/web"))
        .containsPattern("(?m)^1 ")
        .containsPattern("(?m)^2 ");

    kubectl.ok("rollout", "undo", "deployment/web");
    kubectl.ok("rollout", "status", "deployment/web", "--timeout=240s");
    Await.until("everyone answers one again", () -> get(address).equals("one"));
    assertThat(kubectl.ok("rollout", "history", "deployment/web"))
        .containsPattern("(?m)^2 ")
        .containsPattern("(?m)^3 ")
        .doesNotContainPattern("(?m)^1 ");
  }

  private static String fromPod(String url) {
    return kubectl.ok("exec", "client", "--", "wget", "-q", "-O", "-", url).strip();
  }

  private static String get(String address) {
    try (HttpClient http = client()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://" + address + "/"))
              .timeout(Duration.ofSeconds(20))
              .build();
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body().strip();
    } catch (IOException e) {
      return "failed: " + e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(20))
        .build();
  }

  /** A client that asks again and again, on a new connection each time. */
  private static final class Load implements AutoCloseable {
    private final Set<String> answers = new ConcurrentSkipListSet<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final Thread thread;
    private volatile boolean stopped;

    Load(String address) {
      thread =
          Thread.startVirtualThread(
              () -> {
                while (!stopped) {
                  answers.add(get(address));
                  requests.incrementAndGet();
                }
              });
    }

    void answeredWithoutFailure(String... expected) {
      assertThat(requests.get()).isPositive();
      assertThat(answers).containsExactlyInAnyOrder(expected);
    }

    @Override
    public void close() {
      stopped = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
