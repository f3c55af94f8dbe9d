package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.registry.ApiServerFixture.Answered;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every change from one type of service to another: what stays, what comes and what goes. */
class ServiceTypesTest {
  private static final String SERVICES = "/api/v1/namespaces/default/services";
  private static final String ABSENT = "<absent>";

  private ApiServerFixture apiServer;

  @BeforeEach
  void open() {
    apiServer = new ApiServerFixture().furnished();
  }

  @AfterEach
  void close() {
    apiServer.close();
  }

  /** The spec that makes a service of a type; also the patch that changes one to it. */
  private static String spec(String type) {
    return switch (type) {
      case "Headless" -> "'type':'ClusterIP','clusterIP':'None','clusterIPs':['None']";
      case "Local" -> "'type':'LoadBalancer','externalTrafficPolicy':'Local'";
      case "ExternalName" -> "'type':'ExternalName','externalName':'a.example.com'";
      default -> "'type':'" + type + "'";
    };
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private Answered create(String name, String type) {
    return apiServer.post(
        SERVICES,
        json(
            "{'metadata':{'name':'"
                + name
                + "'},'spec':{'selector':{'a':'b'},'ports':[{'port':80}],"
                + spec(type)
                + "}}"));
  }

  private static boolean has(Answered service, String field) {
    String value = service.at("spec." + field);
    return !value.equals(ABSENT) && !value.equals("0");
  }

  @ParameterizedTest
  @CsvSource({
    "ClusterIP, NodePort",
    "ClusterIP, LoadBalancer",
    "ClusterIP, Local",
    "ClusterIP, ExternalName",
    "NodePort, ClusterIP",
    "NodePort, LoadBalancer",
    "NodePort, Local",
    "NodePort, ExternalName",
    "LoadBalancer, ClusterIP",
    "LoadBalancer, NodePort",
    "LoadBalancer, Local",
    "LoadBalancer, ExternalName",
    "Local, ClusterIP",
    "Local, ExternalName",
    "Headless, ExternalName",
    "ExternalName, ClusterIP",
    "ExternalName, NodePort",
    "ExternalName, LoadBalancer",
    "ExternalName, Local",
    "ExternalName, Headless"
  })
  void whatTheNewTypeNeedsComesAndWhatItHasNoUseForGoes(String from, String to) {
    Answered old = create("x", from).expect(201);
    Answered now =
        apiServer.merge(SERVICES + "/x", json("{'spec':{" + spec(to) + "}}")).expect(200);

    boolean address = !to.equals("ExternalName");
    boolean outside = to.equals("NodePort") || to.equals("LoadBalancer") || to.equals("Local");
    boolean balanced = to.equals("LoadBalancer") || to.equals("Local");
    assertThat(has(now, "clusterIP")).isEqualTo(address);
    assertThat(has(now, "clusterIPs")).isEqualTo(address);
    assertThat(has(now, "ipFamilies")).isEqualTo(address);
    assertThat(has(now, "ipFamilyPolicy")).isEqualTo(address);
    assertThat(has(now, "internalTrafficPolicy")).isEqualTo(address);
    assertThat(has(now, "ports.0.nodePort")).isEqualTo(outside);
    assertThat(has(now, "externalTrafficPolicy")).isEqualTo(outside);
    assertThat(has(now, "allocateLoadBalancerNodePorts")).isEqualTo(balanced);
    assertThat(has(now, "healthCheckNodePort")).isEqualTo(to.equals("Local"));
    if (address && has(old, "clusterIP")) {
      assertThat(now.at("spec.clusterIP")).isEqualTo(old.at("spec.clusterIP"));
    }
    if (outside && has(old, "ports.0.nodePort")) {
      assertThat(now.at("spec.ports.0.nodePort")).isEqualTo(old.at("spec.ports.0.nodePort"));
    }
  }

  @ParameterizedTest
  @CsvSource({"Local, NodePort", "Local, LoadBalancer"})
  void aPolicyThatWasChosenStaysWhereItMayStay(String from, String to) {
    create("x", from).expect(201);
    Answered now =
        apiServer.merge(SERVICES + "/x", json("{'spec':{" + spec(to) + "}}")).expect(200);
    assertThat(now.at("spec.externalTrafficPolicy")).isEqualTo("Local");
    assertThat(has(now, "healthCheckNodePort")).isEqualTo(to.equals("LoadBalancer"));
  }

  @ParameterizedTest
  @CsvSource({
    "Headless, NodePort,"
        + " spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort"
        + " services",
    "Headless, LoadBalancer,"
        + " spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for LoadBalancer"
        + " services"
  })
  void headlessServicesAreNotServedOutside(String from, String to, String message) {
    create("x", from).expect(201);
    assertThat(
            apiServer
                .merge(SERVICES + "/x", json("{'spec':{" + spec(to) + "}}"))
                .expect(422)
                .status()
                .message())
        .isEqualTo("Service \"x\" is invalid: " + message);
  }

  @Test
  void anAddressIsNotExchanged() {
    Answered old = create("x", "ClusterIP").expect(201);
    String address = old.at("spec.clusterIP");
    assertThat(
            apiServer
                .merge(SERVICES + "/x", json("{'spec':{'clusterIP':'10.96.0.77'}}"))
                .expect(422)
                .status()
                .message())
        .isEqualTo(
            "Service \"x\" is invalid: spec.clusterIPs[0]: Invalid value: [\"10.96.0.77\"]: may"
                + " not change once set");
    assertThat(
            apiServer
                .merge(SERVICES + "/x", json("{'spec':{'clusterIP':'None'}}"))
                .expect(422)
                .code())
        .isEqualTo(422);
    assertThat(apiServer.get(SERVICES + "/x").at("spec.clusterIP")).isEqualTo(address);
  }

  @Test
  void whatTheWriterTouchedIsRefusedAndNotDropped() {
    Answered old = create("x", "NodePort").expect(201);
    assertThat(has(old, "ports.0.nodePort")).isTrue();
    String patch = "{'spec':{'type':'ClusterIP','ports':[{'port':80,'nodePort':31999}]}}";
    assertThat(apiServer.merge(SERVICES + "/x", json(patch)).expect(422).status().message())
        .isEqualTo(
            "Service \"x\" is invalid: spec.ports[0].nodePort: Forbidden: may not be used when"
                + " `type` is 'ClusterIP'");
  }

  @Test
  void whatWasDroppedCanBeGivenAgain() {
    Answered old = create("x", "Local").expect(201);
    apiServer.merge(SERVICES + "/x", json("{'spec':{" + spec("ExternalName") + "}}")).expect(200);
    apiServer
        .post(
            SERVICES,
            json(
                "{'metadata':{'name':'y'},'spec':{'type':'LoadBalancer',"
                    + "'externalTrafficPolicy':'Local','clusterIP':'"
                    + old.at("spec.clusterIP")
                    + "','healthCheckNodePort':"
                    + old.at("spec.healthCheckNodePort")
                    + ",'ports':[{'port':80,'nodePort':"
                    + old.at("spec.ports.0.nodePort")
                    + "}]}}"))
        .expect(201);
  }

  @Test
  void aRefusedServiceKeepsNothing() {
    String bad =
        "{'metadata':{'name':'y'},'spec':{'clusterIP':'10.96.0.9','sessionAffinity':'X',"
            + "'ports':[{'port':80}]}}";
    apiServer.post(SERVICES, json(bad)).expect(422);
    apiServer.post(SERVICES, json(bad.replace("'X'", "'None'"))).expect(201);
  }

  @Test
  void nodePortsGoWithTheNamesOfThePorts() {
    String two =
        "{'metadata':{'name':'x'},'spec':{'type':'NodePort','ports':["
            + "{'name':'a','port':80},{'name':'b','port':81}]}}";
    Answered old = apiServer.post(SERVICES, json(two)).expect(201);
    Answered now = apiServer.put(SERVICES + "/x", json(two.replace("80", "8080"))).expect(200);
    assertThat(now.at("spec.ports.0.nodePort")).isEqualTo(old.at("spec.ports.0.nodePort"));
    assertThat(now.at("spec.ports.1.nodePort")).isEqualTo(old.at("spec.ports.1.nodePort"));
  }

  @Test
  void twoProtocolsOfOneNewPortShareItsNodePort() {
    String both =
        "{'metadata':{'name':'x'},'spec':{'type':'NodePort','ports':["
            + "{'name':'t','port':53,'protocol':'TCP'},{'name':'u','port':53,'protocol':'UDP'}]}}";
    Answered made = apiServer.post(SERVICES, json(both)).expect(201);
    assertThat(made.at("spec.ports.0.nodePort")).isEqualTo(made.at("spec.ports.1.nodePort"));
  }

  @Test
  void aBalancerMayDoWithoutNodePorts() {
    String without =
        "{'metadata':{'name':'x'},'spec':{'type':'LoadBalancer',"
            + "'allocateLoadBalancerNodePorts':false,'ports':[{'port':80}]}}";
    assertThat(has(apiServer.post(SERVICES, json(without)).expect(201), "ports.0.nodePort"))
        .isFalse();
  }

  @Test
  void aHeadlessServiceWithoutSelectorMayHaveEndpointsOfBothFamilies() {
    String service = "{'metadata':{'name':'x'},'spec':{'clusterIP':'None','ports':[{'port':80}]}}";
    Answered made = apiServer.post(SERVICES, json(service)).expect(201);
    assertThat(made.at("spec.ipFamilyPolicy")).isEqualTo("RequireDualStack");
    assertThat(made.at("spec.ipFamilies.1")).isEqualTo("IPv6");
  }

  @Test
  void aSecondFamilyIsNotToBeHad() {
    String service =
        "{'metadata':{'name':'x'},'spec':{'ipFamilyPolicy':'RequireDualStack',"
            + "'ports':[{'port':80}]}}";
    assertThat(apiServer.post(SERVICES, json(service)).expect(422).status().message())
        .isEqualTo(
            "Service \"x\" is invalid: spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\":"
                + " this cluster is not configured for dual-stack services");
    apiServer
        .post(SERVICES, json(service.replace("RequireDualStack", "PreferDualStack")))
        .expect(201);
  }
}
