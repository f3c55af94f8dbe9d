package io.tiphys.rules.storage;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import io.tiphys.api.core.v1.PersistentVolumeClaimStatus;
import io.tiphys.meta.Names;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import io.tiphys.rules.pods.ClaimSpecValidation;
import io.tiphys.rules.warnings.StorageWarnings;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Claims; checked against ValidatePersistentVolumeClaim and its update. */
public final class ClaimRules
    extends SpecRules<
        PersistentVolumeClaim, PersistentVolumeClaimSpec, PersistentVolumeClaimStatus> {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> RESIZES =
      List.of(
          "ControllerResizeInProgress",
          "ControllerResizeInfeasible",
          "NodeResizeInProgress",
          "NodeResizeInfeasible",
          "NodeResizePending");
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
    return claim.withStatus(PENDING).withSpec(ClaimSources.prepared(claim.spec(), null));
  }

  @Override
  public PersistentVolumeClaim prepareForUpdate(
      PersistentVolumeClaim claim, PersistentVolumeClaim old, WriteContext context) {
    return claim.withStatus(old.status()).withSpec(ClaimSources.prepared(claim.spec(), old.spec()));
  }

  @Override
  protected List<FieldError> validateStatus(
      PersistentVolumeClaim claim, PersistentVolumeClaim old) {
    PersistentVolumeClaimStatus status = claim.status();
    Checks checks = new Checks();
    FieldPath path = FieldPath.of("status");
    if (claim.spec().accessModes().isEmpty()) {
      checks.required(FieldPath.of("Spec", "accessModes"));
    }
    status
        .capacity()
        .forEach((name, amount) -> notNegative(checks, amount, path.child("capacity").key(name)));
    FieldPath statuses = path.child("allocatedResourceStatuses");
    status
        .allocatedResourceStatuses()
        .forEach(
            (name, state) -> {
              resource(checks, name, statuses);
              if (!RESIZES.contains(state)) {
                checks.add(FieldError.notSupported(statuses, name, RESIZES));
              }
            });
    FieldPath allocated = path.child("allocatedResources");
    status
        .allocatedResources()
        .forEach(
            (name, amount) -> {
              if (resource(checks, name, allocated)) {
                notNegative(checks, amount, allocated.key(name));
              }
            });
    return checks.errors();
  }

  /** Whether a claim can have such a resource: storage, or what others define. */
  private static boolean resource(Checks checks, String name, FieldPath path) {
    List<String> problems = Names.qualifiedName(name);
    checks.each(path, name, problems);
    boolean ours = !name.contains("/") || name.contains("kubernetes.io/");
    if (problems.isEmpty() && ours && !name.equals("storage")) {
      checks.add(FieldError.notSupported(path, name, List.of("storage")));
      return false;
    }
    return problems.isEmpty();
  }

  private static void notNegative(Checks checks, Quantity amount, FieldPath path) {
    if (amount.signum() < 0) {
      checks.invalid(path, amount.value(), "must be a valid resource quantity");
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
    Checks checks = new Checks();
    ClaimSpecValidation.check(checks, claim.spec(), SPEC);
    return checks.errors();
  }

  @Override
  public List<FieldError> validateUpdate(PersistentVolumeClaim claim, PersistentVolumeClaim old) {
    Checks checks = new Checks();
    checks.addAll(validate(claim));
    PersistentVolumeClaim before = old.withSpec(ClaimSources.normalized(old.spec()));
    ClaimUpdate update = new ClaimUpdate(checks, claim, before);
    update.classAnnotation();
    update.spec();
    update.size();
    update.modes();
    return checks.errors();
  }

  /** A name of the name that upstream took by mistake and keeps. */
  @Override
  public Map<String, Function<PersistentVolumeClaim, String>> selectableFields() {
    return Map.of("name", PersistentVolumeClaim::name);
  }
}
