package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.registry.ApiServerFixture.Answered;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Binding, eviction, and what admission adds to pods. */
class PodActionsTest {
  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final String BUDGETS = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";

  private ApiServerFixture apiServer;

  @BeforeEach
  void open() {
    apiServer = new ApiServerFixture().furnished();
  }

  @AfterEach
  void close() {
    apiServer.close();
  }

  private static String pod(String name) {
    return "{\"metadata\":{\"name\":\""
        + name
        + "\",\"labels\":{\"app\":\"web\"}},\"spec\":{\"containers\":[{\"name\":\"c\","
        + "\"image\":\"i\"}]}}";
  }

  private static String binding(String name, String node) {
    return "{\"metadata\":{\"name\":\""
        + name
        + "\"},\"target\":{\"kind\":\"Node\",\"name\":\""
        + node
        + "\"}}";
  }

  @Test
  void admissionCompletesAPod() {
    Answered created = apiServer.post(PODS, pod("a")).expect(201);
    assertThat(created.at("spec.serviceAccountName")).isEqualTo("default");
    assertThat(created.at("spec.volumes.0.name"))
        .matches("kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}");
    assertThat(created.at("spec.containers.0.volumeMounts.0.mountPath"))
        .isEqualTo("/var/run/secrets/kubernetes.io/serviceaccount");
    assertThat(
            created.at("spec.volumes.0.projected.sources.0.serviceAccountToken.expirationSeconds"))
        .isEqualTo("3607");
    assertThat(created.at("spec.priority")).isEqualTo("0");
    assertThat(created.at("spec.preemptionPolicy")).isEqualTo("PreemptLowerPriority");
    assertThat(created.at("spec.tolerations.0.key")).isEqualTo("node.kubernetes.io/not-ready");
    assertThat(created.at("spec.tolerations.1.tolerationSeconds")).isEqualTo("300");
  }

  @Test
  void admissionRefusesWhatIsNotThere() {
    String account = pod("a").replace("\"spec\":{", "\"spec\":{\"serviceAccountName\":\"x\",");
    assertThat(apiServer.post(PODS, account).expect(403).status().message())
        .isEqualTo(
            "pods \"a\" is forbidden: error looking up service account default/x: serviceaccount"
                + " \"x\" not found");
    String priority = pod("a").replace("\"spec\":{", "\"spec\":{\"priorityClassName\":\"x\",");
    assertThat(apiServer.post(PODS, priority).expect(403).status().message())
        .isEqualTo("pods \"a\" is forbidden: no PriorityClass with name x was found");
  }

  @Test
  void claimsAndNodesAreMarkedWhenTheyCome() {
    Answered node = apiServer.post("/api/v1/nodes", "{\"metadata\":{\"name\":\"n\"}}").expect(201);
    assertThat(node.at("spec.taints.0.key")).isEqualTo("node.kubernetes.io/not-ready");
    apiServer
        .post(
            "/apis/storage.k8s.io/v1/storageclasses",
            "{\"metadata\":{\"name\":\"standard\",\"annotations\":"
                + "{\"storageclass.kubernetes.io/is-default-class\":\"true\"}},"
                + "\"provisioner\":\"x.io/y\"}")
        .expect(201);
    Answered claim =
        apiServer
            .post(
                "/api/v1/namespaces/default/persistentvolumeclaims",
                "{\"metadata\":{\"name\":\"c\"},\"spec\":{\"accessModes\":[\"ReadWriteOnce\"],"
                    + "\"resources\":{\"requests\":{\"storage\":\"1Gi\"}}}}")
            .expect(201);
    assertThat(claim.at("spec.storageClassName")).isEqualTo("standard");
    assertThat(claim.at("metadata.finalizers.0")).isEqualTo("kubernetes.io/pvc-protection");
  }

  @Test
  void aPodIsBoundOnce() {
    apiServer.post(PODS, pod("a")).expect(201);
    Answered bound = apiServer.post(PODS + "/a/binding", binding("a", "n1")).expect(201);
    assertThat(bound.at("status")).isEqualTo("Success");
    Answered pod = apiServer.get(PODS + "/a").expect(200);
    assertThat(pod.at("spec.nodeName")).isEqualTo("n1");
    assertThat(pod.at("status.conditions.0.type")).isEqualTo("PodScheduled");
    assertThat(
            apiServer.post(PODS + "/a/binding", binding("a", "n2")).expect(409).status().message())
        .isEqualTo(
            "Operation cannot be fulfilled on pods/binding \"a\": pod a is already assigned to node"
                + " \"n1\"");
    apiServer.post(PODS + "/gone/binding", binding("gone", "n1")).expect(404);
  }

  private void running(String name) {
    apiServer.post(PODS, pod(name)).expect(201);
    apiServer.post(PODS + "/" + name + "/binding", binding(name, "n1")).expect(201);
    apiServer
        .patch(
            PODS + "/" + name + "/status",
            "application/merge-patch+json",
            "{\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\","
                + "\"status\":\"True\"}]}}")
        .expect(200);
  }

  private void budget(int allowed) {
    apiServer
        .post(
            BUDGETS,
            "{\"metadata\":{\"name\":\"b\"},\"spec\":{\"minAvailable\":1,\"selector\":"
                + "{\"matchLabels\":{\"app\":\"web\"}}}}")
        .expect(201);
    apiServer
        .merge(
            BUDGETS + "/b/status",
            "{\"status\":{\"observedGeneration\":1,\"disruptionsAllowed\":"
                + allowed
                + ",\"currentHealthy\":2,\"desiredHealthy\":"
                + (2 - allowed)
                + "}}")
        .expect(200);
  }

  private static String eviction(String name) {
    return "{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\""
        + name
        + "\"}}";
  }

  @Test
  void aBudgetRefusesAnEviction() {
    running("a");
    budget(0);
    Answered refused = apiServer.post(PODS + "/a/eviction", eviction("a")).expect(429);
    assertThat(refused.status().message())
        .isEqualTo("Cannot evict pod as it would violate the pod's disruption budget.");
    assertThat(refused.status().reason()).isEqualTo("TooManyRequests");
    assertThat(refused.at("details.causes.0.message"))
        .isEqualTo("The disruption budget b needs 2 healthy pods and has 2 currently");
    apiServer.get(PODS + "/a").expect(200);
  }

  @Test
  void aBudgetIsSpent() {
    running("a");
    running("b");
    budget(1);
    apiServer.post(PODS + "/a/eviction", eviction("a")).expect(201);
    Answered budget = apiServer.get(BUDGETS + "/b").expect(200);
    assertThat(budget.at("status.disruptionsAllowed")).isEqualTo("0");
    assertThat(budget.at("status.disruptedPods.a")).endsWith("Z");
    apiServer.post(PODS + "/b/eviction", eviction("b")).expect(429);
  }

  @Test
  void aTerminatingNamespaceTakesNothingNew() {
    apiServer
        .post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"old\",\"finalizers\":[\"x.io/y\"]}}")
        .expect(201);
    assertThat(apiServer.delete("/api/v1/namespaces/old").expect(200).at("status.phase"))
        .isEqualTo("Terminating");
    Answered refused =
        apiServer.send(
            "POST",
            "/api/v1/namespaces/old/configmaps",
            "{\"metadata\":{\"name\":\"a\"}}",
            Map.of());
    assertThat(refused.expect(403).status().message())
        .isEqualTo(
            "configmaps \"a\" is forbidden: unable to create new content in namespace old because"
                + " it is being terminated");
    assertThat(refused.at("details.causes.0.reason")).isEqualTo("NamespaceTerminating");
  }
}
