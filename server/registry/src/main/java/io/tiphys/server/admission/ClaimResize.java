package io.tiphys.server.admission;

import io.tiphys.api.CoreV1;
import io.tiphys.api.StorageV1;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.storage.v1.StorageClass;
import io.tiphys.meta.Quantity;
import java.util.Objects;

/**
 * Only a bound claim grows, and only if its class can. Checked against
 * plugin/pkg/admission/storage/persistentvolume/resize/admission.go.
 */
final class ClaimResize implements AdmissionPlugin {
  private static final String BETA_CLASS = "volume.beta.kubernetes.io/storage-class";

  private final Directory directory;

  ClaimResize(Directory directory) {
    this.directory = directory;
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (request.operation() != Operation.UPDATE
        || !request.isOn(CoreV1.PERSISTENTVOLUMECLAIMS)
        || !(request.object() instanceof PersistentVolumeClaim claim)
        || !(request.old() instanceof PersistentVolumeClaim old)
        || size(claim).compareTo(size(old)) <= 0) {
      return;
    }
    if (!old.status().phase().equals("Bound")) {
      throw Denials.forbidden(request, "Only bound persistent volume claims can be expanded");
    }
    if (!grows(classOf(claim), classOf(old))) {
      throw Denials.forbidden(
          request,
          "only dynamically provisioned pvc can be resized and the storageclass that provisions the"
              + " pvc must support resize");
    }
  }

  private static Quantity size(PersistentVolumeClaim claim) {
    return claim.spec().resources().requests().getOrDefault("storage", Quantity.ZERO);
  }

  private static String classOf(PersistentVolumeClaim claim) {
    String beta = claim.metadata().annotations().get(BETA_CLASS);
    return beta != null ? beta : Objects.requireNonNullElse(claim.spec().storageClassName(), "");
  }

  private boolean grows(String name, String before) {
    if (name.isEmpty() || !name.equals(before)) {
      return false;
    }
    StorageClass found = directory.get(StorageV1.STORAGECLASSES, "", name);
    return found != null && Boolean.TRUE.equals(found.allowVolumeExpansion());
  }
}
