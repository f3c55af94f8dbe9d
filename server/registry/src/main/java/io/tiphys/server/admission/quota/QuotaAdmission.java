package io.tiphys.server.admission.quota;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.base.Clock;
import io.tiphys.rules.quota.QuotaEvaluator;
import io.tiphys.server.admission.AdmissionPlugin;
import io.tiphys.server.admission.AdmissionRequest;
import io.tiphys.server.admission.Directory;
import io.tiphys.server.admission.Operation;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a namespace holds within its quotas, and charges them, before anything is stored. What
 * was charged and then not stored, and what goes, is for the quota controller to count again.
 * Checked against apiserver/pkg/admission/plugin/resourcequota.
 */
public final class QuotaAdmission implements AdmissionPlugin {
  /** So many namespaces can be charged at a time; those of one are charged one after another. */
  private static final int DESKS = 64;

  private final Directory directory;
  private final ChargingDesk[] desks = new ChargingDesk[DESKS];

  public QuotaAdmission(Directory directory, QuotaAccess access, Clock clock) {
    this.directory = directory;
    for (int i = 0; i < DESKS; i++) {
      desks[i] = new ChargingDesk(access, clock);
    }
  }

  @Override
  public void validate(AdmissionRequest request) throws InterruptedException {
    String namespace = request.namespace();
    ApiObject object = request.object();
    if (object == null
        || !request.writes()
        || namespace.isEmpty()
        || request.resource().equals(CoreV1.NAMESPACES)
        || !handles(request, object)
        || directory.list(CoreV1.RESOURCEQUOTAS, namespace).isEmpty()) {
      return;
    }
    desks[Math.floorMod(namespace.hashCode(), DESKS)].charge(
        request, QuotaEvaluator.of(request.resource()));
  }

  /** Whether the request can change what is used; Handles of the evaluators of upstream. */
  private static boolean handles(AdmissionRequest request, ApiObject object) {
    boolean creates = request.operation() == Operation.CREATE;
    String subresource = request.subresource();
    return switch (request.resource().qualifiedName()) {
      case "pods" ->
          subresource.isEmpty()
              ? creates || deadlineChanges(object, request.old())
              : subresource.equals("resize");
      case "persistentvolumeclaims" -> subresource.isEmpty() || subresource.equals("status");
      case "services" -> subresource.isEmpty();
      default -> creates && subresource.isEmpty() && QuotaEvaluator.counts(request.resource());
    };
  }

  private static boolean deadlineChanges(ApiObject object, @Nullable ApiObject old) {
    return object instanceof Pod pod
        && old instanceof Pod before
        && Objects.isNull(pod.spec().activeDeadlineSeconds())
            != Objects.isNull(before.spec().activeDeadlineSeconds());
  }
}
