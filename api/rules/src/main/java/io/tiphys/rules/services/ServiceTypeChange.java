package io.tiphys.rules.services;

import io.tiphys.api.core.v1.LoadBalancerStatus;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a service's new type has no use for and its writer has not touched goes away with the old
 * type: it was filled in by the server. What the writer did set stays, for validation to refuse.
 * Checked against dropTypeDependentFields in pkg/registry/core/service/strategy.go.
 */
final class ServiceTypeChange {
  private final ServiceSpec before;
  private final ServiceSpec now;
  private final ServiceSpec.Builder result;

  private ServiceTypeChange(ServiceSpec before, ServiceSpec now) {
    this.before = before;
    this.now = now;
    result = now.toBuilder();
  }

  static Service apply(Service service, Service old) {
    ServiceTypeChange change = new ServiceTypeChange(old.spec(), service.spec());
    change.addresses();
    change.nodePorts();
    change.balancing();
    change.trafficPolicy();
    Service changed = service.withSpec(change.result.build());
    return service.spec().type().equals("LoadBalancer")
        ? changed
        : changed.withStatus(changed.status().withLoadBalancer(LoadBalancerStatus.EMPTY));
  }

  private static boolean hasAddress(ServiceSpec spec) {
    return !spec.type().equals("ExternalName");
  }

  private static boolean hasNodePorts(ServiceSpec spec) {
    return spec.type().equals("NodePort") || isBalanced(spec);
  }

  private static boolean isBalanced(ServiceSpec spec) {
    return spec.type().equals("LoadBalancer");
  }

  private void addresses() {
    if (!hasAddress(before) || hasAddress(now)) {
      return;
    }
    if (now.clusterIP().equals(before.clusterIP())
        && now.clusterIPs().equals(before.clusterIPs())) {
      result.clusterIP("").clusterIPs(List.of());
    }
    if (now.ipFamilies().equals(before.ipFamilies())) {
      result.ipFamilies(List.of());
    }
    if (Objects.equals(now.ipFamilyPolicy(), before.ipFamilyPolicy())) {
      result.ipFamilyPolicy(null);
    }
  }

  private void nodePorts() {
    boolean dropped = hasNodePorts(before) && !hasNodePorts(now);
    if (dropped && nodePorts(before).containsAll(nodePorts(now))) {
      result.ports(now.ports().stream().map(port -> port.withNodePort(0)).toList());
    }
  }

  private static Set<Integer> nodePorts(ServiceSpec spec) {
    return spec.ports().stream()
        .map(ServicePort::nodePort)
        .filter(port -> port != 0)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private void balancing() {
    if (ServiceRules.needsHealthCheck(before)
        && !ServiceRules.needsHealthCheck(now)
        && now.healthCheckNodePort() == before.healthCheckNodePort()) {
      result.healthCheckNodePort(0);
    }
    if (!isBalanced(before) || isBalanced(now)) {
      return;
    }
    Boolean allocate = now.allocateLoadBalancerNodePorts();
    if (allocate != null && allocate.equals(before.allocateLoadBalancerNodePorts())) {
      result.allocateLoadBalancerNodePorts(null);
    }
    if (Objects.equals(now.loadBalancerClass(), before.loadBalancerClass())) {
      result.loadBalancerClass(null);
    }
  }

  private void trafficPolicy() {
    if (ServiceRules.isReachableFromOutside(before)
        && !ServiceRules.isReachableFromOutside(now)
        && now.externalTrafficPolicy().equals(before.externalTrafficPolicy())) {
      result.externalTrafficPolicy("");
    }
  }
}
