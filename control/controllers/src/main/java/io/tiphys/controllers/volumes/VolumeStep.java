package io.tiphys.controllers.volumes;

import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import org.jspecify.annotations.Nullable;

/**
 * What to do about a volume. Checked against syncVolume in
 * pkg/controller/volume/persistentvolume/pv_controller.go.
 */
sealed interface VolumeStep {
  /** Say how it is. */
  record Phase(String phase) implements VolumeStep {}

  /** The claim is to tie the knot. */
  record LookAtClaim() implements VolumeStep {}

  /** Volume and claim are meant for each other but of different modes. */
  record Mismatch() implements VolumeStep {}

  /** Nobody claims it any more: say so and do as its reclaim policy wishes. */
  record Reclaim() implements VolumeStep {}

  /** The claim took another: take the claim off. */
  record Unbind() implements VolumeStep {}

  /**
   * @param claim the one that the volume names, if it is still the same
   */
  static VolumeStep of(PersistentVolume volume, @Nullable PersistentVolumeClaim claim) {
    ObjectReference reference = volume.spec().claimRef();
    if (reference == null || reference.uid().isEmpty()) {
      return new Phase("Available");
    }
    if (claim == null) {
      return new Reclaim();
    }
    if (claim.spec().volumeName().isEmpty()) {
      return Matching.modesDiffer(volume, claim) ? new Mismatch() : new LookAtClaim();
    }
    if (claim.spec().volumeName().equals(volume.name())) {
      return new Phase("Bound");
    }
    boolean madeForIt =
        volume.metadata().annotations().containsKey(Binding.PROVISIONED_BY)
            && volume.spec().persistentVolumeReclaimPolicy().equals("Delete");
    return madeForIt ? new Reclaim() : new Unbind();
  }
}
