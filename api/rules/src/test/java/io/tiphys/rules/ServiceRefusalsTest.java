package io.tiphys.rules;

import static io.tiphys.rules.Written.created;
import static io.tiphys.rules.Written.errors;
import static io.tiphys.rules.Written.updateErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.DiscoveryV1;
import io.tiphys.api.Resource;
import io.tiphys.api.discovery.v1.EndpointSlice;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Services and slices of endpoints that are refused, in the words of validateService and its like.
 */
class ServiceRefusalsTest {
  private static final String RANGES =
      "metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]: ";

  private static Arguments row(Resource<?> resource, String object, String... messages) {
    return Arguments.of(resource, object, messages);
  }

  private static Arguments annotated(String type, String annotations, String... messages) {
    return row(
        CoreV1.SERVICES,
        "{'metadata':{'annotations':{"
            + annotations
            + "}},'spec':{'type':'"
            + type
            + "','ports':[{'port':80}]}}",
        messages);
  }

  private static Arguments endpoint(String more, String... messages) {
    return row(
        DiscoveryV1.ENDPOINTSLICES,
        "{'addressType':'IPv4','endpoints':[{'addresses':['10.0.0.1']" + more + "}]}",
        messages);
  }

  static Stream<Arguments> objects() {
    String ranges = "'service.beta.kubernetes.io/load-balancer-source-ranges':'%s'";
    String nine = "{'name':'a'},".repeat(8) + "{'name':'a'}";
    return Stream.of(
        annotated(
            "ClusterIP",
            "'service.kubernetes.io/topology-mode':'Auto',"
                + "'service.kubernetes.io/topology-aware-hints':'auto'",
            "metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value: \"Auto\":"
                + " must match annotations[service.kubernetes.io/topology-aware-hints] when both"
                + " are specified"),
        annotated("LoadBalancer", ranges.formatted(" 10.0.0.0/8 , 192.168.0.0/16 ")),
        annotated("LoadBalancer", ranges.formatted(" ")),
        annotated(
            "LoadBalancer",
            ranges.formatted("10.0.0.0/8,x"),
            RANGES
                + "Invalid value: \"x\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or"
                + " 2001:db8::/64)"),
        annotated(
            "ClusterIP",
            ranges.formatted("10.0.0.0/8"),
            RANGES + "Forbidden: may only be used when `type` is 'LoadBalancer'"),
        row(
            DiscoveryV1.ENDPOINTSLICES,
            "{'addressType':'IPv4','ports':[{'protocol':''}]}",
            "ports[0].protocol: Unsupported value: \"\": supported values: \"SCTP\", \"TCP\","
                + " \"UDP\""),
        endpoint(
            ",'hints':{'forZones':[{'name':'-'},{'name':'-'}]}",
            zone(0) + label(),
            "endpoints[0].hints.forZones[1].name: Duplicate value: \"-\"",
            zone(1) + label()),
        endpoint(
            ",'hints':{'forZones':[" + nine + "],'forNodes':[{'name':'-'}]}",
            "endpoints[0].hints.forZones: Too many: 9: must have at most 8 items"));
  }

  private static String zone(int index) {
    return "endpoints[0].hints.forZones[" + index + "].name: Invalid value: \"-\": ";
  }

  private static String label() {
    return "a valid label must be an empty string or consist of alphanumeric characters, '-', '_'"
        + " or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or"
        + " 'my_value',  or '12345', regex used for validation is"
        + " '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
  }

  /** A service gets its default policies from the server, which rules do not know. */
  @ParameterizedTest
  @MethodSource("objects")
  void whatIsWrongIsSaid(Resource<?> resource, String object, String... messages) {
    assertThat(errors(resource, object)).containsExactly(messages);
  }

  @Test
  void aWrongAnnotationThatWasThereMayStay() {
    String service =
        "{'metadata':{'annotations':{'service.beta.kubernetes.io/load-balancer-source-ranges':"
            + "'x'}},'spec':{'type':'LoadBalancer','ports':[{'port':80}]}}";
    assertThat(updateErrors(CoreV1.SERVICES, service, service)).isEmpty();
  }

  @Test
  void slicesKeepNoTopologyOfOldButTheNodesThatWereNamedThere() {
    String endpoints =
        "{'addressType':'IPv4','endpoints':[{'addresses':['10.0.0.1'],"
            + "'deprecatedTopology':{'kubernetes.io/hostname':'n1'}%s}]}";
    EndpointSlice made = created(DiscoveryV1.ENDPOINTSLICES, endpoints.formatted(""));
    assertThat(made.endpoints().getFirst().deprecatedTopology()).isEmpty();
    assertThat(made.endpoints().getFirst().nodeName()).isNull();
    EndpointSlice old = Written.defaulted(DiscoveryV1.ENDPOINTSLICES, endpoints.formatted(""));
    EndpointSlice now =
        Written.defaulted(DiscoveryV1.ENDPOINTSLICES, endpoints.formatted(",'zone':'z'"));
    EndpointSlice changed =
        Rules.of(DiscoveryV1.ENDPOINTSLICES).prepareForUpdate(now, old, Written.CONTEXT);
    assertThat(changed.endpoints().getFirst().nodeName()).isEqualTo("n1");
    assertThat(changed.endpoints().getFirst().deprecatedTopology()).isEmpty();
  }

  @Test
  void servicesAndLimitsAreMadeByReplacingThem() {
    assertThat(Rules.of(CoreV1.SERVICES).allowCreateOnUpdate()).isTrue();
    assertThat(Rules.of(CoreV1.LIMITRANGES).allowCreateOnUpdate()).isTrue();
  }
}
