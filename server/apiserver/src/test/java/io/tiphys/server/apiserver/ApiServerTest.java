package io.tiphys.server.apiserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.authentication.v1.TokenRequest;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServiceAccount;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ListMeta;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.base.SystemClock;
import io.tiphys.client.ListOptions;
import io.tiphys.codec.Json;
import io.tiphys.server.audit.AuditEvent;
import io.tiphys.server.audit.AuditLog;
import io.tiphys.server.http.HttpMetrics;
import io.tiphys.server.http.Peer;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestInfo;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.User;
import io.tiphys.server.tables.TablePrinter;
import io.tiphys.server.tables.TableShape;
import io.tiphys.store.MemoryStore;
import io.tiphys.store.Store;
import java.io.ByteArrayOutputStream;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole pipeline behind the listener: authentication, authorization, objects. */
class ApiServerTest {
  private static final User ADMIN = new User("admin", "", List.of(User.MASTERS), Map.of());
  private static final User GUEST = new User("guest", "", List.of(), Map.of());

  private final Clock clock = new SystemClock();
  private final Loops loops = new Loops(clock, new Random(9));
  private final Store store = new MemoryStore(clock);
  private KeyPair key;
  private ApiServer apiServer;

  @BeforeEach
  void open() throws Exception {
    key = KeyPairGenerator.getInstance("EC").generateKeyPair();
    apiServer = openApiServer();
  }

  private ApiServer openApiServer() {
    ApiServerConfig config =
        new ApiServerConfig(
            "v1.36.0+tiphys",
            "amd64",
            "192.0.2.1",
            6443,
            "10.96.0.0/16",
            List.of(),
            key,
            Map.of("t-admin", ADMIN, "t-guest", GUEST));
    return ApiServer.open(
        config,
        new ApiServer.Dependencies(
            store,
            clock,
            new Random(1),
            loops,
            new NoTables(),
            node -> {
              throw ApiFailure.notFound(CoreV1.NODES, node);
            },
            new NoAudit(),
            new HttpMetrics(),
            List.of()));
  }

  private static final class NoAudit implements AuditLog {
    @Override
    public boolean record(List<AuditEvent> events) {
      return true;
    }

    @Override
    public void close() {}
  }

  /** Tables are another package's business. */
  private static final class NoTables implements TablePrinter {
    @Override
    public <T extends ApiObject> Json.Obj print(
        TableShape<? super T> shape, List<T> objects, ListMeta metadata, TableOptions options) {
      return Json.Obj.EMPTY;
    }
  }

  @AfterEach
  void close() {
    apiServer.close();
    store.close();
  }

  private record Answered(int code, String text) {}

  private Answered get(String path, String token) throws InterruptedException {
    return send(apiServer, path, token);
  }

  private static Answered send(ApiServer apiServer, String target, String token)
      throws InterruptedException {
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    Map<String, List<String>> query =
        mark < 0 ? Map.of() : Map.of(target.substring(mark + 1), List.of(""));
    Map<String, String> headers =
        token.isEmpty() ? Map.of() : Map.of("authorization", "Bearer " + token);
    Request request =
        new Request(
            "GET",
            path,
            query,
            headers,
            new byte[0],
            RequestInfo.of("GET", path, query),
            User.ANONYMOUS,
            Peer.LOCAL);
    try {
      Response.Full answer = (Response.Full) apiServer.handler().handle(request);
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      answer.body().forEach(whole::writeBytes);
      return new Answered(answer.status(), whole.toString(UTF_8));
    } catch (ApiFailure failure) {
      return new Answered(failure.code(), String.valueOf(failure.getMessage()));
    }
  }

  @Test
  void theClusterBeginsWithWhatEveryClusterHas() throws Exception {
    for (String name : List.of("default", "kube-system", "kube-public", "kube-node-lease")) {
      assertThat(get("/api/v1/namespaces/" + name, "t-admin").code()).isEqualTo(200);
    }
    Service service = apiServer.source(ADMIN, "test").get(CoreV1.SERVICES, "default", "kubernetes");
    assertThat(service.spec().clusterIP()).isEqualTo("10.96.0.1");
    assertThat(get("/api/v1/namespaces/default/endpoints/kubernetes", "t-admin").text())
        .contains("192.0.2.1");
    String role = "/apis/rbac.authorization.k8s.io/v1/clusterroles/cluster-admin";
    assertThat(get(role, "t-admin").code()).isEqualTo(200);
    String priority = "/apis/scheduling.k8s.io/v1/priorityclasses/system-node-critical";
    assertThat(get(priority, "t-admin").text()).contains("2000001000");
  }

  @Test
  void aSecondOpeningFindsEverythingAndChangesNothing() {
    apiServer.close();
    long before = store.readIndex().join();
    apiServer = openApiServer();
    assertThat(store.readIndex().join()).isEqualTo(before);
  }

  @Test
  void strangersAreToldWhatTheyMayNotDo() throws Exception {
    Answered refused = get("/api/v1/namespaces/default/pods", "t-guest");
    assertThat(refused.code()).isEqualTo(403);
    assertThat(refused.text())
        .isEqualTo(
            "pods is forbidden: User \"guest\" cannot list resource \"pods\" in API group \"\" in"
                + " the namespace \"default\"");
    assertThat(get("/api/v1/namespaces/default/pods", "t-nobody").code()).isEqualTo(401);
  }

  @Test
  void aServiceAccountsTokenIsGoodUntilTheAccountGoes() throws Exception {
    var source = apiServer.source(ADMIN, "test");
    source.create(
        CoreV1.SERVICEACCOUNTS,
        ServiceAccount.builder()
            .metadata(ObjectMeta.builder().namespace("default").name("robot").build())
            .build());
    TokenRequest answer =
        source.createSubresource(
            CoreV1.SERVICEACCOUNTS,
            "default",
            "robot",
            "token",
            TokenRequest.EMPTY,
            TokenRequest.TYPE);
    String token = answer.status().token();
    Answered known = get("/api/v1/namespaces/default/pods", token);
    assertThat(known.code()).isEqualTo(403);
    assertThat(known.text()).contains("system:serviceaccount:default:robot");
    source.delete(CoreV1.SERVICEACCOUNTS, "default", "robot", DeleteOptions.EMPTY);
    // Identity looks at the cache as it is; a consistent read brings it up to the deletion.
    source.list(CoreV1.SERVICEACCOUNTS, "default", ListOptions.ALL);
    assertThat(get("/api/v1/namespaces/default/pods", token).code()).isEqualTo(401);
  }

  @Test
  void healthIsTold() throws Exception {
    assertThat(get("/livez", "").text()).isEqualTo("ok");
    assertThat(get("/readyz", "").text()).isEqualTo("ok");
    assertThat(get("/readyz?verbose", "t-admin").text())
        .startsWith("[+]ping ok\n[+]log ok\n[+]etcd ok\n")
        .endsWith("readyz check passed\n");
    assertThat(get("/readyz/etcd", "t-admin").text()).isEqualTo("ok");
    apiServer.beginClosing();
    Answered closing = get("/readyz", "");
    assertThat(closing.code()).isEqualTo(500);
    assertThat(closing.text())
        .contains("[-]shutdown failed: reason withheld\n")
        .endsWith("readyz check failed\n");
    assertThat(get("/livez", "").code()).isEqualTo(200);
  }

  @Test
  void aLoopThatKeepsFailingIsToldAndMakesTheServerUnready() throws Exception {
    CountDownLatch runs = new CountDownLatch(4);
    try (Lifecycle _ =
        loops.start(
            "heartbeat",
            "n1",
            () -> {
              runs.countDown();
              throw new IllegalStateException("no space\nleft");
            })) {
      runs.await();

      String told = "[-]loops failed: heartbeat n1 has failed \\d+ times: no space left\n";
      Answered ready = get("/readyz?verbose", "t-admin");
      assertThat(ready.code()).isEqualTo(500);
      assertThat(ready.text()).containsPattern(told.replace("[-]", "\\[-\\]"));
      assertThat(ready.text()).endsWith("readyz check failed\n");
      assertThat(get("/readyz/loops", "t-admin").code()).isEqualTo(500);
      Answered live = get("/livez?verbose", "t-admin");
      assertThat(live.code()).as("a restart would mend nothing").isEqualTo(200);
      assertThat(live.text()).containsPattern(told.replace("[-]", "\\[-\\]"));
      assertThat(get("/metrics", "t-admin").text())
          .containsPattern("tiphys_loop_failures_total\\{loop=\"heartbeat\"} \\d+\n");
    }
    assertThat(get("/readyz", "").text()).isEqualTo("ok");
  }

  @Test
  void theVersionIsKubernetes() throws Exception {
    assertThat(get("/version", "t-admin").text())
        .contains("\"gitVersion\": \"v1.36.0+tiphys\"")
        .contains("\"minor\": \"36\"");
    assertThat(get("/nothing", "t-admin").code()).isEqualTo(404);
    assertThat(get("/apis", "t-admin").text()).contains("\"apps\"");
  }
}
