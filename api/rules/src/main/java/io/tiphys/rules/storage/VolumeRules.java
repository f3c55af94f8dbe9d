package io.tiphys.rules.storage;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.CSIPersistentVolumeSource;
import io.tiphys.api.core.v1.HostPathVolumeSource;
import io.tiphys.api.core.v1.NodeSelectorRequirement;
import io.tiphys.api.core.v1.NodeSelectorTerm;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeSpec;
import io.tiphys.api.core.v1.PersistentVolumeStatus;
import io.tiphys.api.core.v1.VolumeNodeAffinity;
import io.tiphys.meta.Names;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import io.tiphys.rules.pods.ClaimSpecValidation;
import io.tiphys.rules.pods.PlacementValidation;
import io.tiphys.rules.warnings.StorageWarnings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Persistent volumes; checked against pkg/apis/core/v1/defaults.go and ValidatePersistentVolume.
 */
public final class VolumeRules
    extends SpecRules<PersistentVolume, PersistentVolumeSpec, PersistentVolumeStatus> {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> RECLAIM = List.of("Delete", "Recycle", "Retain");
  private static final List<String> MODES = List.of("Block", "Filesystem");
  private static final String MOUNT_OPTIONS = "volume.beta.kubernetes.io/mount-options";

  /** Labels of nodes that may be called by their final names where a volume had the beta ones. */
  private static final Map<String, String> FINAL_LABELS =
      Map.of(
          "beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type",
          "beta.kubernetes.io/os", "kubernetes.io/os",
          "beta.kubernetes.io/arch", "kubernetes.io/arch",
          "failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone",
          "failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region");

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
    Checks checks = new Checks();
    PersistentVolumeSpec spec = volume.spec();
    if (spec.accessModes().isEmpty()) {
      checks.required(SPEC.child("accessModes"));
    }
    ClaimSpecValidation.accessModes(checks, spec.accessModes(), SPEC.child("accessModes"));
    capacity(checks, spec.capacity(), SPEC.child("capacity"));
    String policy = spec.persistentVolumeReclaimPolicy();
    FieldPath reclaim = SPEC.child("persistentVolumeReclaimPolicy");
    checks.supported(reclaim, policy.isEmpty() ? null : policy, RECLAIM);
    nodes(checks, spec.nodeAffinity(), SPEC.child("nodeAffinity"));
    new PersistentSources(checks, volume.name()).check(spec, SPEC);
    HostPathVolumeSource host = spec.hostPath();
    if (host != null && policy.equals("Recycle") && isRoot(host.path())) {
      checks.forbidden(reclaim, "may not be 'recycle' for a hostPath mount of '/'");
    }
    String className = spec.storageClassName();
    if (!className.isEmpty()) {
      checks.each(SPEC.child("storageClassName"), className, Names.dns1123Subdomain(className));
    }
    checks.supported(SPEC.child("volumeMode"), spec.volumeMode(), MODES);
    attributes(checks, spec);
    mountOptions(checks, volume);
    return checks.errors();
  }

  /** As ValidatePersistentVolume in pkg/volume/validation. */
  private static void mountOptions(Checks checks, PersistentVolume volume) {
    PersistentVolumeSpec spec = volume.spec();
    boolean takes =
        Stream.of(
                spec.gcePersistentDisk(),
                spec.awsElasticBlockStore(),
                spec.glusterfs(),
                spec.nfs(),
                spec.rbd(),
                spec.quobyte(),
                spec.iscsi(),
                spec.cinder(),
                spec.cephfs(),
                spec.azureFile(),
                spec.vsphereVolume(),
                spec.azureDisk(),
                spec.photonPersistentDisk())
            .anyMatch(Objects::nonNull);
    if (!takes && volume.metadata().annotations().containsKey(MOUNT_OPTIONS)) {
      checks.forbidden(
          FieldPath.of("metadata", "annotations", MOUNT_OPTIONS),
          "may not specify mount options for this volume type");
    }
  }

  /** Whether Go's path.Clean makes it "/". */
  private static boolean isRoot(String path) {
    int depth = 0;
    for (String name : path.split("/")) {
      if (name.equals("..")) {
        depth = Math.max(0, depth - 1);
      } else if (!name.isEmpty() && !name.equals(".")) {
        depth++;
      }
    }
    return path.startsWith("/") && depth == 0;
  }

  private static void capacity(Checks checks, Map<String, Quantity> capacity, FieldPath path) {
    if (capacity.isEmpty()) {
      checks.required(path);
    }
    if (!capacity.containsKey("storage") || capacity.size() > 1) {
      Map<String, String> shown = new TreeMap<>();
      capacity.forEach((name, amount) -> shown.put(name, amount.toString()));
      checks.add(FieldError.notSupported(path, shown.isEmpty() ? null : shown, List.of("storage")));
    }
    capacity.forEach(
        (name, amount) -> {
          if (amount.signum() < 0) {
            checks.invalid(path.key(name), amount.value(), "must be a valid resource quantity");
          }
          if (amount.signum() <= 0) {
            checks.invalid(path.key(name), amount.toString(), "must be greater than zero");
          }
        });
  }

  private static void nodes(Checks checks, @Nullable VolumeNodeAffinity affinity, FieldPath path) {
    if (affinity == null) {
      return;
    }
    if (affinity.required() == null) {
      checks.required(path.child("required"), "must specify required node constraints");
    } else {
      new PlacementValidation(checks).selector(affinity.required(), path.child("required"));
    }
  }

  private static void attributes(Checks checks, PersistentVolumeSpec spec) {
    String className = spec.volumeAttributesClassName();
    if (className == null) {
      return;
    }
    FieldPath path = SPEC.child("volumeAttributesClassName");
    if (className.isEmpty()) {
      checks.required(path, "an empty string is disallowed");
    } else {
      checks.each(path, className, Names.dns1123Subdomain(className));
    }
    if (spec.csi() == null) {
      checks.required(
          SPEC.child("csi"), "has to be specified when using volumeAttributesClassName");
    }
  }

  @Override
  public List<FieldError> validateUpdate(PersistentVolume volume, PersistentVolume old) {
    Checks checks = new Checks();
    checks.addAll(validate(volume));
    PersistentVolumeSpec now = source(volume.spec(), old.spec());
    PersistentVolumeSpec before = source(old.spec(), old.spec());
    if (!now.equals(before)) {
      checks.forbidden(
          SPEC.child("persistentvolumesource"),
          "spec.persistentvolumesource is immutable after creation\n"
              + GoStructs.diff("core.PersistentVolumeSource", before::write, now::write));
    }
    String mode = volume.spec().volumeMode();
    if (!Objects.equals(mode, old.spec().volumeMode())) {
      checks.invalid(FieldPath.of("volumeMode"), mode, "field is immutable");
    }
    VolumeNodeAffinity affinity = volume.spec().nodeAffinity();
    VolumeNodeAffinity had = old.spec().nodeAffinity();
    if (had != null && (affinity == null || !withFinalLabels(had, affinity).equals(affinity))) {
      checks.invalid(
          FieldPath.of("nodeAffinity"),
          affinity == null ? null : GoStructs.show("core.VolumeNodeAffinity", affinity::write),
          "field is immutable, except for updating from beta label to GA");
    }
    if (old.spec().volumeAttributesClassName() != null
        && volume.spec().volumeAttributesClassName() == null) {
      checks.forbidden(
          SPEC.child("volumeAttributesClassName"), "update from non-nil value to nil is forbidden");
    }
    return checks.errors();
  }

  /** The old affinity with those labels called anew that the new one calls so. */
  private static VolumeNodeAffinity withFinalLabels(
      VolumeNodeAffinity old, VolumeNodeAffinity now) {
    if (old.required() == null || now.required() == null) {
      return old;
    }
    List<NodeSelectorTerm> terms = new ArrayList<>(old.required().nodeSelectorTerms());
    List<NodeSelectorTerm> wanted = now.required().nodeSelectorTerms();
    for (int i = 0; i < terms.size() && i < wanted.size(); i++) {
      NodeSelectorTerm term = terms.get(i);
      terms.set(
          i,
          term.toBuilder()
              .matchExpressions(called(term.matchExpressions(), wanted.get(i).matchExpressions()))
              .matchFields(called(term.matchFields(), wanted.get(i).matchFields()))
              .build());
    }
    return old.withRequired(old.required().withNodeSelectorTerms(terms));
  }

  private static List<NodeSelectorRequirement> called(
      List<NodeSelectorRequirement> old, List<NodeSelectorRequirement> now) {
    List<NodeSelectorRequirement> called = new ArrayList<>(old);
    for (int i = 0; i < old.size() && i < now.size(); i++) {
      String name = FINAL_LABELS.get(old.get(i).key());
      if (name != null && now.get(i).key().equals(name)) {
        called.set(i, old.get(i).withKey(name));
      }
    }
    return called;
  }

  /** A name of the name that upstream took by mistake and keeps. */
  @Override
  public Map<String, Function<PersistentVolume, String>> selectableFields() {
    return Map.of("name", PersistentVolume::name);
  }

  /** What the data of a volume are in, which never changes; a secret for growing may come later. */
  private static PersistentVolumeSpec source(PersistentVolumeSpec spec, PersistentVolumeSpec old) {
    CSIPersistentVolumeSource csi = spec.csi();
    if (csi != null && old.csi() != null && old.csi().controllerExpandSecretRef() == null) {
      csi = csi.withControllerExpandSecretRef(null);
    }
    return spec.toBuilder()
        .capacity(Map.of())
        .accessModes(List.of())
        .claimRef(null)
        .persistentVolumeReclaimPolicy("")
        .storageClassName("")
        .mountOptions(List.of())
        .volumeMode(null)
        .nodeAffinity(null)
        .volumeAttributesClassName(null)
        .csi(csi)
        .build();
  }
}
