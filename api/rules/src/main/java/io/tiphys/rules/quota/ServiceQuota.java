package io.tiphys.rules.quota;

import io.tiphys.api.ApiObject;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.meta.Quantity;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** How services count. Checked against pkg/quota/v1/evaluator/core/services.go. */
record ServiceQuota() implements QuotaEvaluator {
  private static final Set<String> NAMES =
      Set.of("count/services", "services", "services.nodeports", "services.loadbalancers");

  @Override
  public Set<String> matching(Collection<String> names) {
    Set<String> matching = new TreeSet<>(names);
    matching.retainAll(NAMES);
    return matching;
  }

  @Override
  public Map<String, Quantity> usage(ApiObject object, Instant now) {
    ServiceSpec spec = ((Service) object).spec();
    boolean balanced = spec.type().equals("LoadBalancer");
    Map<String, Quantity> usage = new TreeMap<>();
    usage.put("count/services", Quantity.of(1));
    usage.put("services", Quantity.of(1));
    usage.put("services.loadbalancers", Quantity.of(balanced ? 1 : 0));
    usage.put("services.nodeports", Quantity.of(nodePorts(spec)));
    return usage;
  }

  /** The ports that will be given out may not be there yet: the intent counts. */
  private static long nodePorts(ServiceSpec spec) {
    return switch (spec.type()) {
      case "NodePort" -> spec.ports().size();
      case "LoadBalancer" ->
          Boolean.FALSE.equals(spec.allocateLoadBalancerNodePorts())
              ? spec.ports().stream().filter(port -> port.nodePort() != 0).count()
              : spec.ports().size();
      default -> 0;
    };
  }
}
