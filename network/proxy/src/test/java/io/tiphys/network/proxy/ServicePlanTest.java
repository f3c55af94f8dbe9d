package io.tiphys.network.proxy;

import static io.tiphys.network.proxy.Samples.CONFIG;
import static io.tiphys.network.proxy.Samples.endpoint;
import static io.tiphys.network.proxy.Samples.port;
import static io.tiphys.network.proxy.Samples.ready;
import static io.tiphys.network.proxy.Samples.service;
import static io.tiphys.network.proxy.Samples.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.core.v1.ClientIPConfig;
import io.tiphys.api.core.v1.LoadBalancerIngress;
import io.tiphys.api.core.v1.LoadBalancerStatus;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServiceStatus;
import io.tiphys.api.core.v1.SessionAffinityConfig;
import io.tiphys.api.discovery.v1.EndpointSlice;
import io.tiphys.network.proxy.ServiceRules.Element;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServicePlanTest {
  private static ServiceRules plan(Service service, EndpointSlice... slices) {
    return ServicePlan.of(service, List.of(slices), CONFIG);
  }

  private static Element element(Lookup lookup, String key) {
    return new Element(lookup, key);
  }

  @Test
  void sendsAClusterAddressToOneOfItsEndpoints() {
    Service web = service("web", "10.96.0.7", spec -> spec);
    ServiceRules rules = plan(web, slice("web", 8080, ready("10.244.7.2"), ready("10.244.7.3")));
    assertThat(rules.chains())
        .isEqualTo(
            Map.of(
                "all/default/web/tcp/80",
                List.of(
                    "ip daddr 10.96.0.7 tcp dport 80 ip saddr != 10.244.7.0/24 jump"
                        + " masquerade-later",
                    "meta l4proto tcp dnat ip to numgen random mod 2 map { 0 : 10.244.7.2 . 8080,"
                        + " 1 : 10.244.7.3 . 8080 }")));
    assertThat(rules.elements())
        .isEqualTo(
            Map.of(
                element(Lookup.SERVICE_IPS, "10.96.0.7 . tcp . 80"), "goto all/default/web/tcp/80",
                element(Lookup.CLUSTER_IPS, "10.96.0.7"), "",
                element(Lookup.HAIRPINS, "10.244.7.2 . 10.244.7.2"), "",
                element(Lookup.HAIRPINS, "10.244.7.3 . 10.244.7.3"), ""));
  }

  @Test
  void refusesWhereNobodyIsReady() {
    Service web = service("web", "10.96.0.7", spec -> spec);
    var notReady = endpoint("10.244.7.2", "node1", false, false, false);
    for (ServiceRules rules : List.of(plan(web), plan(web, slice("web", 80, notReady)))) {
      assertThat(rules.chains()).isEmpty();
      assertThat(rules.elements())
          .isEqualTo(
              Map.of(
                  element(Lookup.DEAD_IPS, "10.96.0.7 . tcp . 80"), "goto refuse",
                  element(Lookup.CLUSTER_IPS, "10.96.0.7"), ""));
    }
  }

  @Test
  void fallsBackOnEndpointsThatServeWhileTheyTerminate() {
    Service web = service("web", "10.96.0.7", spec -> spec);
    var going = endpoint("10.244.7.2", "node1", false, true, true);
    assertThat(plan(web, slice("web", 80, going)).chains().get("all/default/web/tcp/80"))
        .contains("meta l4proto tcp dnat ip to 10.244.7.2:80");
    assertThat(
            plan(web, slice("web", 80, going, ready("10.244.7.3")))
                .chains()
                .get("all/default/web/tcp/80"))
        .contains("meta l4proto tcp dnat ip to 10.244.7.3:80");
  }

  @Test
  void asksNothingForHeadlessServicesAndNames() {
    EndpointSlice slice = slice("web", 80, ready("10.244.7.2"));
    assertThat(plan(service("web", "None", spec -> spec), slice)).isEqualTo(ServiceRules.NONE);
    assertThat(plan(service("web", "", spec -> spec), slice)).isEqualTo(ServiceRules.NONE);
    Service name = service("web", "10.96.0.7", spec -> spec.withType("ExternalName"));
    assertThat(plan(name, slice)).isEqualTo(ServiceRules.NONE);
    Service web = service("web", "10.96.0.7", spec -> spec);
    Service others =
        web.withMetadata(
            web.metadata().withLabels(Map.of("service.kubernetes.io/service-proxy-name", "x")));
    assertThat(plan(others, slice)).isEqualTo(ServiceRules.NONE);
  }

  @Test
  void masqueradesNodePortsAndExternalAddresses() {
    Service web =
        service(
            "web",
            "10.96.0.7",
            spec ->
                spec.withType("NodePort")
                    .withExternalIPs(List.of("192.0.2.7", "2001:db8::1", "not an address"))
                    .withPorts(List.of(port("http", "TCP", 80, 30080))));
    ServiceRules rules = plan(web, slice("web", 8080, ready("10.244.7.2")));
    assertThat(rules.chains().get("ext/default/web/tcp/80"))
        .containsExactly("jump masquerade-later", "goto all/default/web/tcp/80");
    assertThat(rules.elements())
        .containsEntry(element(Lookup.NODE_PORTS, "tcp . 30080"), "goto ext/default/web/tcp/80")
        .containsEntry(
            element(Lookup.SERVICE_IPS, "192.0.2.7 . tcp . 80"), "goto ext/default/web/tcp/80");
    assertThat(rules.elements().keySet().toString()).doesNotContain("2001", "not an");
    assertThat(plan(web).elements())
        .containsEntry(element(Lookup.DEAD_NODE_PORTS, "tcp . 30080"), "goto refuse")
        .containsEntry(element(Lookup.DEAD_IPS, "192.0.2.7 . tcp . 80"), "goto refuse");
  }

  @Test
  void localPolicyKeepsTheSenderAndStaysOnTheNode() {
    Service web =
        service(
            "web",
            "10.96.0.7",
            spec ->
                spec.withType("NodePort")
                    .withExternalTrafficPolicy("Local")
                    .withInternalTrafficPolicy("Local")
                    .withPorts(List.of(port("http", "TCP", 80, 30080))));
    var far = endpoint("10.244.9.9", "node2", true, true, false);
    ServiceRules both = plan(web, slice("web", 8080, ready("10.244.7.2"), far));
    assertThat(both.chains().get("ext/default/web/tcp/80"))
        .containsExactly(
            "ip saddr 10.244.7.0/24 goto all/default/web/tcp/80",
            "fib saddr type local jump masquerade-later",
            "fib saddr type local goto all/default/web/tcp/80",
            "goto local/default/web/tcp/80");
    assertThat(both.chains().get("local/default/web/tcp/80"))
        .contains("meta l4proto tcp dnat ip to 10.244.7.2:8080");
    assertThat(both.elements())
        .containsEntry(
            element(Lookup.SERVICE_IPS, "10.96.0.7 . tcp . 80"), "goto local/default/web/tcp/80");

    ServiceRules away = plan(web, slice("web", 8080, far));
    assertThat(away.elements())
        .containsEntry(element(Lookup.DEAD_IPS, "10.96.0.7 . tcp . 80"), "drop")
        .containsEntry(element(Lookup.DEAD_NODE_PORTS, "tcp . 30080"), "drop")
        .containsEntry(element(Lookup.NODE_PORTS, "tcp . 30080"), "goto ext/default/web/tcp/80");
  }

  @Test
  void remembersSenders() {
    Service web =
        service(
            "web",
            "10.96.0.7",
            spec ->
                spec.withSessionAffinity("ClientIP")
                    .withSessionAffinityConfig(
                        SessionAffinityConfig.EMPTY.withClientIP(
                            ClientIPConfig.EMPTY.withTimeoutSeconds(60))));
    ServiceRules rules = plan(web, slice("web", 8080, ready("10.244.7.2"), ready("10.244.7.3")));
    assertThat(rules.affinities())
        .containsExactly(
            "seen/default/web/tcp/80/10.244.7.2/8080/60",
            "seen/default/web/tcp/80/10.244.7.3/8080/60");
    assertThat(rules.chains().get("to/default/web/tcp/80/10.244.7.2/8080"))
        .containsExactly(
            "update @seen/default/web/tcp/80/10.244.7.2/8080/60 { ip saddr }",
            "meta l4proto tcp dnat ip to 10.244.7.2:8080");
  }

  @Test
  void keepsUnwelcomeSendersFromALoadBalancer() {
    Service web =
        service(
                "web",
                "10.96.0.7",
                spec ->
                    spec.withType("LoadBalancer")
                        .withLoadBalancerSourceRanges(List.of(" 198.51.100.0/24 ")))
            .withStatus(
                ServiceStatus.EMPTY.withLoadBalancer(
                    LoadBalancerStatus.EMPTY.withIngress(
                        List.of(
                            LoadBalancerIngress.EMPTY.withIp("203.0.113.9"),
                            LoadBalancerIngress.EMPTY
                                .withIp("203.0.113.10")
                                .withIpMode("Proxy")))));
    ServiceRules rules = plan(web, slice("web", 8080, ready("10.244.7.2")));
    assertThat(rules.chains().get("firewall/default/web/tcp/80"))
        .containsExactly("ip saddr != { 198.51.100.0/24, 203.0.113.9 } drop");
    assertThat(rules.elements())
        .containsKey(element(Lookup.SERVICE_IPS, "203.0.113.9 . tcp . 80"))
        .containsKey(element(Lookup.FIREWALL_IPS, "203.0.113.9 . tcp . 80"));
    assertThat(rules.elements().keySet().toString()).doesNotContain("203.0.113.10");
  }

  @Test
  void letsNoTextOfAnEndpointIntoTheRules() {
    Service web = service("web", "10.96.0.7", spec -> spec);
    assertThat(plan(web, slice("web", 80, ready("10.244.7.2 } ; flush ruleset"))).chains())
        .isEmpty();
  }

  @Test
  void theEarlierOfTwoServicesKeepsAnAddress() {
    var claim = List.of("192.0.2.7");
    Service a = service("a", "10.96.0.7", spec -> spec.withExternalIPs(claim));
    Service b = service("b", "10.96.0.8", spec -> spec.withExternalIPs(claim));
    ServiceRules merged =
        ServiceRules.merge(
            List.of(
                plan(a, slice("a", 80, ready("10.244.7.2"))),
                plan(b, slice("b", 80, ready("10.244.7.3")))));
    assertThat(merged.elements())
        .containsEntry(
            element(Lookup.SERVICE_IPS, "192.0.2.7 . tcp . 80"), "goto ext/default/a/tcp/80");
  }
}
