package io.tiphys.controllers.volumes;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.PersistentVolumeClaimStatus;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Clock;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Source;
import io.tiphys.meta.Quantity;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The writes that tie a volume and a claim together, in an order that a crash at any point leaves
 * something to go on from: the volume names the claim, then says so, then the claim names the
 * volume, then says so. Checked against bind and unbindVolume in
 * pkg/controller/volume/persistentvolume/pv_controller.go.
 */
final class Binding {
  static final String BIND_COMPLETED = "pv.kubernetes.io/bind-completed";
  static final String BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";
  static final String PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";
  static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";

  private final Source source;
  private final Clock clock;

  Binding(Source source, Clock clock) {
    this.source = source;
    this.clock = clock;
  }

  void bind(PersistentVolume volume, PersistentVolumeClaim claim) {
    PersistentVolume claimed = claimed(volume, claim);
    if (!claimed.equals(volume)) {
      claimed = source.update(CoreV1.PERSISTENTVOLUMES, claimed);
    }
    phase(claimed, "Bound", "");
    PersistentVolumeClaim naming = naming(claim, claimed);
    if (!naming.equals(claim)) {
      naming = source.update(CoreV1.PERSISTENTVOLUMECLAIMS, naming);
    }
    status(naming, bound(naming, claimed));
  }

  /** The volume with the claim's name on it. */
  static PersistentVolume claimed(PersistentVolume volume, PersistentVolumeClaim claim) {
    ObjectReference reference = volume.spec().claimRef();
    boolean kept = Matching.isFor(volume, claim);
    if (kept && reference != null && !reference.uid().isEmpty()) {
      return volume;
    }
    ObjectMeta meta = kept ? volume.metadata() : with(volume.metadata(), BOUND_BY_CONTROLLER);
    return volume.toBuilder()
        .metadata(meta)
        .spec(volume.spec().withClaimRef(EventRecorder.reference(claim)))
        .build();
  }

  private static PersistentVolumeClaim naming(
      PersistentVolumeClaim claim, PersistentVolume volume) {
    ObjectMeta meta = claim.metadata();
    if (!claim.spec().volumeName().equals(volume.name())) {
      meta = with(meta, BOUND_BY_CONTROLLER);
    }
    return claim.toBuilder()
        .metadata(with(meta, BIND_COMPLETED))
        .spec(claim.spec().withVolumeName(volume.name()))
        .build();
  }

  private static ObjectMeta with(ObjectMeta meta, String annotation) {
    if (meta.annotations().containsKey(annotation)) {
      return meta;
    }
    Map<String, String> annotations = new LinkedHashMap<>(meta.annotations());
    annotations.put(annotation, "yes");
    return meta.withAnnotations(annotations);
  }

  /** An expansion under way has made the claim's capacity its own business. */
  private static PersistentVolumeClaimStatus bound(
      PersistentVolumeClaim claim, PersistentVolume volume) {
    PersistentVolumeClaimStatus status = claim.status();
    boolean first = !status.phase().equals("Bound") || status.capacity().isEmpty();
    Map<String, Quantity> capacity = first ? volume.spec().capacity() : status.capacity();
    return status.toBuilder()
        .phase("Bound")
        .accessModes(volume.spec().accessModes())
        .capacity(capacity)
        .build();
  }

  /** Says that the claim is not bound, whatever it held before. */
  void claimPhase(PersistentVolumeClaim claim, String phase) {
    status(
        claim,
        claim.status().toBuilder()
            .phase(phase)
            .accessModes(java.util.List.of())
            .capacity(Map.of())
            .build());
  }

  private void status(PersistentVolumeClaim claim, PersistentVolumeClaimStatus status) {
    if (!status.equals(claim.status())) {
      source.updateStatus(CoreV1.PERSISTENTVOLUMECLAIMS, claim.withStatus(status));
    }
  }

  /** Says how the volume is; returns what is stored. */
  PersistentVolume phase(PersistentVolume volume, String phase, String message) {
    if (volume.status().phase().equals(phase)) {
      return volume;
    }
    return source.updateStatus(
        CoreV1.PERSISTENTVOLUMES,
        volume.withStatus(
            volume.status().toBuilder()
                .phase(phase)
                .message(message)
                .lastPhaseTransitionTime(clock.now())
                .build()));
  }

  /** Takes the claim off; where the user had written its name, the name stays. */
  void unbind(PersistentVolume volume) {
    ObjectReference reference = volume.spec().claimRef();
    Map<String, String> annotations = new LinkedHashMap<>(volume.metadata().annotations());
    boolean ours = annotations.remove(BOUND_BY_CONTROLLER) != null;
    PersistentVolume free =
        volume.toBuilder()
            .metadata(volume.metadata().withAnnotations(annotations))
            .spec(
                volume
                    .spec()
                    .withClaimRef(ours || reference == null ? null : reference.withUid("")))
            .build();
    phase(source.update(CoreV1.PERSISTENTVOLUMES, free), "Available", "");
  }
}
