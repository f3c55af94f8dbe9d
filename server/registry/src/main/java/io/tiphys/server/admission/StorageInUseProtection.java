package io.tiphys.server.admission;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Claims and volumes are not removed under a pod that uses them. Checked against
 * plugin/pkg/admission/storage/storageobjectinuseprotection/admission.go.
 */
final class StorageInUseProtection implements AdmissionPlugin {
  private static final String CLAIM_FINALIZER = "kubernetes.io/pvc-protection";
  private static final String VOLUME_FINALIZER = "kubernetes.io/pv-protection";

  @Override
  public @Nullable ApiObject admit(AdmissionRequest request) {
    ApiObject object = request.object();
    if (object == null || request.operation() != Operation.CREATE) {
      return object;
    }
    if (request.isOn(CoreV1.PERSISTENTVOLUMECLAIMS)) {
      return withFinalizer(object, CLAIM_FINALIZER);
    }
    if (request.isOn(CoreV1.PERSISTENTVOLUMES)) {
      return withFinalizer(object, VOLUME_FINALIZER);
    }
    return object;
  }

  private static ApiObject withFinalizer(ApiObject object, String finalizer) {
    List<String> present = object.metadata().finalizers();
    if (present.contains(finalizer)) {
      return object;
    }
    List<String> finalizers = new ArrayList<>(present);
    finalizers.add(finalizer);
    return object.withMetadata(object.metadata().withFinalizers(finalizers));
  }
}
