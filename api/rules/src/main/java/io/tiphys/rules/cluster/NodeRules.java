package io.tiphys.rules.cluster;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.NodeSpec;
import io.tiphys.api.core.v1.NodeStatus;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Checked against pkg/registry/core/node/strategy.go: a node brings its own status. */
public final class NodeRules extends SpecRules<Node, NodeSpec, NodeStatus> {
  public NodeRules() {
    super(
        CoreV1.NODES,
        new Parts<>(Node::spec, Node::status, Node::withSpec, Node::withStatus, NodeStatus.EMPTY));
  }

  /** As upstream's SetDefaults_NodeStatus: what is not said is all of it. */
  @Override
  public Node defaults(Node node) {
    return node.status().allocatable().isEmpty() && !node.status().capacity().isEmpty()
        ? node.withStatus(node.status().withAllocatable(node.status().capacity()))
        : node;
  }

  @Override
  public Node prepareForCreate(Node node, WriteContext context) {
    return node;
  }

  @Override
  public Node prepareForUpdate(Node node, Node old, WriteContext context) {
    return node.withStatus(old.status());
  }

  @Override
  public List<FieldError> validate(Node node) {
    return ClassValidation.taints(node);
  }

  @Override
  public List<FieldError> validateUpdate(Node node, Node old) {
    return validate(node);
  }

  @Override
  public Map<String, Function<Node, String>> selectableFields() {
    return Map.of("spec.unschedulable", node -> String.valueOf(node.spec().unschedulable()));
  }
}
