package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.meta.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A pod's quality of service; checked against pkg/apis/core/v1/helper/qos/qos.go. */
final class QosClass {
  private static final List<String> COUNTED = List.of("cpu", "memory");

  private QosClass() {}

  static String of(PodSpec spec) {
    List<Container> containers = new ArrayList<>(spec.containers());
    containers.addAll(spec.initContainers());
    boolean anything = false;
    boolean guaranteed = true;
    for (Container container : containers) {
      Map<String, Quantity> requests = container.resources().requests();
      Map<String, Quantity> limits = container.resources().limits();
      for (String name : COUNTED) {
        Quantity request = requests.getOrDefault(name, Quantity.ZERO);
        Quantity limit = limits.getOrDefault(name, Quantity.ZERO);
        anything |= !request.isZero() || !limit.isZero();
        guaranteed &= !limit.isZero() && (request.isZero() || request.compareTo(limit) == 0);
      }
    }
    if (!anything) {
      return "BestEffort";
    }
    return guaranteed ? "Guaranteed" : "Burstable";
  }
}
