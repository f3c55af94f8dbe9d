package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.registry.ApiServerFixture.Answered;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What classes and nodes add to the objects that name them, or refuse them. */
class ClassAdmissionTest {
  private static final String NAMESPACE = "/api/v1/namespaces/default";
  private static final String PODS = NAMESPACE + "/pods";
  private static final String CLAIMS = NAMESPACE + "/persistentvolumeclaims";
  private static final String NETWORKING = "/apis/networking.k8s.io/v1";
  private static final String INGRESSES = NETWORKING + "/namespaces/default/ingresses";

  private final ApiServerFixture server = new ApiServerFixture().furnished();

  @AfterEach
  void close() {
    server.close();
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private void create(String path, String object) {
    server.post(path, json(object)).expect(201);
  }

  private Answered pod(String spec) {
    return server.post(
        PODS,
        json("{'metadata':{'name':'a'},'spec':{'containers':[{'name':'c','image':'i'}]" + spec)
            + "}}");
  }

  private void ingressClass(String name) {
    create(
        NETWORKING + "/ingressclasses",
        "{'metadata':{'name':'%s','annotations':{'ingressclass.kubernetes.io/is-default-class':'true'}},'spec':{'controller':'a.io/b'}}"
            .formatted(name));
  }

  private Answered ingress(String name, String rest) {
    return server
        .post(
            INGRESSES,
            json(
                "{'metadata':{'name':'%s'%s,'defaultBackend':{'service':{'name':'s','port':{'number':80}}}}}"
                    .formatted(name, rest)))
        .expect(201);
  }

  @Test
  void anIngressWithoutAClassGetsTheNewestDefault() {
    assertThat(ingress("none", "},'spec':{'rules':[]").at("spec.ingressClassName"))
        .isEqualTo("<absent>");
    ingressClass("old");
    server.clock.advance(Duration.ofSeconds(1));
    ingressClass("new");

    assertThat(ingress("a", "},'spec':{'rules':[]").at("spec.ingressClassName")).isEqualTo("new");
    assertThat(ingress("b", "},'spec':{'ingressClassName':'old'").at("spec.ingressClassName"))
        .isEqualTo("old");
    String annotated = ",'annotations':{'kubernetes.io/ingress.class':'x'}},'spec':{'rules':[]";
    assertThat(ingress("c", annotated).at("spec.ingressClassName")).isEqualTo("<absent>");
  }

  private void runtimeClass() {
    create(
        "/apis/node.k8s.io/v1/runtimeclasses",
        "{'metadata':{'name':'kvm'},'handler':'kvm','overhead':{'podFixed':{'memory':'64Mi'}},"
            + "'scheduling':{'nodeSelector':{'kvm':'yes'},"
            + "'tolerations':[{'key':'kvm','operator':'Exists'}]}}");
  }

  @Test
  void aRuntimeClassAddsItsOverheadAndItsNodes() {
    runtimeClass();
    Answered pod = pod(",'runtimeClassName':'kvm','nodeSelector':{'disk':'ssd'}").expect(201);

    assertThat(pod.at("spec.overhead.memory")).isEqualTo("64Mi");
    assertThat(pod.at("spec.nodeSelector.kvm")).isEqualTo("yes");
    assertThat(pod.at("spec.nodeSelector.disk")).isEqualTo("ssd");
    assertThat(pod.text()).contains("\"key\":\"kvm\",\"operator\":\"Exists\"");
  }

  @Test
  void whatContradictsARuntimeClassIsRefused() {
    runtimeClass();
    String forbidden = "pods \"a\" is forbidden: ";

    assertThat(pod(",'runtimeClassName':'none'").expect(403).status().message())
        .isEqualTo(forbidden + "pod rejected: RuntimeClass \"none\" not found");
    assertThat(
            pod(",'runtimeClassName':'kvm','overhead':{'memory':'1Mi'}")
                .expect(403)
                .status()
                .message())
        .isEqualTo(
            forbidden
                + "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
    assertThat(
            pod(",'runtimeClassName':'kvm','nodeSelector':{'kvm':'no'}")
                .expect(403)
                .status()
                .message())
        .isEqualTo(
            forbidden
                + "conflict: runtimeClass.scheduling.nodeSelector[kvm] = yes;"
                + " pod.spec.nodeSelector[kvm] = no");
    assertThat(pod(",'overhead':{'memory':'1Mi'}").expect(403).status().message())
        .isEqualTo(
            forbidden
                + "pod rejected: Pod Overhead set without corresponding RuntimeClass defined"
                + " Overhead");
  }

  private void claim(String name, String storageClass) {
    create(
        CLAIMS,
        ("{'metadata':{'name':'%s'},'spec':{'storageClassName':'%s','accessModes':['ReadWriteOnce'],"
             + "'volumeName':'v','resources':{'requests':{'storage':'1Gi'}}}}")
            .formatted(name, storageClass));
  }

  private Answered grow(String name) {
    return server.merge(
        CLAIMS + "/" + name, json("{'spec':{'resources':{'requests':{'storage':'2Gi'}}}}"));
  }

  private void bind(String name) {
    server.merge(CLAIMS + "/" + name + "/status", json("{'status':{'phase':'Bound'}}")).expect(200);
  }

  @Test
  void onlyBoundClaimsOfClassesThatAllowItGrow() {
    for (String allows : new String[] {"true", "false"}) {
      create(
          "/apis/storage.k8s.io/v1/storageclasses",
          "{'metadata':{'name':'%s'},'provisioner':'p.io/p','allowVolumeExpansion':%s}"
              .formatted(allows, allows));
      claim(allows, allows);
    }
    // An unbound one is refused by the rules of claims, which come before.
    grow("true").expect(422);
    bind("true");
    bind("false");

    assertThat(grow("true").expect(200).at("spec.resources.requests.storage")).isEqualTo("2Gi");
    assertThat(grow("false").expect(403).status().message())
        .isEqualTo(
            "persistentvolumeclaims \"false\" is forbidden: only dynamically provisioned pvc can be"
                + " resized and the storageclass that provisions the pvc must support resize");
  }

  @Test
  void aPodGetsTheTopologyOfTheNodeItIsBoundTo() {
    create(
        "/api/v1/nodes",
        "{'metadata':{'name':'n','labels':{'topology.kubernetes.io/zone':'z',"
            + "'topology.kubernetes.io/region':'r','other':'o'}}}");
    pod("").expect(201);
    server
        .post(
            PODS + "/a/binding",
            json("{'metadata':{'name':'a'},'target':{'kind':'Node','name':'n'}}"))
        .expect(201);

    assertThat(server.get(PODS + "/a").expect(200).text())
        .contains(
            "\"topology.kubernetes.io/region\":\"r\"", "\"topology.kubernetes.io/zone\":\"z\"")
        .doesNotContain("\"other\"");
  }
}
