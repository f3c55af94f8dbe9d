package io.tiphys.rules.storage;

import io.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import io.tiphys.api.core.v1.TypedLocalObjectReference;
import io.tiphys.api.core.v1.TypedObjectReference;
import org.jspecify.annotations.Nullable;

/**
 * What a claim's volume is to be filled from has an older field and a newer one, which say the
 * same. Checked against pkg/api/persistentvolumeclaim/util.go; the gate
 * CrossNamespaceVolumeDataSource is off by default.
 */
final class ClaimSources {
  private static final String SNAPSHOTS = "snapshot.storage.k8s.io";

  private ClaimSources() {}

  static PersistentVolumeClaimSpec prepared(
      PersistentVolumeClaimSpec given, @Nullable PersistentVolumeClaimSpec old) {
    PersistentVolumeClaimSpec spec = given;
    TypedObjectReference reference = spec.dataSourceRef();
    if (reference != null
        && isElsewhere(reference)
        && (old == null || old.dataSourceRef() == null)) {
      spec = spec.withDataSourceRef(null);
    }
    boolean inUse = old != null && (old.dataSource() != null || old.dataSourceRef() != null);
    if (!inUse && spec.dataSourceRef() == null && !isKnown(spec.dataSource())) {
      spec = spec.withDataSource(null);
    }
    return normalized(spec);
  }

  /** Each from the other, where only one is given. */
  static PersistentVolumeClaimSpec normalized(PersistentVolumeClaimSpec spec) {
    TypedLocalObjectReference source = spec.dataSource();
    TypedObjectReference reference = spec.dataSourceRef();
    if (source != null && reference == null) {
      return spec.withDataSourceRef(
          TypedObjectReference.builder()
              .apiGroup(source.apiGroup())
              .kind(source.kind())
              .name(source.name())
              .build());
    }
    if (source == null && reference != null && !isElsewhere(reference)) {
      return spec.withDataSource(
          TypedLocalObjectReference.builder()
              .apiGroup(reference.apiGroup())
              .kind(reference.kind())
              .name(reference.name())
              .build());
    }
    return spec;
  }

  private static boolean isElsewhere(TypedObjectReference reference) {
    return reference.namespace() != null && !reference.namespace().isEmpty();
  }

  /** The older field has only ever taken claims and snapshots: all else is dropped silently. */
  private static boolean isKnown(@Nullable TypedLocalObjectReference source) {
    if (source == null) {
      return false;
    }
    String group = source.apiGroup() == null ? "" : source.apiGroup();
    return (source.kind().equals("PersistentVolumeClaim") && group.isEmpty())
        || (source.kind().equals("VolumeSnapshot") && group.equals(SNAPSHOTS));
  }
}
