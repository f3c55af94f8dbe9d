package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.ResourceRequirements;
import io.tiphys.meta.Quantity;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A pod's quality of service; checked against pkg/apis/core/v1/helper/qos/qos.go. */
final class QosClass {
  private static final List<String> COUNTED = List.of("cpu", "memory");

  private QosClass() {}

  /** What the pod asks for as a whole counts, or else what its containers ask for. */
  static String of(PodSpec spec) {
    List<ResourceRequirements> all =
        spec.resources() != null
            ? List.of(spec.resources())
            : Stream.concat(spec.containers().stream(), spec.initContainers().stream())
                .map(Container::resources)
                .toList();
    Map<String, Quantity> requests = new TreeMap<>();
    Map<String, Quantity> limits = new TreeMap<>();
    boolean limited = true;
    for (ResourceRequirements each : all) {
      add(requests, each.requests());
      int counted = add(limits, each.limits());
      // Upstream asks the same of a pod's own limits only when it has some.
      boolean asked = spec.resources() == null || !each.limits().isEmpty();
      limited &= !asked || counted == COUNTED.size();
    }
    if (requests.isEmpty() && limits.isEmpty()) {
      return "BestEffort";
    }
    return limited && requests.equals(limits) ? "Guaranteed" : "Burstable";
  }

  private static int add(Map<String, Quantity> sum, Map<String, Quantity> amounts) {
    int counted = 0;
    for (String name : COUNTED) {
      Quantity amount = amounts.getOrDefault(name, Quantity.ZERO);
      if (amount.signum() > 0) {
        sum.merge(name, amount, Quantity::add);
        counted++;
      }
    }
    return counted;
  }
}
