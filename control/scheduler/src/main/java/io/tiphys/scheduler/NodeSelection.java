package io.tiphys.scheduler;

import io.tiphys.api.core.v1.Affinity;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.NodeAffinity;
import io.tiphys.api.core.v1.NodeSelector;
import io.tiphys.api.core.v1.NodeSelectorRequirement;
import io.tiphys.api.core.v1.NodeSelectorTerm;
import io.tiphys.api.core.v1.PreferredSchedulingTerm;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes a pod or a volume wants. Checked against
 * component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go.
 */
final class NodeSelection {
  private NodeSelection() {}

  /** The pod's node selector and required node affinity hold. */
  static boolean required(Candidate pod, Node node) {
    for (Map.Entry<String, String> wanted : pod.pod().spec().nodeSelector().entrySet()) {
      if (!wanted.getValue().equals(node.metadata().labels().get(wanted.getKey()))) {
        return false;
      }
    }
    NodeAffinity affinity = affinity(pod);
    NodeSelector selector =
        affinity == null ? null : affinity.requiredDuringSchedulingIgnoredDuringExecution();
    return selector == null || matches(selector, node);
  }

  /** The sum of the weights of the preferred terms that hold. */
  static long preferred(Candidate pod, Node node) {
    NodeAffinity affinity = affinity(pod);
    if (affinity == null) {
      return 0;
    }
    long sum = 0;
    for (PreferredSchedulingTerm term :
        affinity.preferredDuringSchedulingIgnoredDuringExecution()) {
      if (term.weight() != 0 && matches(term.preference(), node)) {
        sum += term.weight();
      }
    }
    return sum;
  }

  /** One of the selector's terms holds; a term without requirements never does. */
  static boolean matches(NodeSelector selector, Node node) {
    for (NodeSelectorTerm term : selector.nodeSelectorTerms()) {
      if (matches(term, node)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(NodeSelectorTerm term, Node node) {
    if (term.matchExpressions().isEmpty() && term.matchFields().isEmpty()) {
      return false;
    }
    for (NodeSelectorRequirement requirement : term.matchExpressions()) {
      if (!holds(requirement, node.metadata().labels().get(requirement.key()))) {
        return false;
      }
    }
    for (NodeSelectorRequirement requirement : term.matchFields()) {
      boolean name = requirement.key().equals("metadata.name");
      if (!name || !holds(requirement, node.name())) {
        return false;
      }
    }
    return true;
  }

  private static boolean holds(NodeSelectorRequirement requirement, @Nullable String value) {
    List<String> values = requirement.values();
    return switch (requirement.operator()) {
      case "In" -> value != null && values.contains(value);
      case "NotIn" -> value == null || !values.contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      case "Gt" -> compare(value, values) > 0;
      case "Lt" -> compare(value, values) < 0;
      default -> false;
    };
  }

  /** 0 when either side is no number, so that neither Gt nor Lt holds. */
  private static int compare(@Nullable String value, List<String> values) {
    if (value == null || values.size() != 1) {
      return 0;
    }
    try {
      return Long.compare(Long.parseLong(value), Long.parseLong(values.getFirst()));
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  private static @Nullable NodeAffinity affinity(Candidate pod) {
    Affinity affinity = pod.pod().spec().affinity();
    return affinity == null ? null : affinity.nodeAffinity();
  }
}
