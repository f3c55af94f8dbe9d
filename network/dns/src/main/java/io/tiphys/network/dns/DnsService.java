package io.tiphys.network.dns;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.DiscoveryV1;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.api.discovery.v1.Endpoint;
import io.tiphys.api.discovery.v1.EndpointConditions;
import io.tiphys.api.discovery.v1.EndpointPort;
import io.tiphys.api.discovery.v1.EndpointSlice;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.client.Source;
import io.tiphys.meta.IntOrString;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a DNS server reachable at the address that pods have in their resolv.conf: the service
 * {@code kube-dns}, without a selector, and this node's slice of it. From there on it is a service
 * like any other; each node's pods are sent to their own node's server.
 */
public final class DnsService {
  public static final String NAMESPACE = "kube-system";
  public static final String NAME = "kube-dns";

  private static final int PORT = 53;
  private static final String UDP_PORT = "dns";
  private static final String TCP_PORT = "dns-tcp";
  private static final int NOT_FOUND = 404;

  private DnsService() {}

  /**
   * Creates or corrects both objects.
   *
   * @param clusterIp the address that pods ask, such as {@code 10.96.0.10}
   * @param server where this node's server listens
   */
  public static void publish(
      Source source, String clusterIp, String nodeName, InetSocketAddress server) {
    publishService(source, service(clusterIp));
    publishSlice(source, slice(nodeName, server));
  }

  private static void publishService(Source source, Service wanted) {
    Service there = find(source, CoreV1.SERVICES, NAME);
    if (there == null) {
      source.create(CoreV1.SERVICES, wanted);
    } else if (!there.spec().clusterIP().equals(wanted.spec().clusterIP())) {
      // A service cannot change its address.
      source.delete(CoreV1.SERVICES, NAMESPACE, NAME, DeleteOptions.EMPTY);
      source.create(CoreV1.SERVICES, wanted);
    } else {
      Service corrected =
          there.withSpec(
              there.spec().withPorts(wanted.spec().ports()).withInternalTrafficPolicy("Local"));
      if (!corrected.equals(there)) {
        source.update(CoreV1.SERVICES, corrected);
      }
    }
  }

  private static void publishSlice(Source source, EndpointSlice wanted) {
    EndpointSlice there = find(source, DiscoveryV1.ENDPOINTSLICES, wanted.name());
    if (there == null) {
      source.create(DiscoveryV1.ENDPOINTSLICES, wanted);
      return;
    }
    EndpointSlice corrected = there.withEndpoints(wanted.endpoints()).withPorts(wanted.ports());
    if (!corrected.equals(there)) {
      source.update(DiscoveryV1.ENDPOINTSLICES, corrected);
    }
  }

  private static <T extends ApiObject> @Nullable T find(
      Source source, Resource<T> resource, String name) {
    try {
      return source.get(resource, NAMESPACE, name);
    } catch (ApiFailure e) {
      if (e.status().code() == NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }

  private static Service service(String clusterIp) {
    return Service.builder()
        .metadata(
            ObjectMeta.builder()
                .namespace(NAMESPACE)
                .name(NAME)
                .labels(
                    Map.of(
                        "k8s-app", NAME,
                        "kubernetes.io/cluster-service", "true",
                        "kubernetes.io/name", "TiphysDNS"))
                .build())
        .spec(
            ServiceSpec.builder()
                .type("ClusterIP")
                .clusterIP(clusterIp)
                .clusterIPs(List.of(clusterIp))
                .internalTrafficPolicy("Local")
                .ports(List.of(port(UDP_PORT, "UDP"), port(TCP_PORT, "TCP")))
                .build())
        .build();
  }

  private static ServicePort port(String name, String protocol) {
    return ServicePort.builder()
        .name(name)
        .protocol(protocol)
        .port(PORT)
        .targetPort(IntOrString.of(PORT))
        .build();
  }

  private static EndpointSlice slice(String nodeName, InetSocketAddress server) {
    return EndpointSlice.builder()
        .metadata(
            ObjectMeta.builder()
                .namespace(NAMESPACE)
                .name(NAME + "-" + nodeName)
                .labels(
                    Map.of(
                        InformerView.SERVICE_NAME,
                        NAME,
                        "endpointslice.kubernetes.io/managed-by",
                        "dns.tiphys.io"))
                .build())
        .addressType("IPv4")
        .endpoints(
            List.of(
                Endpoint.builder()
                    .addresses(List.of(server.getAddress().getHostAddress()))
                    .nodeName(nodeName)
                    .conditions(EndpointConditions.builder().ready(true).build())
                    .build()))
        .ports(
            List.of(endpointPort(UDP_PORT, "UDP", server), endpointPort(TCP_PORT, "TCP", server)))
        .build();
  }

  private static EndpointPort endpointPort(String name, String protocol, InetSocketAddress at) {
    return EndpointPort.builder().name(name).protocol(protocol).port(at.getPort()).build();
  }
}
