package io.tiphys.rules.warnings;

import io.tiphys.api.core.v1.NodeSelectorRequirement;
import io.tiphys.api.core.v1.NodeSelectorTerm;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.meta.Names;
import io.tiphys.rules.FieldPath;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Labels of nodes that have got other names; checked against pkg/api/node/util.go. */
final class NodeLabels {
  private static final Map<String, String> DEPRECATED =
      Map.of(
          "beta.kubernetes.io/arch", instead("v1.14", "kubernetes.io/arch"),
          "beta.kubernetes.io/os", instead("v1.14", "kubernetes.io/os"),
          "failure-domain.beta.kubernetes.io/region",
              instead("v1.17", "topology.kubernetes.io/region"),
          "failure-domain.beta.kubernetes.io/zone", instead("v1.17", "topology.kubernetes.io/zone"),
          "beta.kubernetes.io/instance-type", instead("v1.17", "node.kubernetes.io/instance-type"),
          "app.kubernetes.io/created-by", "deprecated since v1.9",
          "scheduler.alpha.kubernetes.io/preferAvoidPods",
              "deprecated since v1.22; use Taints and Tolerations instead",
          "node-role.kubernetes.io/master",
              "use \"node-role.kubernetes.io/control-plane\" instead");

  private NodeLabels() {}

  private static String instead(String since, String label) {
    return "deprecated since %s; use \"%s\" instead".formatted(since, label);
  }

  /** What is to be said of a label, or null. */
  static @Nullable String remark(String label) {
    return DEPRECATED.get(label);
  }

  static void selector(LabelSelector selector, FieldPath path, Remarks out) {
    for (int i = 0; i < selector.matchExpressions().size(); i++) {
      String key = selector.matchExpressions().get(i).key();
      String remark = remark(key);
      if (remark != null) {
        out.add(path.child("matchExpressions").index(i).child("key"), key + " is " + remark);
      }
    }
    for (String label : selector.matchLabels().keySet()) {
      String remark = remark(label);
      if (remark != null) {
        out.add(path.child("matchLabels").child(label), remark);
      }
    }
  }

  /**
   * @param values whether what the label is compared with must be a label's value
   */
  static void term(NodeSelectorTerm term, boolean values, FieldPath path, Remarks out) {
    for (int i = 0; i < term.matchExpressions().size(); i++) {
      NodeSelectorRequirement each = term.matchExpressions().get(i);
      FieldPath at = path.child("matchExpressions").index(i);
      String remark = remark(each.key());
      if (remark != null) {
        out.add(at.child("key"), each.key() + " is " + remark);
      }
      for (int v = 0; values && v < each.values().size(); v++) {
        String value = each.values().get(v);
        List<String> problems = Names.labelValue(value);
        for (String problem : problems) {
          out.add(at.child("values").index(v), value + " is invalid, " + problem);
        }
      }
    }
  }
}
