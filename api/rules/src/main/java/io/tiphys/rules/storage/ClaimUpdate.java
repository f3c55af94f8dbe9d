package io.tiphys.rules.storage;

import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What may change in a claim; checked against ValidatePersistentVolumeClaimUpdate. */
final class ClaimUpdate {
  /** Names the class of a claim from before there was a field for it. */
  private static final String CLASS = "volume.beta.kubernetes.io/storage-class";

  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final FieldPath ATTRIBUTES = SPEC.child("volumeAttributesClassName");
  private final Checks checks;
  private final PersistentVolumeClaim old;
  private final PersistentVolumeClaimSpec now;
  private final PersistentVolumeClaimSpec before;
  private final boolean bound;
  private final @Nullable String annotation;
  private final @Nullable String oldAnnotation;

  ClaimUpdate(Checks checks, PersistentVolumeClaim claim, PersistentVolumeClaim old) {
    this.checks = checks;
    this.old = old;
    now = claim.spec();
    before = old.spec();
    bound = claim.status().phase().equals("Bound");
    annotation = claim.metadata().annotations().get(CLASS);
    oldAnnotation = old.metadata().annotations().get(CLASS);
  }

  /** Whether the class moves from the annotation to the field. */
  private boolean movesClass() {
    return oldAnnotation != null
        && before.storageClassName() == null
        && oldAnnotation.equals(now.storageClassName())
        && (annotation == null || annotation.equals(oldAnnotation));
  }

  void classAnnotation() {
    String given = Objects.requireNonNullElse(annotation, "");
    if (!movesClass() && !given.equals(Objects.requireNonNullElse(oldAnnotation, ""))) {
      checks.invalid(
          FieldPath.of("metadata").child("annotations").key(CLASS), given, "field is immutable");
    }
  }

  void spec() {
    PersistentVolumeClaimSpec was =
        before.volumeName().isEmpty() ? before.withVolumeName(now.volumeName()) : before;
    PersistentVolumeClaimSpec masked = now.withStorageClassName(className());
    if (bound) {
      masked =
          masked.toBuilder()
              .resources(masked.resources().withRequests(requests()))
              .volumeAttributesClassName(before.volumeAttributesClassName())
              .build();
    }
    if (!masked.equals(was)) {
      checks.forbidden(
          SPEC,
          "spec is immutable after creation except resources.requests and"
              + " volumeAttributesClassName for bound claims\n"
              + GoStructs.diff("core.PersistentVolumeClaimSpec", was::write, masked::write));
    }
  }

  /** A claim may get its class later, if it had none. */
  private @Nullable String className() {
    if (movesClass()) {
      return null;
    }
    boolean first =
        now.storageClassName() != null
            && before.storageClassName() == null
            && (oldAnnotation == null || oldAnnotation.equals(now.storageClassName()));
    return first ? null : now.storageClassName();
  }

  private Map<String, Quantity> requests() {
    Map<String, Quantity> requests = new LinkedHashMap<>(now.resources().requests());
    if (!requests.isEmpty()) {
      requests.put("storage", before.resources().requests().getOrDefault("storage", Quantity.ZERO));
    }
    return requests;
  }

  void size() {
    Quantity had = before.resources().requests().getOrDefault("storage", Quantity.ZERO);
    Quantity wanted = now.resources().requests().getOrDefault("storage", Quantity.ZERO);
    Quantity is = old.status().capacity().getOrDefault("storage", Quantity.ZERO);
    if (wanted.compareTo(had) < 0 && wanted.compareTo(is) <= 0) {
      checks.forbidden(
          SPEC.child("resources", "requests", "storage"),
          "field can not be less than status.capacity");
    }
  }

  void modes() {
    if (!Objects.equals(now.volumeMode(), before.volumeMode())) {
      checks.invalid(FieldPath.of("volumeMode"), now.volumeMode(), "field is immutable");
    }
    String wanted = now.volumeAttributesClassName();
    if (old.status().currentVolumeAttributesClassName() == null
        || Objects.equals(wanted, before.volumeAttributesClassName())) {
      return;
    }
    String applied = " is forbidden when status.currentVolumeAttributesClassName is not nil";
    if (wanted == null) {
      checks.forbidden(ATTRIBUTES, "update to nil" + applied);
    } else if (wanted.isEmpty()) {
      checks.forbidden(ATTRIBUTES, "update to empty string" + applied);
    }
  }
}
