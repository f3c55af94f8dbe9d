package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.api.core.v1.ResourceRequirements;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether a pod may get these resources while it runs; checked against ValidatePodResize. */
final class ResizeValidation {
  private static final FieldPath ROOT = FieldPath.of("");
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> RESIZED = List.of("cpu", "memory");
  private static final String ONLY_RESIZED = "only cpu and memory resources are mutable";

  private final Checks checks = new Checks();
  private final Pod old;
  private final PodSpec before;
  private final PodSpec now;

  private ResizeValidation(Pod pod, Pod old) {
    this.old = old;
    before = old.spec();
    now = pod.spec();
  }

  static List<FieldError> of(Pod pod, Pod old) {
    if (PodAnnotations.isMirror(old.metadata().annotations())) {
      return List.of(FieldError.forbidden(ROOT, "static pods cannot be resized"));
    }
    if (old.spec().os() != null && old.spec().os().name().equals("windows")) {
      return List.of(FieldError.forbidden(ROOT, "windows pods cannot be resized"));
    }
    ResizeValidation validation = new ResizeValidation(pod, old);
    validation.checks.addAll(PodValidation.of(pod, SPEC));
    validation.pod(pod);
    PodSpec masked = validation.now.withResources(validation.ofPod());
    if (!old.status().nodeAllocatableResourceClaimStatuses().isEmpty()) {
      validation.checks.forbidden(
          SPEC, "pods with node allocatable resource claims cannot be resized");
    }
    if (validation.sameContainers()) {
      validation.containers(masked);
    }
    return validation.checks.errors();
  }

  private void pod(Pod pod) {
    PodStatus status = old.status();
    String quality = status.qosClass().isEmpty() ? QosClass.of(before) : status.qosClass();
    if (!quality.equals(QosClass.of(now))) {
      checks.invalid(
          SPEC, pod.status().qosClass(), "Pod QOS Class may not change as a result of resizing");
    }
    if (!nodeResizes(status)) {
      checks.forbidden(SPEC, "Pod running on node without support for resize");
    }
  }

  /** A node that can do it says what each running container has. */
  private static boolean nodeResizes(PodStatus status) {
    for (ContainerStatus container : status.containerStatuses()) {
      if (container.state().running() != null) {
        return container.resources() != null;
      }
    }
    return true;
  }

  private static boolean asks(PodSpec spec) {
    ResourceRequirements resources = spec.resources();
    return resources != null && !(resources.requests().isEmpty() && resources.limits().isEmpty());
  }

  /** What the pod as a whole now has, with CPU and memory as they were. */
  private @Nullable ResourceRequirements ofPod() {
    ResourceRequirements wanted = now.resources();
    ResourceRequirements had = before.resources();
    if (!asks(before) && !asks(now)) {
      return wanted;
    }
    FieldPath path = SPEC.child("resources");
    if (wanted == null) {
      checks.forbidden(path, "pod-level resources cannot be removed");
      return null;
    }
    if (had != null && removed(wanted.requests(), had.requests())) {
      checks.forbidden(path.child("requests"), "pod-level resource requests cannot be removed");
    }
    if (had != null && removed(wanted.limits(), had.limits())) {
      checks.forbidden(path.child("limits"), "pod-level resource limits cannot be removed");
    }
    ResourceRequirements other = had == null ? ResourceRequirements.EMPTY : had;
    ResourceRequirements masked =
        wanted.toBuilder()
            .requests(masked(wanted.requests(), other.requests()))
            .limits(masked(wanted.limits(), other.limits()))
            .build();
    boolean nothing = had == null && masked.equals(ResourceRequirements.EMPTY);
    if (!nothing && !masked.equals(had)) {
      checks.forbidden(SPEC, "only cpu and memory resources are mutable at pod-level");
    }
    return nothing ? null : masked;
  }

  private static boolean removed(Map<String, Quantity> wanted, Map<String, Quantity> had) {
    return !wanted.keySet().containsAll(had.keySet());
  }

  private static Map<String, Quantity> masked(
      Map<String, Quantity> wanted, Map<String, Quantity> had) {
    Map<String, Quantity> masked = new LinkedHashMap<>(wanted);
    for (String name : RESIZED) {
      Quantity amount = had.get(name);
      if (amount == null) {
        masked.remove(name);
      } else {
        masked.put(name, amount);
      }
    }
    return masked;
  }

  private boolean sameContainers() {
    boolean same = same(now.containers(), before.containers(), "containers");
    return same(now.initContainers(), before.initContainers(), "initContainers") && same;
  }

  private boolean same(List<Container> wanted, List<Container> had, String field) {
    FieldPath path = SPEC.child(field);
    if (wanted.size() != had.size()) {
      checks.forbidden(path, field + " may not be added or removed on resize");
      return false;
    }
    boolean same = true;
    for (int i = 0; i < had.size(); i++) {
      if (!wanted.get(i).name().equals(had.get(i).name())) {
        same = false;
        checks.forbidden(
            path.index(i).child("name"), field + " may not be renamed or reordered on resize");
      }
    }
    return same;
  }

  private void containers(PodSpec spec) {
    kept(now.initContainers(), before.initContainers(), SPEC.child("initContainers"));
    kept(now.containers(), before.containers(), SPEC.child("containers"));
    List<Container> containers = new ArrayList<>();
    for (int i = 0; i < before.containers().size(); i++) {
      containers.add(regular(now.containers().get(i), before.containers().get(i)));
    }
    List<Container> init = new ArrayList<>();
    for (int i = 0; i < before.initContainers().size(); i++) {
      FieldPath path = SPEC.child("initContainers").index(i);
      init.add(init(now.initContainers().get(i), before.initContainers().get(i), path));
    }
    PodSpec masked = spec.toBuilder().containers(containers).initContainers(init).build();
    if (checks.errors().isEmpty() && !masked.equals(before)) {
      checks.forbidden(SPEC, ONLY_RESIZED);
    }
  }

  private void kept(List<Container> wanted, List<Container> had, FieldPath path) {
    for (int i = 0; i < had.size(); i++) {
      FieldPath resources = path.index(i).child("resources");
      if (removed(wanted.get(i).resources().requests(), had.get(i).resources().requests())) {
        checks.forbidden(resources.child("requests"), "resource requests cannot be removed");
      }
      if (removed(wanted.get(i).resources().limits(), had.get(i).resources().limits())) {
        checks.forbidden(resources.child("limits"), "resource limits cannot be removed");
      }
    }
  }

  /** With CPU and memory as they were and, as upstream has it, without claims. */
  private static Container masked(Container container, Container had) {
    ResourceRequirements wanted = container.resources();
    return container.withResources(
        ResourceRequirements.builder()
            .requests(masked(wanted.requests(), had.resources().requests()))
            .limits(masked(wanted.limits(), had.resources().limits()))
            .build());
  }

  private Container regular(Container container, Container had) {
    Container masked = masked(container, had);
    if (!masked.equals(had)) {
      checks.forbidden(SPEC, ONLY_RESIZED);
    }
    return masked;
  }

  private Container init(Container container, Container had, FieldPath path) {
    Container masked = masked(container, had);
    if (!masked.equals(had)) {
      checks.forbidden(
          path, "only cpu and memory resources for init or sidecar containers are mutable");
    }
    boolean sidecar = Objects.equals(container.restartPolicy(), "Always");
    if (!sidecar && !container.equals(had)) {
      container.resizePolicy().stream()
          .filter(policy -> policy.restartPolicy().equals("RestartContainer"))
          .forEach(
              _ ->
                  checks.forbidden(
                      path,
                      "non-sidecar init containers with a resize policy of RestartContainer"
                          + " cannot be resized"));
    }
    return masked;
  }
}
