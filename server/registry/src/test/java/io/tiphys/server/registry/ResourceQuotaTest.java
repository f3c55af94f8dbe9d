package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ObjectCodec;
import io.tiphys.api.core.v1.ResourceQuota;
import io.tiphys.server.registry.ApiServerFixture.Answered;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Namespaces hold no more than their quotas allow. */
class ResourceQuotaTest {
  private static final String NAMESPACE = "/api/v1/namespaces/default";
  private static final String QUOTAS = NAMESPACE + "/resourcequotas";
  private static final String PODS = NAMESPACE + "/pods";
  private static final int CREATORS = 64;
  private static final int ALLOWED = 20;

  private final ApiServerFixture server = new ApiServerFixture().furnished();

  @AfterEach
  void close() {
    server.close();
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  /** A quota of which the controller has counted nothing yet but zeros. */
  private void quota(String hard, String used, String more) {
    server
        .post(QUOTAS, json("{'metadata':{'name':'q'},'spec':{'hard':{" + hard + "}" + more + "}}"))
        .expect(201);
    server
        .merge(
            QUOTAS + "/q/status", json("{'status':{'hard':{" + hard + "},'used':{" + used + "}}}"))
        .expect(200);
  }

  private static String pod(String name, String spec) {
    return json(
        "{'metadata':{'name':'%s'},'spec':{'containers':[{'name':'c','image':'i'%s"
            .formatted(name, spec));
  }

  private String used(String name) {
    ResourceQuota quota =
        ObjectCodec.fromJson(ResourceQuota.TYPE, server.get(QUOTAS + "/q").expect(200).body());
    return String.valueOf(quota.status().used().get(name));
  }

  @Test
  void creatorsAtOnceAreNeverAdmittedBeyondIt() throws Exception {
    quota("'pods':'" + ALLOWED + "'", "'pods':'0'", "");
    List<Callable<Answered>> creators = new ArrayList<>();
    for (int i = 0; i < CREATORS; i++) {
      String name = "p" + i;
      creators.add(() -> server.post(PODS, pod(name, "}]}}")));
    }
    List<Answered> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Answered> each : threads.invokeAll(creators)) {
        answers.add(each.get());
      }
    }
    assertThat(answers.stream().filter(each -> each.code() == 201)).hasSize(ALLOWED);
    assertThat(answers.stream().filter(each -> each.code() == 403))
        .hasSize(CREATORS - ALLOWED)
        .allSatisfy(
            each ->
                assertThat(each.status().message())
                    .endsWith(
                        "is forbidden: exceeded quota: q, requested: pods=1, used: pods=20,"
                            + " limited: pods=20"));
    assertThat(used("pods")).isEqualTo("20");
  }

  @Test
  void whatAPodAsksForIsCharged() {
    quota(
        "'requests.cpu':'1','limits.memory':'1Gi','count/pods':'5'",
        "'requests.cpu':'0','limits.memory':'0','count/pods':'0'",
        "");
    assertThat(server.post(PODS, pod("a", "}]}}")).expect(403).status().message())
        .isEqualTo(
            "pods \"a\" is forbidden: failed quota: q: must specify limits.memory for: c;"
                + " requests.cpu for: c");
    String resources =
        ",'resources':{'requests':{'cpu':'600m'},'limits':{'cpu':'2','memory':'600Mi'}}}]}}";
    server.post(PODS, pod("a", resources)).expect(201);
    assertThat(used("requests.cpu")).isEqualTo("600m");
    assertThat(used("limits.memory")).isEqualTo("600Mi");
    assertThat(used("count/pods")).isEqualTo("1");
    assertThat(server.post(PODS, pod("b", resources)).expect(403).status().message())
        .isEqualTo(
            "pods \"b\" is forbidden: exceeded quota: q, requested:"
                + " limits.memory=600Mi,requests.cpu=600m, used:"
                + " limits.memory=600Mi,requests.cpu=600m, limited:"
                + " limits.memory=1Gi,requests.cpu=1");
  }

  @Test
  void aTryIsJudgedAndNotCharged() {
    quota("'pods':'1'", "'pods':'0'", "");
    server.post(PODS + "?dryRun=All", pod("a", "}]}}")).expect(201);
    assertThat(used("pods")).isEqualTo("0");
    server.post(PODS, pod("a", "}]}}")).expect(201);
    server.post(PODS + "?dryRun=All", pod("b", "}]}}")).expect(403);
  }

  @Test
  void whatIsNotCountedYetAdmitsNothing() {
    server.post(QUOTAS, json("{'metadata':{'name':'q'},'spec':{'hard':{'pods':'1'}}}")).expect(201);
    server.merge(QUOTAS + "/q/status", json("{'status':{'hard':{'pods':'1'}}}")).expect(200);
    assertThat(server.post(PODS, pod("a", "}]}}")).expect(403).status().message())
        .isEqualTo("pods \"a\" is forbidden: status unknown for quota: q, resources: pods");
  }

  @Test
  void objectsOfAnyKindAreCounted() {
    quota(
        "'count/deployments.apps':'1','configmaps':'1'",
        "'count/deployments.apps':'0','configmaps':'0'",
        "");
    String deployment =
        json(
            """
            {'metadata':{'name':'d'},'spec':{'selector':{'matchLabels':{'l':'v'}},
             'template':{'metadata':{'labels':{'l':'v'}},
                         'spec':{'containers':[{'name':'c','image':'i'}]}}}}
            """);
    String deployments = "/apis/apps/v1/namespaces/default/deployments";
    server.post(deployments, deployment).expect(201);
    assertThat(
            server
                .post(deployments, deployment.replace("\"d\"", "\"e\""))
                .expect(403)
                .status()
                .message())
        .isEqualTo(
            "deployments.apps \"e\" is forbidden: exceeded quota: q, requested:"
                + " count/deployments.apps=1, used: count/deployments.apps=1, limited:"
                + " count/deployments.apps=1");
    String maps = NAMESPACE + "/configmaps";
    server.post(maps, json("{'metadata':{'name':'a'}}")).expect(201);
    server.post(maps, json("{'metadata':{'name':'b'}}")).expect(403);
  }

  @Test
  void scopesChooseThePodsThatCount() {
    quota("'pods':'0'", "'pods':'0'", ",'scopes':['Terminating']");
    server.post(PODS, pod("a", "}]}}")).expect(201);
    server.post(PODS, pod("b", "}],'activeDeadlineSeconds':5}}")).expect(403);
  }

  @Test
  void aScopeSelectorChoosesByPriority() {
    server
        .post(
            "/apis/scheduling.k8s.io/v1/priorityclasses",
            json("{'metadata':{'name':'high'},'value':5}"))
        .expect(201);
    quota(
        "'pods':'0'",
        "'pods':'0'",
        ",'scopeSelector':{'matchExpressions':[{'scopeName':'PriorityClass','operator':'In',"
            + "'values':['high']}]}");
    server.post(PODS, pod("a", "}]}}")).expect(201);
    server.post(PODS, pod("b", "}],'priorityClassName':'high'}}")).expect(403);
  }

  @Test
  void aServiceIsChargedForWhatItBecomes() {
    quota("'services.nodeports':'1'", "'services.nodeports':'0'", "");
    String services = NAMESPACE + "/services";
    server
        .post(services, json("{'metadata':{'name':'a'},'spec':{'ports':[{'port':80}]}}"))
        .expect(201);
    server.merge(services + "/a", json("{'spec':{'type':'NodePort'}}")).expect(200);
    assertThat(used("services.nodeports")).isEqualTo("1");
    server
        .post(
            services,
            json("{'metadata':{'name':'b'},'spec':{'type':'NodePort','ports':[{'port':80}]}}"))
        .expect(403);
  }

  @Test
  void claimsAreChargedAllTogetherAndByTheirClass() {
    quota(
        "'requests.storage':'3Gi','gold.storageclass.storage.k8s.io/requests.storage':'1Gi'",
        "'requests.storage':'0','gold.storageclass.storage.k8s.io/requests.storage':'0'",
        "");
    String claim =
        json(
            "{'metadata':{'name':'NAME'},'spec':{'accessModes':['ReadWriteOnce'],"
                + "'storageClassName':'CLASS','resources':{'requests':{'storage':'2Gi'}}}}");
    String claims = NAMESPACE + "/persistentvolumeclaims";
    server.post(claims, claim.replace("NAME", "a").replace("CLASS", "tin")).expect(201);
    assertThat(
            server
                .post(claims, claim.replace("NAME", "b").replace("CLASS", "gold"))
                .expect(403)
                .status()
                .message())
        .contains(
            "requested:"
                + " gold.storageclass.storage.k8s.io/requests.storage=2Gi,requests.storage=2Gi");
  }
}
