package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.ResourceRequirements;
import io.tiphys.meta.Quantity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What a pod asks for as a whole: the sum of its containers, or what is said of the pod itself.
 * Pure. Checked against component-helpers/resource/helpers.go and, for the spec alone,
 * plugin/pkg/admission/limitranger/admission.go.
 */
public final class PodResources {
  private static final Predicate<String> OF_PODS = Set.of("cpu", "memory")::contains;

  private PodResources() {}

  /** By the spec alone, without overhead, as limit ranges judge a pod. */
  public static Map<String, Quantity> requests(PodSpec spec) {
    return overridden(ContainerResources.requests(spec), requirements(spec).requests(), OF_PODS);
  }

  /** By the spec alone, without overhead, as limit ranges judge a pod. */
  public static Map<String, Quantity> limits(PodSpec spec) {
    return overridden(ContainerResources.limits(spec), requirements(spec).limits(), OF_PODS);
  }

  /** What a pod is charged for: what it asks for or still has, and its overhead. */
  public static Map<String, Quantity> chargedRequests(Pod pod) {
    PodSpec spec = actual(pod);
    Map<String, Quantity> sum =
        overridden(
            ContainerResources.requests(spec),
            requirements(spec).requests(),
            ContainerResources::isOfPods);
    spec.overhead().forEach((name, amount) -> sum.merge(name, amount, Quantity::add));
    return sum;
  }

  /** Only what is limited at all has its overhead added. */
  public static Map<String, Quantity> chargedLimits(Pod pod) {
    PodSpec spec = actual(pod);
    Map<String, Quantity> sum =
        overridden(
            ContainerResources.limits(spec),
            requirements(spec).limits(),
            ContainerResources::isOfPods);
    spec.overhead()
        .forEach(
            (name, amount) ->
                sum.computeIfPresent(
                    name, (_, limit) -> limit.isZero() ? limit : limit.add(amount)));
    return sum;
  }

  /** Whether resources are said of the pod itself. */
  public static boolean areOfPod(PodSpec spec) {
    ResourceRequirements own = requirements(spec);
    return own.requests().keySet().stream().anyMatch(ContainerResources::isOfPods)
        || own.limits().keySet().stream().anyMatch(ContainerResources::isOfPods);
  }

  private static ResourceRequirements requirements(PodSpec spec) {
    return spec.resources() == null ? ResourceRequirements.EMPTY : spec.resources();
  }

  private static Map<String, Quantity> overridden(
      Map<String, Quantity> sum, Map<String, Quantity> ofPod, Predicate<String> known) {
    ofPod.forEach(
        (name, amount) -> {
          if (known.test(name)) {
            sum.put(name, amount);
          }
        });
    return sum;
  }

  /** The spec with what containers have while they are resized, if that is more. */
  private static PodSpec actual(Pod pod) {
    Map<String, ContainerStatus> statuses = new HashMap<>();
    pod.status().initContainerStatuses().forEach(status -> statuses.put(status.name(), status));
    pod.status().containerStatuses().forEach(status -> statuses.put(status.name(), status));
    if (statuses.isEmpty()) {
      return pod.spec();
    }
    boolean infeasible =
        pod.status().conditions().stream()
            .filter(condition -> condition.type().equals("PodResizePending"))
            .limit(1)
            .anyMatch(condition -> condition.reason().equals("Infeasible"));
    return pod.spec()
        .withContainers(actual(pod.spec().containers(), statuses, infeasible))
        .withInitContainers(
            pod.spec().initContainers().stream()
                .map(
                    container ->
                        "Always".equals(container.restartPolicy())
                            ? actual(container, statuses, infeasible)
                            : container)
                .toList());
  }

  private static List<Container> actual(
      List<Container> containers, Map<String, ContainerStatus> statuses, boolean infeasible) {
    return containers.stream().map(container -> actual(container, statuses, infeasible)).toList();
  }

  private static Container actual(
      Container container, Map<String, ContainerStatus> statuses, boolean infeasible) {
    ContainerStatus status = statuses.get(container.name());
    return status == null || status.resources() == null
        ? container
        : actual(container, status, status.resources(), infeasible);
  }

  private static Container actual(
      Container container, ContainerStatus status, ResourceRequirements has, boolean infeasible) {
    ResourceRequirements wished = infeasible ? ResourceRequirements.EMPTY : container.resources();
    Map<String, Quantity> requests = new TreeMap<>(wished.requests());
    has.requests().forEach((name, amount) -> requests.merge(name, amount, Quantity::max));
    status
        .allocatedResources()
        .forEach((name, amount) -> requests.merge(name, amount, Quantity::max));
    Map<String, Quantity> limits = new TreeMap<>(wished.limits());
    has.limits().forEach((name, amount) -> limits.merge(name, amount, Quantity::max));
    return container.withResources(container.resources().withRequests(requests).withLimits(limits));
  }
}
