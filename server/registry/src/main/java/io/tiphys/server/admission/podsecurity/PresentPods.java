package io.tiphys.server.admission.podsecurity;

import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.base.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which of the pods that run already a stricter policy would not take. Checked against
 * EvaluatePodsInNamespace of pod-security-admission/admission/admission.go.
 */
final class PresentPods {
  /** Upstream's defaultNamespaceMaxPodsToCheck: a change of labels must not take long. */
  private static final int MAX_PODS = 3000;

  /** Upstream's defaultNamespacePodCheckTimeout. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Evaluator evaluator;
  private final Clock clock;

  PresentPods(Evaluator evaluator, Clock clock) {
    this.evaluator = evaluator;
    this.clock = clock;
  }

  /** The pods of which the same is told. */
  private record Alike(String first, int count) {
    Alike and(String name) {
      return new Alike(name.compareTo(first) < 0 ? name : first, count + 1);
    }

    String told(String reason) {
      return switch (count) {
        case 1 -> first + ": " + reason;
        case 2 -> first + " (and 1 other pod): " + reason;
        default -> first + " (and " + (count - 1) + " other pods): " + reason;
      };
    }
  }

  List<String> warnings(String namespace, List<Pod> pods, LevelVersion enforced) {
    long end = clock.nanoTime() + PATIENCE.toNanos();
    List<Pod> ordered = onePerControllerFirst(pods);
    Map<String, Alike> alike = new TreeMap<>();
    int checked = 0;
    for (Pod pod : ordered.subList(0, Math.min(ordered.size(), MAX_PODS))) {
      checked++;
      List<Finding> findings =
          evaluator.evaluate(enforced, Candidate.of(pod.metadata(), pod.spec()));
      if (!findings.isEmpty()) {
        alike.merge(
            Finding.reasons(findings),
            new Alike(pod.name(), 1),
            (known, another) -> known.and(another.first()));
      }
      if (clock.nanoTime() - end > 0) {
        break;
      }
    }
    List<String> warnings = new ArrayList<>();
    if (checked < ordered.size()) {
      warnings.add(
          "new PodSecurity enforce level only checked against the first %d of %d existing pods"
              .formatted(checked, ordered.size()));
    }
    if (!alike.isEmpty()) {
      warnings.add(
          "existing pods in namespace \"%s\" violate the new PodSecurity enforce level \"%s\""
              .formatted(namespace, enforced));
    }
    List<String> told = new ArrayList<>();
    alike.forEach((reason, those) -> told.add(those.told(reason)));
    told.sort(null);
    warnings.addAll(told);
    return warnings;
  }

  /** Pods of one controller are alike: one of each comes first. */
  private static List<Pod> onePerControllerFirst(List<Pod> pods) {
    List<Pod> first = new ArrayList<>();
    List<Pod> others = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Pod pod : pods) {
      String controller = controller(pod);
      boolean another = !controller.isEmpty() && !seen.add(controller);
      (another ? others : first).add(pod);
    }
    first.addAll(others);
    return first;
  }

  private static String controller(Pod pod) {
    return pod.metadata().ownerReferences().stream()
        .filter(owner -> Boolean.TRUE.equals(owner.controller()))
        .map(OwnerReference::uid)
        .findFirst()
        .orElse("");
  }
}
