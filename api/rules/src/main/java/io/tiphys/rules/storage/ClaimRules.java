package io.tiphys.rules.storage;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import io.tiphys.api.core.v1.PersistentVolumeClaimStatus;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import io.tiphys.rules.warnings.StorageWarnings;
import java.util.ArrayList;
import java.util.List;

/** Claims; checked against ValidatePersistentVolumeClaim and its update. */
public final class ClaimRules
    extends SpecRules<
        PersistentVolumeClaim, PersistentVolumeClaimSpec, PersistentVolumeClaimStatus> {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final PersistentVolumeClaimStatus PENDING =
      PersistentVolumeClaimStatus.builder().phase("Pending").build();

  public ClaimRules() {
    super(
        CoreV1.PERSISTENTVOLUMECLAIMS,
        new Parts<>(
            PersistentVolumeClaim::spec,
            PersistentVolumeClaim::status,
            PersistentVolumeClaim::withSpec,
            PersistentVolumeClaim::withStatus,
            PENDING));
  }

  @Override
  protected PersistentVolumeClaimSpec defaults(
      PersistentVolumeClaimSpec spec, PersistentVolumeClaim object) {
    return spec.withVolumeMode(spec.volumeMode() == null ? "Filesystem" : spec.volumeMode());
  }

  /** Claims have no generation. */
  @Override
  public PersistentVolumeClaim prepareForCreate(PersistentVolumeClaim claim, WriteContext context) {
    return claim.withStatus(PENDING);
  }

  @Override
  public PersistentVolumeClaim prepareForUpdate(
      PersistentVolumeClaim claim, PersistentVolumeClaim old, WriteContext context) {
    return claim.withStatus(old.status());
  }

  @Override
  protected List<FieldError> validateStatus(
      PersistentVolumeClaim claim, PersistentVolumeClaim old) {
    Checks checks = new Checks();
    FieldPath path = FieldPath.of("status");
    claim
        .status()
        .capacity()
        .forEach((name, amount) -> notNegative(checks, amount, path.child("capacity").key(name)));
    claim
        .status()
        .allocatedResources()
        .forEach(
            (name, amount) ->
                notNegative(checks, amount, path.child("allocatedResources").key(name)));
    return checks.errors();
  }

  private static void notNegative(Checks checks, Quantity amount, FieldPath path) {
    if (amount.signum() < 0) {
      checks.invalid(path, amount.toString(), "must be a valid resource quantity");
    }
  }

  @Override
  public List<String> warningsOnCreate(PersistentVolumeClaim claim) {
    return StorageWarnings.of(claim);
  }

  @Override
  public List<String> warningsOnUpdate(PersistentVolumeClaim claim, PersistentVolumeClaim old) {
    return StorageWarnings.of(claim);
  }

  @Override
  public List<FieldError> validate(PersistentVolumeClaim claim) {
    List<FieldError> errors = new ArrayList<>();
    PersistentVolumeClaimSpec spec = claim.spec();
    if (spec.accessModes().isEmpty()) {
      errors.add(
          FieldError.required(SPEC.child("accessModes"), "at least 1 access mode is required"));
    }
    AccessModes.check(spec.accessModes(), SPEC.child("accessModes"), errors);
    Quantity storage = spec.resources().requests().get("storage");
    FieldPath path = SPEC.child("resources").key("storage");
    if (storage == null) {
      errors.add(FieldError.required(path, ""));
    } else if (storage.signum() <= 0) {
      errors.add(FieldError.invalid(path, storage.toString(), "must be greater than zero"));
    }
    return errors;
  }

  @Override
  public List<FieldError> validateUpdate(PersistentVolumeClaim claim, PersistentVolumeClaim old) {
    List<FieldError> errors = validate(claim);
    PersistentVolumeClaimSpec before = old.spec();
    boolean binding = before.volumeName().isEmpty();
    boolean bound = claim.status().phase().equals("Bound");
    PersistentVolumeClaimSpec masked =
        claim.spec().toBuilder()
            .volumeName(binding ? before.volumeName() : claim.spec().volumeName())
            .storageClassName(
                before.storageClassName() == null ? null : claim.spec().storageClassName())
            .resources(bound ? before.resources() : claim.spec().resources())
            .volumeAttributesClassName(
                bound
                    ? before.volumeAttributesClassName()
                    : claim.spec().volumeAttributesClassName())
            .build();
    if (!masked.equals(before)) {
      errors.add(
          FieldError.forbidden(
              SPEC,
              "spec is immutable after creation except resources.requests and"
                  + " volumeAttributesClassName for bound claims\n"));
    }
    Quantity had = before.resources().requests().get("storage");
    Quantity wanted = claim.spec().resources().requests().get("storage");
    Quantity is = old.status().capacity().getOrDefault("storage", Quantity.ZERO);
    if (had != null && wanted != null && wanted.compareTo(had) < 0 && wanted.compareTo(is) <= 0) {
      errors.add(
          FieldError.forbidden(
              SPEC.child("resources", "requests", "storage"),
              "field can not be less than status.capacity"));
    }
    return errors;
  }
}
