package io.tiphys.controllers.volumes;

import io.tiphys.api.core.v1.PersistentVolumeClaimVolumeSource;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Volume;
import java.util.ArrayList;
import java.util.List;

/**
 * Which pods use which claims. Checked against
 * pkg/controller/volume/pvcprotection/pvc_protection_controller.go.
 */
final class ClaimUse {
  private ClaimUse() {}

  /** The claims that the pod names, those of its ephemeral volumes included. */
  static List<String> claims(Pod pod) {
    List<String> claims = new ArrayList<>();
    for (Volume volume : pod.spec().volumes()) {
      PersistentVolumeClaimVolumeSource source = volume.persistentVolumeClaim();
      if (source != null) {
        claims.add(source.claimName());
      } else if (volume.ephemeral() != null) {
        claims.add(pod.name() + "-" + volume.name());
      }
    }
    return claims;
  }

  static boolean names(Pod pod, String claim) {
    return claims(pod).contains(claim);
  }

  /** A pod without a node may still be refused: no node starts it with a claim on its way out. */
  static boolean blocks(Pod pod, String claim) {
    return !pod.spec().nodeName().isEmpty() && names(pod, claim);
  }
}
