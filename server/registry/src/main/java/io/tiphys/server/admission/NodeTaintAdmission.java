package io.tiphys.server.admission;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.Taint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A new node takes no pods until it is known to be ready. Checked against
 * plugin/pkg/admission/nodetaint/admission.go.
 */
final class NodeTaintAdmission implements AdmissionPlugin {
  private static final String NOT_READY = "node.kubernetes.io/not-ready";
  private static final String NO_SCHEDULE = "NoSchedule";

  @Override
  public @Nullable ApiObject admit(AdmissionRequest request) {
    if (request.operation() == Operation.CREATE
        && request.isOn(CoreV1.NODES)
        && request.object() instanceof Node node) {
      return tainted(node);
    }
    return request.object();
  }

  static Node tainted(Node node) {
    for (Taint taint : node.spec().taints()) {
      if (taint.key().equals(NOT_READY) && taint.effect().equals(NO_SCHEDULE)) {
        return node;
      }
    }
    List<Taint> taints = new ArrayList<>(node.spec().taints());
    taints.add(Taint.builder().key(NOT_READY).effect(NO_SCHEDULE).build());
    return node.withSpec(node.spec().withTaints(taints));
  }
}
