package io.tiphys.server.admission;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.LimitRange;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.Pod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pods and claims within the limit ranges of their namespace, and gives containers the
 * amounts that they leave out. Checked against plugin/pkg/admission/limitranger/admission.go.
 */
final class LimitRanger implements AdmissionPlugin {
  private static final String RESIZE = "resize";

  private final Directory directory;

  LimitRanger(Directory directory) {
    this.directory = directory;
  }

  @Override
  public @Nullable ApiObject admit(AdmissionRequest request) {
    if (!(request.object() instanceof Pod pod) || !concerns(request)) {
      return request.object();
    }
    Pod complete = pod;
    for (LimitRange range : ranges(request)) {
      complete = LimitDefaults.apply(range, complete);
    }
    return complete;
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!concerns(request)) {
      return;
    }
    for (LimitRange range : ranges(request)) {
      List<String> problems =
          switch (request.object()) {
            case Pod pod -> LimitChecks.pod(range, pod);
            case PersistentVolumeClaim claim -> LimitChecks.claim(range, claim);
            case null, default -> List.of();
          };
      if (!problems.isEmpty()) {
        throw Denials.forbidden(request, Denials.aggregate(problems));
      }
    }
  }

  /** Containers of a pod change only when it is resized; what is going is left alone. */
  private static boolean concerns(AdmissionRequest request) {
    if (!request.writes()
        || (request.old() != null && request.old().metadata().deletionTimestamp() != null)) {
      return false;
    }
    boolean creates = request.operation() == Operation.CREATE;
    if (request.resource().equals(CoreV1.PODS)) {
      return creates ? request.subresource().isEmpty() : request.subresource().equals(RESIZE);
    }
    return request.isOn(CoreV1.PERSISTENTVOLUMECLAIMS);
  }

  private List<LimitRange> ranges(AdmissionRequest request) {
    return directory.list(CoreV1.LIMITRANGES, request.namespace());
  }
}
