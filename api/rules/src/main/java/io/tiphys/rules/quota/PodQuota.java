package io.tiphys.rules.quota;

import io.tiphys.api.ApiObject;
import io.tiphys.api.core.v1.Affinity;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodAffinityTerm;
import io.tiphys.api.core.v1.ScopedResourceSelectorRequirement;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.pods.PodResources;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How pods count: those that have not ended, and what they ask for. Checked against
 * pkg/quota/v1/evaluator/core/pods.go.
 */
record PodQuota() implements QuotaEvaluator {
  private static final String COUNT = "count/pods";
  private static final String REQUESTS = "requests.";
  private static final String LIMITS = "limits.";
  private static final String HUGE_PAGES = "hugepages-";
  private static final String DEVICE_CLASS = "deviceclass.resource.kubernetes.io/";
  private static final Set<String> COMPUTED = Set.of("cpu", "memory", "ephemeral-storage");
  private static final Set<String> NAMES =
      Set.of(
          COUNT,
          "cpu",
          "memory",
          "ephemeral-storage",
          "requests.cpu",
          "requests.memory",
          "requests.ephemeral-storage",
          "limits.cpu",
          "limits.memory",
          "limits.ephemeral-storage",
          "pods");

  /** Upstream's validationSet: where these are bounded, each container must tell them. */
  private static final Set<String> DEMANDED =
      Set.of("cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory");

  @Override
  public Set<String> matching(Collection<String> names) {
    Set<String> matching = new TreeSet<>();
    for (String name : names) {
      boolean hugePages = name.startsWith(HUGE_PAGES) || name.startsWith(REQUESTS + HUGE_PAGES);
      if (NAMES.contains(name) || hugePages || isExtended(name)) {
        matching.add(name);
      }
    }
    return matching;
  }

  private static boolean isExtended(String name) {
    boolean foreign = name.contains("/") && !name.contains("kubernetes.io/");
    return name.startsWith(REQUESTS) && (foreign || name.startsWith(REQUESTS + DEVICE_CLASS));
  }

  @Override
  public boolean isIn(ScopedResourceSelectorRequirement scope, ApiObject object) {
    Pod pod = (Pod) object;
    return switch (scope.scopeName()) {
      case "Terminating" -> isTerminating(pod);
      case "NotTerminating" -> !isTerminating(pod);
      case "BestEffort" -> isBestEffort(pod);
      case "NotBestEffort" -> !isBestEffort(pod);
      case "PriorityClass" -> {
        String name = pod.spec().priorityClassName();
        yield Scopes.selects(scope, name.isEmpty() ? null : name);
      }
      case "CrossNamespacePodAffinity" -> looksBeyondItsNamespace(pod.spec().affinity());
      default -> false;
    };
  }

  /** Whether a pod ends by itself. */
  static boolean isTerminating(Pod pod) {
    Long deadline = pod.spec().activeDeadlineSeconds();
    return deadline != null && deadline >= 0;
  }

  @Override
  public boolean countsAlike(ApiObject before, ApiObject after) {
    return isTerminating((Pod) before) == isTerminating((Pod) after);
  }

  private static boolean isBestEffort(Pod pod) {
    return pod.status().qosClass().equals("BestEffort");
  }

  private static boolean looksBeyondItsNamespace(@Nullable Affinity affinity) {
    if (affinity == null) {
      return false;
    }
    Stream<PodAffinityTerm> near =
        affinity.podAffinity() == null
            ? Stream.of()
            : Stream.concat(
                affinity.podAffinity().requiredDuringSchedulingIgnoredDuringExecution().stream(),
                affinity.podAffinity().preferredDuringSchedulingIgnoredDuringExecution().stream()
                    .map(term -> term.podAffinityTerm()));
    Stream<PodAffinityTerm> apart =
        affinity.podAntiAffinity() == null
            ? Stream.of()
            : Stream.concat(
                affinity
                    .podAntiAffinity()
                    .requiredDuringSchedulingIgnoredDuringExecution()
                    .stream(),
                affinity
                    .podAntiAffinity()
                    .preferredDuringSchedulingIgnoredDuringExecution()
                    .stream()
                    .map(term -> term.podAffinityTerm()));
    return Stream.concat(near, apart)
        .anyMatch(term -> !term.namespaces().isEmpty() || term.namespaceSelector() != null);
  }

  @Override
  public @Nullable String missing(Set<String> names, ApiObject object) {
    Pod pod = (Pod) object;
    if (PodResources.areOfPod(pod.spec())) {
      return null;
    }
    Map<String, Set<String>> missing = new TreeMap<>();
    Stream.concat(pod.spec().containers().stream(), pod.spec().initContainers().stream())
        .forEach(container -> collectMissing(names, container, missing));
    return missing.isEmpty()
        ? null
        : "must specify "
            + String.join(
                "; ",
                missing.entrySet().stream()
                    .map(entry -> entry.getKey() + " for: " + String.join(",", entry.getValue()))
                    .toList());
  }

  private static void collectMissing(
      Set<String> names, Container container, Map<String, Set<String>> missing) {
    Set<String> told =
        computed(container.resources().requests(), container.resources().limits()).keySet();
    for (String name : names) {
      if (DEMANDED.contains(name) && !told.contains(name)) {
        missing.computeIfAbsent(name, _ -> new TreeSet<>()).add(container.name());
      }
    }
  }

  @Override
  public Map<String, Quantity> usage(ApiObject object, Instant now) {
    Pod pod = (Pod) object;
    Map<String, Quantity> count = new TreeMap<>(Map.of(COUNT, Quantity.of(1)));
    return hasEnded(pod, now)
        ? count
        : Amounts.add(
            count, computed(PodResources.chargedRequests(pod), PodResources.chargedLimits(pod)));
  }

  /** A pod that should be gone, but whose node is lost, holds up nobody. */
  private static boolean hasEnded(Pod pod, Instant now) {
    String phase = pod.status().phase();
    if (phase.equals("Failed") || phase.equals("Succeeded")) {
      return true;
    }
    Instant end = pod.metadata().deletionTimestamp();
    Long grace = pod.metadata().deletionGracePeriodSeconds();
    return end != null && grace != null && now.isAfter(end.plusSeconds(grace));
  }

  private static Map<String, Quantity> computed(
      Map<String, Quantity> requests, Map<String, Quantity> limits) {
    Map<String, Quantity> usage = new TreeMap<>();
    usage.put("pods", Quantity.of(1));
    requests.forEach(
        (name, amount) -> {
          if (COMPUTED.contains(name) || name.startsWith(HUGE_PAGES)) {
            usage.put(name, amount);
            usage.put(REQUESTS + name, amount);
          } else if (isExtended(REQUESTS + name)) {
            usage.put(REQUESTS + name, amount);
          }
        });
    COMPUTED.forEach(
        name -> {
          if (limits.containsKey(name)) {
            usage.put(LIMITS + name, Objects.requireNonNull(limits.get(name)));
          }
        });
    return usage;
  }
}
