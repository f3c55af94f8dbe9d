package io.tiphys.rules.storage;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeSpec;
import io.tiphys.api.core.v1.PersistentVolumeStatus;
import io.tiphys.codec.Json;
import io.tiphys.codec.TreeWriter;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import io.tiphys.rules.pods.PlacementValidation;
import io.tiphys.rules.pods.VolumeValidation;
import io.tiphys.rules.warnings.StorageWarnings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Persistent volumes; checked against pkg/apis/core/v1/defaults.go and ValidatePersistentVolume.
 */
public final class VolumeRules
    extends SpecRules<PersistentVolume, PersistentVolumeSpec, PersistentVolumeStatus> {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> RECLAIM = List.of("Delete", "Recycle", "Retain");
  private static final List<String> MODES = List.of("Block", "Filesystem");
  private static final Set<String> NO_SOURCES =
      Set.of(
          "accessModes",
          "capacity",
          "claimRef",
          "mountOptions",
          "nodeAffinity",
          "persistentVolumeReclaimPolicy",
          "storageClassName",
          "volumeAttributesClassName",
          "volumeMode");

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
    Instant given = prepared.status().lastPhaseTransitionTime();
    Instant before = old.status().lastPhaseTransitionTime();
    if (!prepared.status().phase().equals(old.status().phase())) {
      return given == null || given.equals(before)
          ? prepared.withStatus(prepared.status().withLastPhaseTransitionTime(context.now()))
          : prepared;
    }
    return given == null
        ? prepared.withStatus(prepared.status().withLastPhaseTransitionTime(before))
        : prepared;
  }

  @Override
  public List<String> warningsOnCreate(PersistentVolume volume) {
    return StorageWarnings.of(volume);
  }

  @Override
  public List<String> warningsOnUpdate(PersistentVolume volume, PersistentVolume old) {
    return StorageWarnings.of(volume);
  }

  @Override
  public List<FieldError> validate(PersistentVolume volume) {
    List<FieldError> errors = new ArrayList<>();
    PersistentVolumeSpec spec = volume.spec();
    if (spec.accessModes().isEmpty()) {
      errors.add(FieldError.required(SPEC.child("accessModes"), ""));
    }
    AccessModes.check(spec.accessModes(), SPEC.child("accessModes"), errors);
    Checks checks = new Checks();
    if (spec.capacity().isEmpty()) {
      errors.add(FieldError.required(SPEC.child("capacity"), ""));
    }
    if (!spec.capacity().containsKey("storage") || spec.capacity().size() > 1) {
      errors.add(
          FieldError.notSupported(
              SPEC.child("capacity"), shown(spec.capacity()), List.of("storage")));
    }
    spec.capacity()
        .forEach(
            (name, amount) -> {
              if (amount.signum() <= 0) {
                checks.invalid(
                    SPEC.child("capacity").key(name),
                    amount.toString(),
                    "must be greater than zero");
              }
            });
    if (!RECLAIM.contains(spec.persistentVolumeReclaimPolicy())) {
      errors.add(
          FieldError.notSupported(
              SPEC.child("persistentVolumeReclaimPolicy"),
              spec.persistentVolumeReclaimPolicy(),
              RECLAIM));
    }
    source(volume, checks);
    checks.supported(SPEC.child("volumeMode"), spec.volumeMode(), MODES);
    errors.addAll(checks.errors());
    return errors;
  }

  private static Map<String, String> shown(Map<String, Quantity> capacity) {
    Map<String, String> shown = new TreeMap<>();
    capacity.forEach((name, amount) -> shown.put(name, amount.toString()));
    return shown;
  }

  /** A volume has one source: what is left of its spec when all else is taken away. */
  private static void source(PersistentVolume volume, Checks checks) {
    PersistentVolumeSpec spec = volume.spec();
    TreeWriter tree = new TreeWriter();
    spec.write(tree);
    List<String> sources = new ArrayList<>(((Json.Obj) tree.tree()).members().keySet());
    sources.removeAll(NO_SOURCES);
    for (String surplus : sources.subList(Math.min(1, sources.size()), sources.size())) {
      checks.forbidden(SPEC.child(surplus), "may not specify more than 1 volume type");
    }
    if (spec.hostPath() != null) {
      VolumeValidation.hostPath(
          checks, spec.hostPath().path(), spec.hostPath().type(), SPEC.child("hostPath"));
    }
    if (spec.local() != null && spec.local().path().isEmpty()) {
      checks.required(SPEC.child("local", "path"));
    }
    if (spec.local() != null && spec.nodeAffinity() == null) {
      checks.required(SPEC.child("nodeAffinity"), "Local volume requires node affinity");
    }
    if (spec.nodeAffinity() != null && spec.nodeAffinity().required() != null) {
      new PlacementValidation(checks)
          .selector(spec.nodeAffinity().required(), SPEC.child("nodeAffinity", "required"));
    }
    if (sources.isEmpty()) {
      checks.required(SPEC, "must specify a volume type");
    }
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
