package io.tiphys.controllers.volumes;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.StorageV1;
import io.tiphys.api.core.v1.HostPathVolumeSource;
import io.tiphys.api.core.v1.NodeSelector;
import io.tiphys.api.core.v1.NodeSelectorRequirement;
import io.tiphys.api.core.v1.NodeSelectorTerm;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.PersistentVolumeSpec;
import io.tiphys.api.core.v1.VolumeNodeAffinity;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.storage.v1.StorageClass;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes volumes that are folders on one node's disk, below one root, named after the claim's uid.
 *
 * @param nodeName the node whose disk it is: volumes hold their pods there; empty for a control
 *     plane without a node, whose volumes hold nobody
 */
record HostPathProvisioner(Source source, VolumeFolders folders, Path root, String nodeName) {
  static final String NAME = "tiphys.io/host-path";
  static final String CLASS = "standard";

  private static final Map<String, String> OURS =
      Map.of(Binding.PROVISIONED_BY, NAME, Binding.BOUND_BY_CONTROLLER, "yes");

  /** Creates the default class unless somebody has made one of its name. */
  void ensureClass() {
    StorageClass standard =
        StorageClass.builder()
            .metadata(
                ObjectMeta.builder()
                    .name(CLASS)
                    .annotations(Map.of("storageclass.kubernetes.io/is-default-class", "true"))
                    .build())
            .provisioner(NAME)
            .reclaimPolicy("Delete")
            .volumeBindingMode("Immediate")
            .build();
    try {
      source.create(StorageV1.STORAGECLASSES, standard);
    } catch (ApiFailure e) {
      if (!e.isAlreadyExists()) {
        throw e;
      }
    }
  }

  static String volumeName(PersistentVolumeClaim claim) {
    return "pvc-" + claim.metadata().uid();
  }

  /** Makes the folder and the volume, which is the claim's from the beginning. */
  PersistentVolume provision(PersistentVolumeClaim claim, StorageClass storageClass)
      throws IOException {
    PersistentVolume volume = volume(claim, storageClass);
    folders.create(root.resolve(volume.name()));
    try {
      return source.create(CoreV1.PERSISTENTVOLUMES, volume);
    } catch (ApiFailure e) {
      if (e.isAlreadyExists()) {
        return source.get(CoreV1.PERSISTENTVOLUMES, "", volume.name());
      }
      throw e;
    }
  }

  PersistentVolume volume(PersistentVolumeClaim claim, StorageClass storageClass) {
    String name = volumeName(claim);
    String policy = storageClass.reclaimPolicy();
    String mode = claim.spec().volumeMode();
    PersistentVolumeSpec spec =
        PersistentVolumeSpec.builder()
            .capacity(Map.of("storage", Matching.wanted(claim)))
            .accessModes(claim.spec().accessModes())
            .hostPath(new HostPathVolumeSource(root.resolve(name).toString(), "DirectoryOrCreate"))
            .claimRef(EventRecorder.reference(claim))
            .persistentVolumeReclaimPolicy(policy == null ? "Delete" : policy)
            .storageClassName(Matching.classOf(claim))
            .volumeMode(mode == null ? "Filesystem" : mode)
            .nodeAffinity(here())
            .build();
    return PersistentVolume.builder()
        .metadata(ObjectMeta.builder().name(name).annotations(OURS).build())
        .spec(spec)
        .build();
  }

  private @Nullable VolumeNodeAffinity here() {
    if (nodeName.isEmpty()) {
      return null;
    }
    return new VolumeNodeAffinity(
        new NodeSelector(
            List.of(
                new NodeSelectorTerm(
                    List.of(
                        new NodeSelectorRequirement(
                            "kubernetes.io/hostname", "In", List.of(nodeName))),
                    List.of()))));
  }

  /** Removes the folder of a volume of ours. */
  void remove(PersistentVolume volume) throws IOException {
    folders.delete(root.resolve(volume.name()));
  }
}
