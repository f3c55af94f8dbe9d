package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.ResourceRequirements;
import io.tiphys.meta.Quantity;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What the containers of a pod ask for together; checked against AggregateContainerRequests and
 * AggregateContainerLimits in component-helpers/resource.
 */
public final class ContainerResources {
  private ContainerResources() {}

  /** What a pod asks a node for, as PodRequests in the same package counts it. */
  public static Map<String, Quantity> ofPod(PodSpec spec) {
    Map<String, Quantity> sum = requests(spec);
    if (spec.resources() != null) {
      spec.resources()
          .requests()
          .forEach(
              (name, amount) -> {
                if (isOfPods(name)) {
                  sum.put(name, amount);
                }
              });
    }
    add(sum, spec.overhead());
    return sum;
  }

  static Map<String, Quantity> requests(PodSpec spec) {
    return together(spec, ResourceRequirements::requests);
  }

  static Map<String, Quantity> limits(PodSpec spec) {
    return together(spec, ResourceRequirements::limits);
  }

  /** Whether a pod as a whole can have such a resource. */
  static boolean isOfPods(String name) {
    return name.equals("cpu") || name.equals("memory") || name.startsWith("hugepages-");
  }

  /** The sum of what runs side by side; an init container runs beside the sidecars before it. */
  private static Map<String, Quantity> together(
      PodSpec spec, Function<ResourceRequirements, Map<String, Quantity>> of) {
    Map<String, Quantity> sum = new TreeMap<>();
    spec.containers().forEach(container -> add(sum, of.apply(container.resources())));
    Map<String, Quantity> sidecars = new TreeMap<>();
    Map<String, Quantity> most = new TreeMap<>();
    for (Container container : spec.initContainers()) {
      Map<String, Quantity> own = of.apply(container.resources());
      Map<String, Quantity> now = new TreeMap<>(sidecars);
      add(now, own);
      if ("Always".equals(container.restartPolicy())) {
        add(sum, own);
        sidecars = now;
      }
      max(most, now);
    }
    max(sum, most);
    return sum;
  }

  private static void add(Map<String, Quantity> sum, Map<String, Quantity> more) {
    more.forEach((name, amount) -> sum.merge(name, amount, Quantity::add));
  }

  private static void max(Map<String, Quantity> most, Map<String, Quantity> other) {
    other.forEach((name, amount) -> most.merge(name, amount, Quantity::max));
  }
}
