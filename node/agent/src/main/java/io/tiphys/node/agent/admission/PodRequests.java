package io.tiphys.node.agent.admission;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.meta.Quantity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/**
 * What a pod asks of its node: its containers and sidecars together, or the largest moment of its
 * initialization if that is more, and its overhead. Checked against PodRequests in
 * k8s.io/component-helpers/resource/helpers.go.
 */
public final class PodRequests {
  /** In this order upstream looks at resources; others follow. */
  private static final List<String> FIRST = List.of("cpu", "memory", "ephemeral-storage");

  private PodRequests() {}

  static Map<String, Quantity> of(Pod pod) {
    Map<String, Quantity> running = new TreeMap<>();
    for (Container container : pod.spec().containers()) {
      merge(running, container.resources().requests(), Quantity::add);
    }
    Map<String, Quantity> sidecars = new TreeMap<>();
    Map<String, Quantity> initializing = new TreeMap<>();
    for (Container container : pod.spec().initContainers()) {
      Map<String, Quantity> asked = new TreeMap<>(container.resources().requests());
      if ("Always".equals(container.restartPolicy())) {
        merge(sidecars, asked, Quantity::add);
        merge(running, asked, Quantity::add);
        merge(initializing, sidecars, Quantity::max);
      } else {
        merge(asked, sidecars, Quantity::add);
        merge(initializing, asked, Quantity::max);
      }
    }
    merge(running, initializing, Quantity::max);
    merge(running, pod.spec().overhead(), Quantity::add);
    return ordered(running);
  }

  private static void merge(
      Map<String, Quantity> into, Map<String, Quantity> from, BinaryOperator<Quantity> how) {
    from.forEach((name, amount) -> into.merge(name, amount, how));
  }

  private static Map<String, Quantity> ordered(Map<String, Quantity> all) {
    Map<String, Quantity> ordered = new LinkedHashMap<>();
    for (String name : FIRST) {
      if (all.containsKey(name)) {
        ordered.put(name, all.get(name));
      }
    }
    all.forEach(ordered::putIfAbsent);
    return ordered;
  }

  /** Checked against IsExtendedResourceName in pkg/apis/core/v1/helper/helpers.go. */
  public static boolean isExtended(String resource) {
    return resource.contains("/")
        && !resource.contains("kubernetes.io/")
        && !resource.startsWith("requests.");
  }
}
