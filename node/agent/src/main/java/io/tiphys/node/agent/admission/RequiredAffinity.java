package io.tiphys.node.agent.admission;

import io.tiphys.api.core.v1.Affinity;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.NodeAffinity;
import io.tiphys.api.core.v1.NodeSelector;
import io.tiphys.api.core.v1.NodeSelectorRequirement;
import io.tiphys.api.core.v1.NodeSelectorTerm;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.meta.selector.Operator;
import io.tiphys.meta.selector.Requirement;
import java.util.List;
import java.util.Map;

/**
 * Whether a node is one that a pod insists on. Checked against
 * k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go.
 */
final class RequiredAffinity {
  private RequiredAffinity() {}

  static boolean holds(Pod pod, Node node) {
    Map<String, String> labels = node.metadata().labels();
    if (!labels.entrySet().containsAll(pod.spec().nodeSelector().entrySet())) {
      return false;
    }
    Affinity affinity = pod.spec().affinity();
    NodeAffinity nodes = affinity == null ? null : affinity.nodeAffinity();
    NodeSelector required =
        nodes == null ? null : nodes.requiredDuringSchedulingIgnoredDuringExecution();
    return required == null
        || required.nodeSelectorTerms().stream().anyMatch(term -> holds(term, node));
  }

  /** A term without requirements never holds. */
  private static boolean holds(NodeSelectorTerm term, Node node) {
    boolean empty = term.matchExpressions().isEmpty() && term.matchFields().isEmpty();
    return !empty
        && all(term.matchExpressions(), node.metadata().labels())
        && all(term.matchFields(), Map.of("metadata.name", node.name()));
  }

  private static boolean all(
      List<NodeSelectorRequirement> requirements, Map<String, String> labels) {
    return requirements.stream().allMatch(r -> holds(r, labels));
  }

  private static boolean holds(NodeSelectorRequirement wanted, Map<String, String> labels) {
    Operator operator =
        switch (wanted.operator()) {
          case "In" -> Operator.IN;
          case "NotIn" -> Operator.NOT_IN;
          case "Exists" -> Operator.EXISTS;
          case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
          case "Gt" -> Operator.GREATER_THAN;
          case "Lt" -> Operator.LESS_THAN;
          default -> null;
        };
    return operator != null
        && new Requirement(wanted.key(), operator, wanted.values()).matches(labels);
  }
}
