package io.tiphys.server.admission;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.LimitRange;
import io.tiphys.api.core.v1.LimitRangeItem;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.ResourceRequirements;
import io.tiphys.meta.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The amounts that a limit range gives to containers that name none. Pure. */
final class LimitDefaults {
  private static final String ANNOTATION = "kubernetes.io/limit-ranger";

  private final Map<String, Quantity> requests = new TreeMap<>();
  private final Map<String, Quantity> limits = new TreeMap<>();
  private final List<String> told = new ArrayList<>();

  private LimitDefaults(LimitRange range) {
    for (LimitRangeItem item : range.spec().limits()) {
      if (item.type().equals("Container")) {
        requests.putAll(item.defaultRequest());
        limits.putAll(item.default_());
      }
    }
  }

  /** The pod with what its containers left out, and an annotation that tells so. */
  static Pod apply(LimitRange range, Pod pod) {
    LimitDefaults defaults = new LimitDefaults(range);
    if (defaults.requests.isEmpty() && defaults.limits.isEmpty()) {
      return pod;
    }
    List<Container> containers = defaults.complete(pod.spec().containers(), "container");
    List<Container> init = defaults.complete(pod.spec().initContainers(), "init container");
    if (defaults.told.isEmpty()) {
      return pod;
    }
    Map<String, String> annotations = new TreeMap<>(pod.metadata().annotations());
    annotations.put(ANNOTATION, "LimitRanger plugin set: " + String.join("; ", defaults.told));
    return pod.withMetadata(pod.metadata().withAnnotations(annotations))
        .withSpec(pod.spec().withContainers(containers).withInitContainers(init));
  }

  private List<Container> complete(List<Container> containers, String what) {
    return containers.stream().map(container -> complete(container, what)).toList();
  }

  private Container complete(Container container, String what) {
    ResourceRequirements given = container.resources();
    Map<String, Quantity> requested = new TreeMap<>(requests);
    Map<String, Quantity> limited = new TreeMap<>(limits);
    requested.keySet().removeAll(given.requests().keySet());
    limited.keySet().removeAll(given.limits().keySet());
    tell(requested, "request", what, container);
    tell(limited, "limit", what, container);
    if (requested.isEmpty() && limited.isEmpty()) {
      return container;
    }
    requested.putAll(given.requests());
    limited.putAll(given.limits());
    return container.withResources(given.withRequests(requested).withLimits(limited));
  }

  private void tell(Map<String, Quantity> set, String as, String what, Container container) {
    if (!set.isEmpty()) {
      told.add(
          "%s %s for %s %s".formatted(String.join(", ", set.keySet()), as, what, container.name()));
    }
  }
}
