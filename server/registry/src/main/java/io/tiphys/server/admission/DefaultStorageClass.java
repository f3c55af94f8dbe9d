package io.tiphys.server.admission;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.StorageV1;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.storage.v1.StorageClass;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Claims that name no class get the default one. Checked against
 * plugin/pkg/admission/storage/storageclass/setdefault/admission.go and
 * pkg/volume/util/storageclass.go.
 */
final class DefaultStorageClass implements AdmissionPlugin {
  private static final String IS_DEFAULT = "storageclass.kubernetes.io/is-default-class";
  private static final String BETA_IS_DEFAULT = "storageclass.beta.kubernetes.io/is-default-class";
  private static final String BETA_CLASS = "volume.beta.kubernetes.io/storage-class";

  private final Directory directory;

  DefaultStorageClass(Directory directory) {
    this.directory = directory;
  }

  @Override
  public @Nullable ApiObject admit(AdmissionRequest request) {
    if (request.operation() != Operation.CREATE
        || !request.isOn(CoreV1.PERSISTENTVOLUMECLAIMS)
        || !(request.object() instanceof PersistentVolumeClaim claim)
        || claim.metadata().annotations().containsKey(BETA_CLASS)
        || claim.spec().storageClassName() != null) {
      return request.object();
    }
    String name = defaultClass();
    return name == null ? claim : claim.withSpec(claim.spec().withStorageClassName(name));
  }

  /** The newest of the classes marked as default; of equally old ones the first by name. */
  private @Nullable String defaultClass() {
    return directory.list(StorageV1.STORAGECLASSES, "").stream()
        .filter(DefaultStorageClass::isDefault)
        .min(
            Comparator.comparing(DefaultStorageClass::created)
                .reversed()
                .thenComparing(StorageClass::name))
        .map(StorageClass::name)
        .orElse(null);
  }

  private static Instant created(StorageClass storageClass) {
    Instant created = storageClass.metadata().creationTimestamp();
    return created == null ? Instant.EPOCH : created;
  }

  private static boolean isDefault(StorageClass storageClass) {
    Map<String, String> annotations = storageClass.metadata().annotations();
    return "true".equals(annotations.get(IS_DEFAULT))
        || "true".equals(annotations.get(BETA_IS_DEFAULT));
  }
}
