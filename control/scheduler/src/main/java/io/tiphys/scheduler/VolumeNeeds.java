package io.tiphys.scheduler;

import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.storage.v1.StorageClass;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pod's claims mean for its placement. Checked against
 * plugins/volumebinding/volume_binding.go.
 */
sealed interface VolumeNeeds {
  /** By this annotation a provisioner learns where a claim's volume is to be. */
  String SELECTED_NODE = "volume.kubernetes.io/selected-node";

  /** No node will do until the claims change; the message is upstream's. */
  record Blocked(String message) implements VolumeNeeds {}

  /**
   * Nodes must reach these volumes.
   *
   * @param bound volumes the claims are bound to
   * @param delayed claims that wait for a node to be chosen before they get a volume
   */
  record Known(List<PersistentVolume> bound, List<PersistentVolumeClaim> delayed)
      implements VolumeNeeds {}

  static VolumeNeeds of(Pod pod, Volumes volumes) {
    List<PersistentVolume> bound = new ArrayList<>();
    List<PersistentVolumeClaim> delayed = new ArrayList<>();
    boolean unbound = false;
    for (Volume volume : pod.spec().volumes()) {
      String name = claimName(pod, volume);
      if (name == null) {
        continue;
      }
      PersistentVolumeClaim claim = volumes.claim(pod.namespace(), name);
      if (claim == null) {
        return new Blocked(missing(volume, name));
      }
      if (claim.metadata().deletionTimestamp() != null) {
        return new Blocked("persistentvolumeclaim \"%s\" is being deleted".formatted(name));
      }
      if (isBound(claim)) {
        PersistentVolume target = volumes.volume(claim.spec().volumeName());
        if (target == null) {
          return new Blocked(
              "persistentvolumeclaim \"%s\" bound to non-existent persistentvolume \"%s\""
                  .formatted(name, claim.spec().volumeName()));
        }
        bound.add(target);
      } else if (waitsForConsumer(claim, volumes)) {
        delayed.add(claim);
      } else {
        unbound = true;
      }
    }
    return unbound
        ? new Blocked("pod has unbound immediate PersistentVolumeClaims")
        : new Known(List.copyOf(bound), List.copyOf(delayed));
  }

  private static @Nullable String claimName(Pod pod, Volume volume) {
    if (volume.persistentVolumeClaim() != null) {
      return volume.persistentVolumeClaim().claimName();
    }
    return volume.ephemeral() != null ? pod.name() + "-" + volume.name() : null;
  }

  private static String missing(Volume volume, String name) {
    return volume.ephemeral() != null
        ? "waiting for ephemeral volume controller to create the persistentvolumeclaim \"%s\""
            .formatted(name)
        : "persistentvolumeclaim \"%s\" not found".formatted(name);
  }

  /** The node that was chosen for a claim's volume, or empty. */
  static String selectedNode(PersistentVolumeClaim claim) {
    return claim.metadata().annotations().getOrDefault(SELECTED_NODE, "");
  }

  private static boolean isBound(PersistentVolumeClaim claim) {
    return !claim.spec().volumeName().isEmpty()
        && claim.metadata().annotations().containsKey("pv.kubernetes.io/bind-completed");
  }

  private static boolean waitsForConsumer(PersistentVolumeClaim claim, Volumes volumes) {
    String name = claim.spec().storageClassName();
    StorageClass storageClass = name == null ? null : volumes.storageClass(name);
    return claim.spec().volumeName().isEmpty()
        && storageClass != null
        && "WaitForFirstConsumer".equals(storageClass.volumeBindingMode());
  }
}
