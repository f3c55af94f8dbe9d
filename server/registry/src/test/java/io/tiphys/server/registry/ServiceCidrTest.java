package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.registry.ApiServerFixture.Answered;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** ServiceCIDRs and IPAddresses as clients see them, and what services get out of them. */
class ServiceCidrTest {
  private static final String NETWORKING = "/apis/networking.k8s.io/v1/";
  private static final String CIDRS = NETWORKING + "servicecidrs";
  private static final String ADDRESSES = NETWORKING + "ipaddresses";
  private static final String SERVICES = "/api/v1/namespaces/default/services";

  private ApiServerFixture apiServer;

  @BeforeEach
  void open() {
    apiServer = new ApiServerFixture().furnished();
  }

  @AfterEach
  void close() {
    apiServer.close();
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private Answered cidr(String name, String cidrs) {
    return apiServer.post(
        CIDRS, json("{'metadata':{'name':'" + name + "'},'spec':{'cidrs':[" + cidrs + "]}}"));
  }

  private Answered service(String name, String spec) {
    return apiServer.post(
        SERVICES,
        json("{'metadata':{'name':'%s'},'spec':{'ports':[{'port':80}]%s}}".formatted(name, spec)));
  }

  @Test
  void anAddressIsAnObjectAsLongAsItsServiceHasIt() {
    String address = service("web", "").expect(201).at("spec.clusterIP");
    Answered object = apiServer.get(ADDRESSES + "/" + address).expect(200);
    assertThat(object.at("spec.parentRef.group")).isEqualTo("<absent>");
    assertThat(object.at("spec.parentRef.resource")).isEqualTo("services");
    assertThat(object.at("spec.parentRef.namespace")).isEqualTo("default");
    assertThat(object.at("spec.parentRef.name")).isEqualTo("web");
    assertThat(object.text())
        .contains("\"ipaddress.kubernetes.io/managed-by\":\"ipallocator.k8s.io\"")
        .contains("\"ipaddress.kubernetes.io/ip-family\":\"IPv4\"")
        .contains("\"manager\":\"kube-apiserver\"");
    assertThat(object.at("metadata.uid")).hasSize(36);

    String external =
        json(
            "{'spec':{'type':'ExternalName','externalName':'a.b','ports':null,"
                + "'clusterIP':null,'clusterIPs':null}}");
    apiServer.merge(SERVICES + "/web", external).expect(200);
    apiServer.get(ADDRESSES + "/" + address).expect(404);
    String cluster =
        json(
            "{'spec':{'type':'ClusterIP','externalName':null,"
                + "'ports':[{'port':80}],'clusterIP':'"
                + address
                + "'}}");
    apiServer.merge(SERVICES + "/web", cluster).expect(200);
    apiServer.get(ADDRESSES + "/" + address).expect(200);
    apiServer.delete(SERVICES + "/web").expect(200);
    apiServer.get(ADDRESSES + "/" + address).expect(404);
  }

  @Test
  void whatSomebodyElseHasIsNotGiven() {
    String address =
        "{'metadata':{'name':'10.96.0.77'},'spec':{'parentRef':{'group':'gateway.networking.k8s.io',"
            + "'resource':'gateways','namespace':'x','name':'y'}}}";
    apiServer.post(ADDRESSES, json(address)).expect(201);
    assertThat(service("a", ",'clusterIP':'10.96.0.77'").expect(422).status().message())
        .endsWith("failed to allocate IP 10.96.0.77: provided IP is already allocated");
    apiServer.delete(ADDRESSES + "/10.96.0.77").expect(200);
    service("a", ",'clusterIP':'10.96.0.77'").expect(201);
  }

  @Test
  void furtherNetworksGiveFurtherAddresses() {
    assertThat(service("a", ",'clusterIP':'10.7.0.1'").expect(422).status().message())
        .endsWith("the provided network does not match the current range");
    cidr("more", "'10.7.0.0/30'").expect(201);
    service("a", ",'clusterIP':'10.7.0.1'").expect(201);
    // The network's own address and the broadcast address are nobody's.
    service("b", ",'clusterIP':'10.7.0.0'").expect(422);
    service("b", ",'clusterIP':'10.7.0.3'").expect(422);

    ready("more", "False");
    service("b", ",'clusterIP':'10.7.0.2'").expect(422);
    ready("kubernetes", "False");
    Answered none = service("b", "").expect(500);
    assertThat(none.status().message())
        .isEqualTo(
            "Internal error occurred: failed to allocate a serviceIP for Service \"b\": range is"
                + " full");
    ready("more", "True");
    assertThat(service("b", "").expect(201).at("spec.clusterIP")).isEqualTo("10.7.0.2");
    service("c", "").expect(500);
    apiServer.delete(SERVICES + "/a").expect(200);
    assertThat(service("c", "").expect(201).at("spec.clusterIP")).isEqualTo("10.7.0.1");
  }

  private void ready(String name, String status) {
    Answered written =
        apiServer
            .merge(
                CIDRS + "/" + name + "/status",
                json(
                    ("{'metadata':{'labels':{'x':'y'}},'spec':{'cidrs':['10.9.0.0/16']},"
                         + "'status':{'conditions':[{'type':'Ready','status':'%s','reason':'','message':'',"
                         + "'lastTransitionTime':'2026-01-01T00:00:00Z'}]}}")
                        .formatted(status)))
            .expect(200);
    assertThat(written.at("status.conditions.0.status")).isEqualTo(status);
    assertThat(written.at("metadata.labels.x")).isEqualTo("<absent>");
    assertThat(written.at("spec.cidrs.0")).isNotEqualTo("10.9.0.0/16");
  }

  @Test
  void networksAreJudgedInUpstreamsWords() {
    String invalid = "ServiceCIDR.networking.k8s.io \"x\" is invalid: spec.cidrs";
    assertThat(cidr("x", "").expect(422).status().message())
        .isEqualTo(invalid + ": Required value: at least one CIDR required");
    assertThat(cidr("x", "'10.1.0.0/16','10.2.0.0/16','::/64'").expect(422).status().message())
        .isEqualTo(
            invalid
                + ": Invalid value: {\"CIDRs\":[\"10.1.0.0/16\",\"10.2.0.0/16\",\"::/64\"]}: may"
                + " only hold up to 2 values");
    assertThat(cidr("x", "'10.1.0.0/16','10.2.0.0/16'").expect(422).status().message())
        .isEqualTo(
            invalid
                + ": Invalid value: [\"10.1.0.0/16\",\"10.2.0.0/16\"]: may specify no more than one"
                + " IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64");
    assertThat(cidr("x", "'10.1.2.3/16'").expect(422).status().message())
        .isEqualTo(
            invalid
                + "[0]: Invalid value: \"10.1.2.3/16\": must not have bits set beyond the prefix"
                + " length");
    assertThat(cidr("x", "'2001:DB8:0::/64'").expect(422).status().message())
        .isEqualTo(
            invalid
                + "[0]: Invalid value: \"2001:DB8:0::/64\": must be in canonical form"
                + " (\"2001:db8::/64\")");
    cidr("x", "'10.1.0.0/16'").expect(201);
    String other = json("{'spec':{'cidrs':['10.2.0.0/16']}}");
    assertThat(apiServer.merge(CIDRS + "/x", other).expect(422).status().message())
        .isEqualTo(invalid + "[0]: Invalid value: \"10.2.0.0/16\": field is immutable");
    apiServer
        .merge(CIDRS + "/x", json("{'spec':{'cidrs':['10.1.0.0/16','2001:db8::/64']}}"))
        .expect(200);
  }

  @Test
  void addressesAreJudgedInUpstreamsWords() {
    String object = "{'metadata':{'name':'%s'},'spec':{%s}}";
    String parent = "'parentRef':{'resource':'services','name':'a','namespace':'b'}";
    assertThat(
            apiServer
                .post(ADDRESSES, json(object.formatted("2001:DB8::1", parent)))
                .expect(422)
                .status()
                .message())
        .isEqualTo(
            "IPAddress.networking.k8s.io \"2001:DB8::1\" is invalid: metadata.name: Invalid value:"
                + " \"2001:DB8::1\": must be in canonical form (\"2001:db8::1\")");
    assertThat(
            apiServer
                .post(ADDRESSES, json(object.formatted("10.1.1.1", "")))
                .expect(422)
                .status()
                .message())
        .isEqualTo(
            "IPAddress.networking.k8s.io \"10.1.1.1\" is invalid: spec.parentRef: Required value");
    apiServer.post(ADDRESSES, json(object.formatted("10.1.1.1", parent))).expect(201);
    assertThat(
            apiServer
                .merge(ADDRESSES + "/10.1.1.1", json("{'spec':{'parentRef':{'name':'c'}}}"))
                .expect(422)
                .status()
                .message())
        .isEqualTo(
            "IPAddress.networking.k8s.io \"10.1.1.1\" is invalid: spec.parentRef: Invalid value:"
                + " {\"Group\":\"\",\"Resource\":\"services\",\"Namespace\":\"b\",\"Name\":\"c\"}:"
                + " field is immutable");
  }

  @Test
  void aServiceMayHaveMorePortsThanOneTransactionTakes() {
    StringBuilder ports = new StringBuilder();
    for (int port = 1; port <= 150; port++) {
      ports.append(port == 1 ? "" : ",").append("{'name':'p").append(port);
      ports.append("','port':").append(port).append('}');
    }
    String body = "{'metadata':{'name':'many'},'spec':{'type':'NodePort','ports':[" + ports + "]}}";
    for (int round = 0; round < 2; round++) {
      Answered created = apiServer.post(SERVICES, json(body)).expect(201);
      assertThat(created.at("spec.ports.149.nodePort")).isNotEqualTo("<absent>");
      assertThat(claimedPorts()).isEqualTo(150);
      apiServer.delete(SERVICES + "/many").expect(200);
      assertThat(claimedPorts()).isZero();
    }
  }

  private long claimedPorts() {
    var range = apiServer.store.range("/registry/ranges/", "/registry/ranges0", 0, 0);
    return ((io.tiphys.store.Store.Range.Page) range).entries().size();
  }
}
