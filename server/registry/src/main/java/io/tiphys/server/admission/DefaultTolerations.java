package io.tiphys.server.admission;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Toleration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pods that do not say otherwise stay on a node for five minutes after it was lost. Checked against
 * plugin/pkg/admission/defaulttolerationseconds/admission.go.
 */
final class DefaultTolerations implements AdmissionPlugin {
  private static final String NOT_READY = "node.kubernetes.io/not-ready";
  private static final String UNREACHABLE = "node.kubernetes.io/unreachable";
  private static final String NO_EXECUTE = "NoExecute";

  /** Upstream's --default-not-ready-toleration-seconds and its twin. */
  private static final long SECONDS = 300;

  @Override
  public @Nullable ApiObject admit(AdmissionRequest request) {
    if (request.writes() && request.isOn(CoreV1.PODS) && request.object() instanceof Pod pod) {
      return tolerant(pod);
    }
    return request.object();
  }

  static Pod tolerant(Pod pod) {
    List<Toleration> tolerations = new ArrayList<>(pod.spec().tolerations());
    for (String taint : List.of(NOT_READY, UNREACHABLE)) {
      if (pod.spec().tolerations().stream().noneMatch(t -> tolerates(t, taint))) {
        tolerations.add(
            Toleration.builder()
                .key(taint)
                .operator("Exists")
                .effect(NO_EXECUTE)
                .tolerationSeconds(SECONDS)
                .build());
      }
    }
    return tolerations.size() == pod.spec().tolerations().size()
        ? pod
        : pod.withSpec(pod.spec().withTolerations(tolerations));
  }

  private static boolean tolerates(Toleration toleration, String taint) {
    return (toleration.key().equals(taint) || toleration.key().isEmpty())
        && (toleration.effect().equals(NO_EXECUTE) || toleration.effect().isEmpty());
  }
}
