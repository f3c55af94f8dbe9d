package io.tiphys.server.registry;

import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.rules.services.ServiceRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client need not repeat: values that the server has given a service stay when an update
 * does not mention them, and the single address and the list of addresses go together. Checked
 * against patchAllocatedValues and normalizeClusterIPs in pkg/registry/core/service/storage.
 */
final class ServiceDefaults {
  private ServiceDefaults() {}

  /**
   * @param old the present service, or null for a new one
   */
  static Service complete(Service service, @Nullable Service old) {
    ServiceSpec spec = service.spec();
    if (old == null) {
      return spec.clusterIP().isEmpty() || !spec.clusterIPs().isEmpty()
          ? service
          : service.withSpec(spec.withClusterIPs(List.of(spec.clusterIP())));
    }
    return service.withSpec(inStep(kept(spec, old.spec()), old.spec()));
  }

  static boolean needsAddress(ServiceSpec spec) {
    return !spec.type().equals("ExternalName");
  }

  static boolean needsNodePorts(ServiceSpec spec) {
    return spec.type().equals("NodePort")
        || (spec.type().equals("LoadBalancer")
            && !Boolean.FALSE.equals(spec.allocateLoadBalancerNodePorts()));
  }

  private static ServiceSpec kept(ServiceSpec given, ServiceSpec before) {
    ServiceSpec spec = given;
    if (needsAddress(spec) && needsAddress(before)) {
      if (spec.clusterIP().isEmpty()) {
        spec = spec.withClusterIP(before.clusterIP());
      }
      if (spec.clusterIPs().isEmpty()) {
        spec = spec.withClusterIPs(before.clusterIPs());
      }
    }
    if (needsNodePorts(spec) && needsNodePorts(before)) {
      spec = spec.withPorts(nodePorts(spec.ports(), before.ports()));
    }
    boolean keepsHealthPort =
        ServiceRules.needsHealthCheck(spec) && ServiceRules.needsHealthCheck(before);
    return keepsHealthPort && spec.healthCheckNodePort() == 0
        ? spec.withHealthCheckNodePort(before.healthCheckNodePort())
        : spec;
  }

  /** Node ports go with the names of the ports. */
  private static List<ServicePort> nodePorts(List<ServicePort> ports, List<ServicePort> before) {
    Map<String, Integer> byName = new HashMap<>();
    Set<Integer> stillUsed = new HashSet<>();
    before.forEach(port -> byName.put(port.name(), port.nodePort()));
    ports.forEach(port -> stillUsed.add(port.nodePort()));
    stillUsed.retainAll(byName.values());
    List<ServicePort> kept = new ArrayList<>(ports.size());
    for (ServicePort port : ports) {
      int had = byName.getOrDefault(port.name(), 0);
      boolean keeps = port.nodePort() == 0 && !stillUsed.contains(had);
      kept.add(keeps ? port.withNodePort(had) : port);
    }
    return kept;
  }

  private static ServiceSpec inStep(ServiceSpec spec, ServiceSpec before) {
    List<String> list = spec.clusterIPs();
    boolean sameSingle = spec.clusterIP().equals(before.clusterIP());
    if (list.isEmpty() && !before.clusterIPs().isEmpty() && sameSingle) {
      return spec.withClusterIPs(before.clusterIPs());
    }
    if (sameSingle || !list.equals(before.clusterIPs())) {
      return spec;
    }
    boolean cleared = !before.clusterIP().isEmpty() && spec.clusterIP().isEmpty();
    return spec.withClusterIPs(cleared ? List.of() : List.of(spec.clusterIP()));
  }
}
