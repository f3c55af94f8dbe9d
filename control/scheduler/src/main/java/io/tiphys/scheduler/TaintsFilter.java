package io.tiphys.scheduler;

import io.tiphys.api.core.v1.Taint;
import io.tiphys.api.core.v1.Toleration;
import java.util.List;

/**
 * The pod tolerates the node's taints, and the node takes new pods. Checked against
 * plugins/tainttoleration/taint_toleration.go and plugins/nodeunschedulable/node_unschedulable.go.
 */
final class TaintsFilter implements Filter {
  private static final Taint UNSCHEDULABLE =
      Taint.builder().key("node.kubernetes.io/unschedulable").effect("NoSchedule").build();

  @Override
  public Verdict check(Candidate pod, NodeState node, ClusterState cluster) {
    List<Toleration> tolerations = pod.pod().spec().tolerations();
    if (node.node().spec().unschedulable() && !tolerated(UNSCHEDULABLE, tolerations)) {
      return Verdict.unresolvable("node(s) were unschedulable");
    }
    for (Taint taint : node.node().spec().taints()) {
      boolean repels = taint.effect().equals("NoSchedule") || taint.effect().equals("NoExecute");
      if (repels && !tolerated(taint, tolerations)) {
        return Verdict.unresolvable("node(s) had untolerated taint(s)");
      }
    }
    return Verdict.FITS;
  }

  /** How many taints that only discourage scheduling the pod does not tolerate. */
  static int discouraging(Candidate pod, NodeState node) {
    int count = 0;
    for (Taint taint : node.node().spec().taints()) {
      if (taint.effect().equals("PreferNoSchedule")
          && !tolerated(taint, pod.pod().spec().tolerations())) {
        count++;
      }
    }
    return count;
  }

  private static boolean tolerated(Taint taint, List<Toleration> tolerations) {
    for (Toleration toleration : tolerations) {
      if (tolerates(toleration, taint)) {
        return true;
      }
    }
    return false;
  }

  private static boolean tolerates(Toleration toleration, Taint taint) {
    if (!toleration.effect().isEmpty() && !toleration.effect().equals(taint.effect())) {
      return false;
    }
    if (!toleration.key().isEmpty() && !toleration.key().equals(taint.key())) {
      return false;
    }
    return switch (toleration.operator()) {
      case "", "Equal" -> toleration.value().equals(taint.value());
      case "Exists" -> true;
      default -> false;
    };
  }
}
