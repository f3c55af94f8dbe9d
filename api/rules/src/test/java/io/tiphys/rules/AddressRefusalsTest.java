package io.tiphys.rules;

import static io.tiphys.rules.Written.errors;
import static io.tiphys.rules.Written.updateErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.DiscoveryV1;
import io.tiphys.api.Resource;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every field that upstream checks with IsValidIPForLegacyField or IsValidCIDRForLegacyField. */
class AddressRefusalsTest {
  private static final String ZEROS = ": Invalid value: \"010.1.2.3\": must not have leading 0s";
  private static final String SERVICE =
      "{'spec':{'ports':[{'port':80}],'type':'LoadBalancer','externalTrafficPolicy':'Cluster',%s}}";
  private static final String POD = "{'spec':{'containers':[{'name':'c','image':'i'}],%s}}";

  static Stream<Arguments> fields() {
    return Stream.of(
        row(
            CoreV1.PODS,
            POD.formatted("'hostAliases':[{'ip':'010.1.2.3'}]"),
            "spec.hostAliases[0].ip" + ZEROS),
        row(
            CoreV1.PODS,
            POD.formatted("'dnsConfig':{'nameservers':['010.1.2.3']}"),
            "spec.dnsConfig.nameservers[0]" + ZEROS),
        row(
            CoreV1.SERVICES,
            SERVICE.formatted("'externalIPs':['010.1.2.3']"),
            "spec.externalIPs[0]" + ZEROS),
        row(
            CoreV1.SERVICES,
            SERVICE.formatted("'externalIPs':['127.0.0.1']"),
            "spec.externalIPs[0]: Invalid value: \"127.0.0.1\": may not be in the loopback range"
                + " (127.0.0.0/8, ::1/128)"),
        row(
            CoreV1.SERVICES,
            SERVICE.formatted("'clusterIP':'010.1.2.3','clusterIPs':['010.1.2.3']"),
            "spec.clusterIPs[0]" + ZEROS),
        row(
            CoreV1.SERVICES,
            SERVICE.formatted("'loadBalancerSourceRanges':[' 10.0.0.0/8','010.0.0.0/8']"),
            "spec.LoadBalancerSourceRanges[1]: Invalid value: \"010.0.0.0/8\": must not have"
                + " leading 0s in IP or prefix length"),
        row(
            CoreV1.NODES,
            "{'spec':{'podCIDRs':['010.0.0.0/24']}}",
            "spec.podCIDRs[0]: Invalid value: \"010.0.0.0/24\": must not have leading 0s in IP or"
                + " prefix length"),
        row(
            CoreV1.NODES,
            "{'spec':{'podCIDR':'10.0.0.1/24'}}",
            "spec.podCIDRs[0]: Invalid value: \"10.0.0.1/24\": must not have bits set beyond the"
                + " prefix length"),
        row(
            CoreV1.ENDPOINTS,
            "{'subsets':[{'addresses':[{'ip':'010.1.2.3'}],'ports':[{'port':80}]}]}",
            "subsets[0].addresses[0].ip" + ZEROS),
        row(
            DiscoveryV1.ENDPOINTSLICES,
            "{'addressType':'IPv4','endpoints':[{'addresses':['010.1.2.3']}]}",
            "endpoints[0].addresses[0]" + ZEROS),
        row(
            DiscoveryV1.ENDPOINTSLICES,
            "{'addressType':'IPv4','endpoints':[{'addresses':['fd00::1']}]}",
            "endpoints[0].addresses: Invalid value: \"fd00::1\": must be an IPv4 address"));
  }

  private static Arguments row(Resource<?> resource, String object, String... messages) {
    return Arguments.of(resource, object, messages);
  }

  @ParameterizedTest
  @MethodSource("fields")
  <T extends ApiObject> void isRefused(Resource<T> resource, String object, String[] messages) {
    assertThat(errors(resource, object)).containsExactly(messages);
  }

  @Test
  void whatAServiceHadItMayKeep() {
    String old = SERVICE.formatted("'externalIPs':['010.1.2.3']");
    assertThat(updateErrors(CoreV1.SERVICES, old, old)).isEmpty();
    String more = SERVICE.formatted("'externalIPs':['010.1.2.3','010.1.2.4']");
    assertThat(updateErrors(CoreV1.SERVICES, old, more))
        .containsExactly(
            "spec.externalIPs[1]: Invalid value: \"010.1.2.4\": must not have leading 0s");
  }
}
