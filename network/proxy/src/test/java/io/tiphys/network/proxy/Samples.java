package io.tiphys.network.proxy;

import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.api.discovery.v1.Endpoint;
import io.tiphys.api.discovery.v1.EndpointConditions;
import io.tiphys.api.discovery.v1.EndpointPort;
import io.tiphys.api.discovery.v1.EndpointSlice;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.linux.IpPrefix;
import io.tiphys.network.pods.PodNetworkConfig;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Services and endpoints for tests. */
final class Samples {
  private static final PodNetworkConfig PODS =
      new PodNetworkConfig("argo", IpPrefix.parse("10.244.7.0/24"), 0, Path.of("/nowhere"));

  static final ProxyConfig CONFIG =
      new ProxyConfig(
          "argo",
          "node1",
          IpPrefix.parse("10.244.7.0/24"),
          IpPrefix.parse("10.96.0.0/16"),
          new ProxyConfig.Gateway(
              InetAddress.ofLiteral("10.244.7.1"), PODS.gatewayLink(), PODS.podLinks()));

  private Samples() {}

  /** A service {@code default/NAME} with one TCP port 80 named http. */
  static Service service(String name, String ip, UnaryOperator<ServiceSpec> change) {
    ServiceSpec spec =
        ServiceSpec.builder()
            .type("ClusterIP")
            .clusterIP(ip)
            .clusterIPs(List.of(ip))
            .ports(List.of(port("http", "TCP", 80, 0)))
            .build();
    return Service.builder()
        .metadata(ObjectMeta.builder().namespace("default").name(name).build())
        .spec(change.apply(spec))
        .build();
  }

  static ServicePort port(String name, String protocol, int port, int nodePort) {
    return ServicePort.builder()
        .name(name)
        .protocol(protocol)
        .port(port)
        .nodePort(nodePort)
        .build();
  }

  static EndpointSlice slice(String service, int port, Endpoint... endpoints) {
    return slice(service, "TCP", port, endpoints);
  }

  static EndpointSlice slice(String service, String protocol, int port, Endpoint... endpoints) {
    return EndpointSlice.builder()
        .metadata(
            ObjectMeta.builder()
                .namespace("default")
                .name(service + "-abcde")
                .labels(Map.of("kubernetes.io/service-name", service))
                .build())
        .addressType("IPv4")
        .ports(List.of(EndpointPort.builder().name("http").protocol(protocol).port(port).build()))
        .endpoints(List.of(endpoints))
        .build();
  }

  static Endpoint ready(String ip) {
    return endpoint(ip, "node1", true, true, false);
  }

  static Endpoint endpoint(
      String ip, String node, boolean ready, boolean serving, boolean terminating) {
    return Endpoint.builder()
        .addresses(List.of(ip))
        .nodeName(node)
        .conditions(
            EndpointConditions.builder()
                .ready(ready)
                .serving(serving)
                .terminating(terminating)
                .build())
        .build();
  }
}
