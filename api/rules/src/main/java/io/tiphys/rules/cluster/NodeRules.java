package io.tiphys.rules.cluster;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.NodeSpec;
import io.tiphys.api.core.v1.NodeStatus;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import io.tiphys.rules.warnings.ClusterWarnings;
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
    Node filled = node.withSpec(withNetworks(node.spec()));
    return node.status().allocatable().isEmpty() && !node.status().capacity().isEmpty()
        ? filled.withStatus(node.status().withAllocatable(node.status().capacity()))
        : filled;
  }

  /**
   * The single network and the list agree; where both are given and differ, the single one is
   * believed. See Convert_v1_NodeSpec_To_core_NodeSpec in pkg/apis/core/v1/conversion.go.
   */
  private static NodeSpec withNetworks(NodeSpec spec) {
    String single = spec.podCIDR();
    if (single.isEmpty()) {
      return spec.podCIDRs().isEmpty() ? spec : spec.withPodCIDR(spec.podCIDRs().getFirst());
    }
    boolean agree = !spec.podCIDRs().isEmpty() && spec.podCIDRs().getFirst().equals(single);
    return agree ? spec : spec.withPodCIDRs(List.of(single));
  }

  /** Where a kubelet's configuration comes from is told no more, unless a node had it. */
  @Override
  public Node prepareForCreate(Node node, WriteContext context) {
    return node.toBuilder()
        .spec(node.spec().withConfigSource(null))
        .status(node.status().withConfig(null))
        .build();
  }

  @Override
  public Node prepareForUpdate(Node node, Node old, WriteContext context) {
    Node prepared = node.withStatus(old.status());
    return old.spec().configSource() == null
        ? prepared.withSpec(prepared.spec().withConfigSource(null))
        : prepared;
  }

  @Override
  protected Node prepareStatus(Node node, Node old, WriteContext context) {
    Node prepared = super.prepareStatus(node, old, context);
    return old.status().config() == null
        ? prepared.withStatus(prepared.status().withConfig(null))
        : prepared;
  }

  @Override
  public List<String> warningsOnCreate(Node node) {
    return ClusterWarnings.of(node);
  }

  @Override
  public List<String> warningsOnUpdate(Node node, Node old) {
    return ClusterWarnings.of(node);
  }

  @Override
  public List<FieldError> validate(Node node) {
    return NodeValidation.of(node);
  }

  @Override
  public List<FieldError> validateUpdate(Node node, Node old) {
    List<FieldError> errors = NodeValidation.of(node);
    errors.addAll(NodeValidation.ofUpdate(node, old));
    return errors;
  }

  @Override
  protected List<FieldError> validateStatus(Node node, Node old) {
    return NodeValidation.ofUpdate(node, old);
  }

  @Override
  public Map<String, Function<Node, String>> selectableFields() {
    return Map.of("spec.unschedulable", node -> String.valueOf(node.spec().unschedulable()));
  }
}
