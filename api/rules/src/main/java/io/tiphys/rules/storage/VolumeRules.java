package io.tiphys.rules.storage;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeSpec;
import io.tiphys.api.core.v1.PersistentVolumeStatus;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Persistent volumes; checked against pkg/apis/core/v1/defaults.go and ValidatePersistentVolume.
 */
public final class VolumeRules
    extends SpecRules<PersistentVolume, PersistentVolumeSpec, PersistentVolumeStatus> {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> RECLAIM = List.of("Delete", "Recycle", "Retain");

  public VolumeRules() {
    super(
        CoreV1.PERSISTENTVOLUMES,
        new Parts<>(
            PersistentVolume::spec,
            PersistentVolume::status,
            PersistentVolume::withSpec,
            PersistentVolume::withStatus,
            PersistentVolumeStatus.builder().phase("Pending").build()));
  }

  @Override
  protected PersistentVolumeSpec defaults(PersistentVolumeSpec spec, PersistentVolume object) {
    String policy = spec.persistentVolumeReclaimPolicy();
    return spec.toBuilder()
        .persistentVolumeReclaimPolicy(policy.isEmpty() ? "Retain" : policy)
        .volumeMode(spec.volumeMode() == null ? "Filesystem" : spec.volumeMode())
        .hostPath(
            spec.hostPath() != null && spec.hostPath().type() == null
                ? spec.hostPath().withType("")
                : spec.hostPath())
        .build();
  }

  /** Volumes have no generation. */
  @Override
  public PersistentVolume prepareForCreate(PersistentVolume volume, WriteContext context) {
    return volume.withStatus(
        PersistentVolumeStatus.builder()
            .phase("Pending")
            .lastPhaseTransitionTime(context.now())
            .build());
  }

  @Override
  public PersistentVolume prepareForUpdate(
      PersistentVolume volume, PersistentVolume old, WriteContext context) {
    return volume.withStatus(old.status());
  }

  @Override
  protected PersistentVolume prepareStatus(
      PersistentVolume volume, PersistentVolume old, WriteContext context) {
    PersistentVolume prepared = super.prepareStatus(volume, old, context);
    return prepared.status().phase().equals(old.status().phase())
        ? prepared
        : prepared.withStatus(prepared.status().withLastPhaseTransitionTime(context.now()));
  }

  @Override
  public List<FieldError> validate(PersistentVolume volume) {
    List<FieldError> errors = new ArrayList<>();
    PersistentVolumeSpec spec = volume.spec();
    if (spec.accessModes().isEmpty()) {
      errors.add(FieldError.required(SPEC.child("accessModes"), ""));
    }
    AccessModes.check(spec.accessModes(), SPEC.child("accessModes"), errors);
    if (spec.capacity().isEmpty()) {
      errors.add(FieldError.required(SPEC.child("capacity"), ""));
    } else if (!spec.capacity().containsKey("storage") || spec.capacity().size() > 1) {
      errors.add(
          FieldError.notSupported(
              SPEC.child("capacity"), List.copyOf(spec.capacity().keySet()), List.of("storage")));
    }
    if (!RECLAIM.contains(spec.persistentVolumeReclaimPolicy())) {
      errors.add(
          FieldError.notSupported(
              SPEC.child("persistentVolumeReclaimPolicy"),
              spec.persistentVolumeReclaimPolicy(),
              RECLAIM));
    }
    return errors;
  }

  @Override
  public List<FieldError> validateUpdate(PersistentVolume volume, PersistentVolume old) {
    List<FieldError> errors = validate(volume);
    PersistentVolumeSpec masked =
        volume.spec().toBuilder()
            .capacity(old.spec().capacity())
            .accessModes(old.spec().accessModes())
            .claimRef(old.spec().claimRef())
            .persistentVolumeReclaimPolicy(old.spec().persistentVolumeReclaimPolicy())
            .storageClassName(old.spec().storageClassName())
            .mountOptions(old.spec().mountOptions())
            .nodeAffinity(old.spec().nodeAffinity())
            .volumeAttributesClassName(old.spec().volumeAttributesClassName())
            .build();
    if (!masked.equals(old.spec())) {
      errors.add(
          FieldError.forbidden(
              SPEC.child("persistentvolumesource"),
              "spec.persistentvolumesource is immutable after creation"));
    }
    return errors;
  }
}
