package io.tiphys.rules.warnings;

import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import io.tiphys.api.core.v1.PersistentVolumeSpec;
import io.tiphys.api.core.v1.TopologySelectorTerm;
import io.tiphys.api.storage.v1.CSIDriver;
import io.tiphys.api.storage.v1.CSIStorageCapacity;
import io.tiphys.api.storage.v1.StorageClass;
import io.tiphys.rules.FieldPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Volumes, claims and classes; checked against pkg/api/persistentvolume/util.go,
 * pkg/api/persistentvolumeclaim/util.go, pkg/api/storage/util.go and the strategy of drivers.
 */
public final class StorageWarnings {
  private static final String CLASS = "volume.beta.kubernetes.io/storage-class";
  private static final String MOUNT_OPTIONS = "volume.beta.kubernetes.io/mount-options";

  private StorageWarnings() {}

  public static List<String> of(PersistentVolume volume) {
    Remarks out = new Remarks();
    FieldPath annotations = FieldPath.of("metadata", "annotations");
    storageClass(volume.metadata().annotations().containsKey(CLASS), out);
    if (volume.metadata().annotations().containsKey(MOUNT_OPTIONS)) {
      out.add(
          annotations.key(MOUNT_OPTIONS),
          "deprecated since v1.31; use \"mountOptions\" attribute instead");
    }
    PersistentVolumeSpec spec = volume.spec();
    if (spec.persistentVolumeReclaimPolicy().equals("Recycle")) {
      out.add(
          FieldPath.of("spec", "persistentVolumeReclaimPolicy"),
          "The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use"
              + " dynamic provisioning.");
    }
    var required = spec.nodeAffinity() == null ? null : spec.nodeAffinity().required();
    if (required != null) {
      FieldPath terms = FieldPath.of("spec", "nodeAffinity", "required", "nodeSelectorTerms");
      for (int i = 0; i < required.nodeSelectorTerms().size(); i++) {
        NodeLabels.term(required.nodeSelectorTerms().get(i), false, terms.index(i), out);
      }
    }
    gone(spec.cephfs(), "cephfs", "v1.28", "v1.31", out);
    gone(spec.photonPersistentDisk(), "photonPersistentDisk", "v1.11", "v1.16", out);
    gone(spec.scaleIO(), "scaleIO", "v1.16", "v1.22", out);
    gone(spec.storageos(), "storageOS", "v1.22", "v1.25", out);
    gone(spec.glusterfs(), "glusterfs", "v1.25", "v1.26", out);
    gone(spec.rbd(), "rbd", "v1.28", "v1.31", out);
    return out.list();
  }

  private static void gone(
      @Nullable Object plugin, String field, String deprecated, String removed, Remarks out) {
    if (plugin != null) {
      out.add(
          FieldPath.of("spec", field),
          "deprecated in " + deprecated + ", non-functional in " + removed + "+");
    }
  }

  private static void storageClass(boolean annotated, Remarks out) {
    if (annotated) {
      out.add(
          FieldPath.of("metadata", "annotations").key(CLASS),
          "deprecated since v1.8; use \"storageClassName\" attribute instead");
    }
  }

  public static List<String> of(PersistentVolumeClaim claim) {
    Remarks out = new Remarks();
    storageClass(claim.metadata().annotations().containsKey(CLASS), out);
    return out.addAll(of(claim.spec(), FieldPath.of("spec"))).list();
  }

  public static List<String> of(PersistentVolumeClaimSpec spec, FieldPath path) {
    FieldPath resources = path.child("resources");
    return new Remarks()
        .wholeBytes(resources.child("requests"), spec.resources().requests(), "storage")
        .wholeBytes(resources.child("limits"), spec.resources().limits(), "storage")
        .list();
  }

  /** Of a new driver. */
  public static List<String> ofNew(CSIDriver driver) {
    return driver.spec().tokenRequests().isEmpty()
            || driver.spec().serviceAccountTokenInSecrets() != null
        ? List.of()
        : List.of(
            "spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to"
                + " true to prevent possible logging of tokens in volume attributes");
  }

  /** Of a driver that has changed. */
  public static List<String> of(CSIDriver driver, CSIDriver old) {
    return driver.spec().tokenRequests().equals(old.spec().tokenRequests())
        ? List.of()
        : ofNew(driver);
  }

  public static List<String> of(CSIStorageCapacity capacity) {
    Remarks out = new Remarks();
    if (capacity.nodeTopology() != null) {
      NodeLabels.selector(capacity.nodeTopology(), FieldPath.of("nodeTopology"), out);
    }
    return out.list();
  }

  public static List<String> of(StorageClass type) {
    Remarks out = new Remarks();
    for (int i = 0; i < type.allowedTopologies().size(); i++) {
      TopologySelectorTerm term = type.allowedTopologies().get(i);
      for (int j = 0; j < term.matchLabelExpressions().size(); j++) {
        String remark = NodeLabels.remark(term.matchLabelExpressions().get(j).key());
        if (remark != null) {
          FieldPath at = FieldPath.of("allowedTopologies").index(i).child("matchLabelExpressions");
          out.add(at.index(j).child("key"), remark);
        }
      }
    }
    return out.list();
  }
}
