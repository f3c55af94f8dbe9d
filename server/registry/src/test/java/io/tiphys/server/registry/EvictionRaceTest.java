package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.registry.ApiServerFixture.Answered;
import io.tiphys.store.Store;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A pod changes between the moment an eviction is judged and its deletion: it is judged again.
 * Upstream's shouldEnforceResourceVersion in pkg/registry/core/pod/storage/eviction.go.
 */
class EvictionRaceTest {
  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final String BUDGETS = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";
  private static final String RUNS =
      json("{'status':{'phase':'Running','conditions':[{'type':'Ready','status':'True'}]}}");

  /** What another writer does just before the next write of the eviction reaches the store. */
  private final AtomicReference<@Nullable Runnable> other = new AtomicReference<>();

  private ApiServerFixture apiServer;

  @BeforeEach
  void open() {
    apiServer = new ApiServerFixture(this::interrupted).furnished();
    apiServer
        .post(
            PODS,
            json(
                "{'metadata':{'name':'a','labels':{'app':'web'}},'spec':{'containers':[{'name':"
                    + "'c','image':'i'}]}}"))
        .expect(201);
    apiServer
        .post(PODS + "/a/binding", json("{'metadata':{'name':'a'},'target':{'name':'n1'}}"))
        .expect(201);
    apiServer
        .post(
            BUDGETS,
            json(
                "{'metadata':{'name':'b'},'spec':{'minAvailable':1,'selector':{'matchLabels':"
                    + "{'app':'web'}}}}"))
        .expect(201);
    apiServer
        .merge(
            BUDGETS + "/b/status",
            json(
                "{'status':{'observedGeneration':1,'disruptionsAllowed':0,'currentHealthy':1,"
                    + "'desiredHealthy':1}}"))
        .expect(200);
  }

  @AfterEach
  void close() {
    apiServer.close();
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private Store interrupted(Store store) {
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (_, method, arguments) -> {
              Runnable writes =
                  arguments != null
                          && arguments[0] instanceof Store.Txn txn
                          && txn.puts().stream().anyMatch(put -> put.key().contains("/pods/"))
                      ? other.getAndSet(null)
                      : null;
              if (writes != null) {
                writes.run();
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void meanwhile(String status) {
    other.set(() -> apiServer.merge(PODS + "/a/status", status).expect(200));
  }

  private Answered evict(String options) {
    return apiServer.post(
        PODS + "/a/eviction",
        json(
            "{'apiVersion':'policy/v1','kind':'Eviction','metadata':{'name':'a'}" + options + "}"));
  }

  private void assertProtected() {
    Answered pod = apiServer.get(PODS + "/a").expect(200);
    assertThat(pod.at("metadata.deletionTimestamp")).isEqualTo("<absent>");
    assertThat(pod.at("status.conditions").contains("DisruptionTarget")).isFalse();
  }

  @Test
  void aPendingPodThatBecomesReadyMeanwhileIsItsBudgetsAffair() {
    meanwhile(RUNS);
    Answered refused = evict("").expect(429);
    assertThat(refused.at("details.causes.0.message"))
        .isEqualTo("The disruption budget b needs 1 healthy pods and has 1 currently");
    assertProtected();
  }

  @Test
  void aPendingPodThatChangesAndStaysPendingIsEvicted() {
    meanwhile(json("{'status':{'message':'still pulling'}}"));
    evict("").expect(201);
    assertThat(apiServer.get(PODS + "/a").at("metadata.deletionTimestamp")).endsWith("Z");
  }

  @Test
  void anUnreadyPodThatBecomesReadyMeanwhileIsToBeAskedForAgain() {
    apiServer.merge(PODS + "/a/status", json("{'status':{'phase':'Running'}}")).expect(200);
    meanwhile(RUNS);
    Answered refused = evict("").expect(429);
    assertThat(refused.at("details.causes.0.message"))
        .isEqualTo("The disruption budget b is still being processed by the server.");
    assertThat(refused.at("details.retryAfterSeconds")).isEqualTo("10");
    assertProtected();
  }

  @Test
  void aPodThatHasEndedIsDeletedHoweverItChanges() {
    apiServer.merge(PODS + "/a/status", json("{'status':{'phase':'Failed'}}")).expect(200);
    meanwhile(json("{'status':{'message':'said later'}}"));
    evict("").expect(201);
    apiServer.get(PODS + "/a").expect(404);
  }

  @Test
  void whoNamesTheVersionHimselfIsNotJudgedTwice() {
    String version = apiServer.get(PODS + "/a").at("metadata.resourceVersion");
    meanwhile(RUNS);
    Answered refused =
        evict(",'deleteOptions':{'preconditions':{'resourceVersion':'" + version + "'}}")
            .expect(409);
    assertThat(refused.status().message())
        .startsWith(
            "Operation cannot be fulfilled on Pod \"a\": the ResourceVersion in the precondition ("
                + version
                + ") does not match the ResourceVersion in record (");
    assertProtected();
  }
}
