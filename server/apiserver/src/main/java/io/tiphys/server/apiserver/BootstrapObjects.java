package io.tiphys.server.apiserver;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.DiscoveryV1;
import io.tiphys.api.Resource;
import io.tiphys.api.SchedulingV1;
import io.tiphys.api.core.v1.EndpointAddress;
import io.tiphys.api.core.v1.EndpointPort;
import io.tiphys.api.core.v1.EndpointSubset;
import io.tiphys.api.core.v1.Endpoints;
import io.tiphys.api.core.v1.Namespace;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.api.discovery.v1.Endpoint;
import io.tiphys.api.discovery.v1.EndpointConditions;
import io.tiphys.api.discovery.v1.EndpointSlice;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.scheduling.v1.PriorityClass;
import io.tiphys.base.Loops;
import io.tiphys.client.Source;
import io.tiphys.meta.IntOrString;
import io.tiphys.server.authorization.BootstrapRoles;
import io.tiphys.server.registry.ServiceRanges;
import java.util.List;
import java.util.Map;

/**
 * What must be there before anyone comes: namespaces, roles, priority classes, priority levels with
 * their flow schemas, and the service under which pods find the API. Checked against
 * pkg/controlplane/controller and pkg/registry/{rbac,scheduling}/rest.
 */
final class BootstrapObjects {
  private static final String DEFAULT = "default";
  private static final String KUBERNETES = "kubernetes";
  private static final int SERVICE_PORT = 443;
  private static final List<String> NAMESPACES =
      List.of("kube-system", "kube-public", "kube-node-lease", DEFAULT);

  private final Source source;
  private final ApiServerConfig config;
  private final Loops loops;

  BootstrapObjects(Source source, ApiServerConfig config, Loops loops) {
    this.source = source;
    this.config = config;
    this.loops = loops;
  }

  /** Makes what is missing; leaves what is there as it is. */
  void complete() {
    for (String name : NAMESPACES) {
      ensure(CoreV1.NAMESPACES, Namespace.builder().metadata(named("", name)).build());
    }
    BootstrapRoles.reconcile(source, loops);
    priority(
        "system-cluster-critical",
        2_000_000_000,
        "Used for system critical pods that must run in the cluster, but can be moved to another"
            + " node if necessary.");
    priority(
        "system-node-critical",
        2_000_001_000,
        "Used for system critical pods that must not be moved from their current node.");
    new FlowObjects(source).complete();
    ensure(CoreV1.SERVICES, service());
    replace(CoreV1.ENDPOINTS, endpoints());
    replace(DiscoveryV1.ENDPOINTSLICES, slice());
  }

  private static ObjectMeta named(String namespace, String name) {
    return ObjectMeta.builder().namespace(namespace).name(name).build();
  }

  private <T extends ApiObject> void ensure(Resource<T> resource, T wished) {
    try {
      source.get(resource, wished.namespace(), wished.name());
    } catch (ApiFailure failure) {
      if (!failure.isNotFound()) {
        throw failure;
      }
      create(resource, wished);
    }
  }

  private <T extends ApiObject> void create(Resource<T> resource, T wished) {
    try {
      source.create(resource, wished);
    } catch (ApiFailure failure) {
      if (!failure.isAlreadyExists()) {
        throw failure;
      }
    }
  }

  /** Whatever an earlier run left, the address is the present one's. */
  private <T extends ApiObject> void replace(Resource<T> resource, T wished) {
    try {
      source.update(resource, wished);
    } catch (ApiFailure failure) {
      if (!failure.isNotFound()) {
        throw failure;
      }
      create(resource, wished);
    }
  }

  private void priority(String name, int value, String description) {
    ensure(
        SchedulingV1.PRIORITYCLASSES,
        PriorityClass.builder()
            .metadata(named("", name))
            .value(value)
            .description(description)
            .build());
  }

  private Service service() {
    return Service.builder()
        .metadata(
            named(DEFAULT, KUBERNETES)
                .withLabels(Map.of("component", "apiserver", "provider", KUBERNETES)))
        .spec(
            ServiceSpec.builder()
                .type("ClusterIP")
                .clusterIP(ServiceRanges.of(config.serviceRange()).address(1))
                .sessionAffinity("None")
                .ports(
                    List.of(
                        ServicePort.builder()
                            .name("https")
                            .protocol("TCP")
                            .port(SERVICE_PORT)
                            .targetPort(IntOrString.of(config.port()))
                            .build()))
                .build())
        .build();
  }

  private Endpoints endpoints() {
    return Endpoints.builder()
        .metadata(
            named(DEFAULT, KUBERNETES)
                .withLabels(Map.of("endpointslice.kubernetes.io/skip-mirror", "true")))
        .subsets(
            List.of(
                EndpointSubset.builder()
                    .addresses(
                        List.of(EndpointAddress.builder().ip(config.advertiseAddress()).build()))
                    .ports(
                        List.of(
                            EndpointPort.builder()
                                .name("https")
                                .port(config.port())
                                .protocol("TCP")
                                .build()))
                    .build()))
        .build();
  }

  private EndpointSlice slice() {
    return EndpointSlice.builder()
        .metadata(
            named(DEFAULT, KUBERNETES).withLabels(Map.of("kubernetes.io/service-name", KUBERNETES)))
        .addressType("IPv4")
        .endpoints(
            List.of(
                Endpoint.builder()
                    .addresses(List.of(config.advertiseAddress()))
                    .conditions(EndpointConditions.builder().ready(true).build())
                    .build()))
        .ports(
            List.of(
                io.tiphys.api.discovery.v1.EndpointPort.builder()
                    .name("https")
                    .port(config.port())
                    .protocol("TCP")
                    .build()))
        .build();
  }
}
