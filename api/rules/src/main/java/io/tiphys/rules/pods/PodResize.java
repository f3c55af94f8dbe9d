package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.meta.apply.FieldFilter;
import io.tiphys.rules.PartRules;
import io.tiphys.rules.WriteContext;
import java.util.ArrayList;
import java.util.List;

/**
 * The subresource {@code resize}, through which a pod that runs gets more or less CPU and memory;
 * checked against podResizeStrategy in pkg/registry/core/pod/strategy.go.
 */
final class PodResize {
  private static final FieldFilter RESIZED =
      FieldFilter.including(
          List.of(
              List.of("spec", "containers", "*", "resources"),
              List.of("spec", "containers", "*", "resizePolicy"),
              List.of("spec", "initContainers", "*", "resources"),
              List.of("spec", "initContainers", "*", "resizePolicy")));

  private PodResize() {}

  static PartRules<Pod> rules() {
    return new PartRules<>(PodResize::prepare, ResizeValidation::of, RESIZED);
  }

  /** All but the resources is put back; containers of other names are left for validation. */
  private static Pod prepare(Pod pod, Pod old, WriteContext context) {
    PodSpec spec = pod.spec();
    PodSpec before = old.spec();
    if (spec.containers().size() != before.containers().size()
        || spec.initContainers().size() != before.initContainers().size()) {
      return pod;
    }
    PodSpec resized =
        before.toBuilder()
            .resources(spec.resources())
            .containers(resized(spec.containers(), before.containers()))
            .initContainers(resized(spec.initContainers(), before.initContainers()))
            .build();
    return PodRules.withPart(pod, old, DisabledFields.dropped(resized, before));
  }

  private static List<Container> resized(List<Container> containers, List<Container> before) {
    List<Container> resized = new ArrayList<>(before.size());
    for (int i = 0; i < before.size(); i++) {
      Container container = containers.get(i);
      if (!container.name().equals(before.get(i).name())) {
        return containers;
      }
      resized.add(
          before.get(i).toBuilder()
              .resources(container.resources())
              .resizePolicy(container.resizePolicy())
              .build());
    }
    return resized;
  }
}
