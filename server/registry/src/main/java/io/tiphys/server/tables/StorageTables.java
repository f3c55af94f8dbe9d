package io.tiphys.server.tables;

import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.storage.v1.CSIDriver;
import io.tiphys.api.storage.v1.CSIDriverSpec;
import io.tiphys.api.storage.v1.CSIStorageCapacity;
import io.tiphys.api.storage.v1.StorageClass;
import io.tiphys.api.storage.v1.TokenRequest;
import io.tiphys.api.storage.v1.VolumeAttachment;
import io.tiphys.codec.Json;
import io.tiphys.meta.Quantity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows of storage. */
final class StorageTables {
  private static final String BETA_CLASS = "volume.beta.kubernetes.io/storage-class";
  private static final String BETA_DEFAULT_CLASS =
      "storageclass.beta.kubernetes.io/is-default-class";
  private static final String DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";
  private static final Map<String, String> MODES = modes();

  private StorageTables() {}

  private static Map<String, String> modes() {
    Map<String, String> modes = new LinkedHashMap<>();
    modes.put("ReadWriteOnce", "RWO");
    modes.put("ReadOnlyMany", "ROX");
    modes.put("ReadWriteMany", "RWX");
    modes.put("ReadWriteOncePod", "RWOP");
    return modes;
  }

  static List<Json> volume(PersistentVolume volume, Instant now) {
    boolean ending = volume.metadata().deletionTimestamp() != null;
    var claim = volume.spec().claimRef();
    return Cells.row(
        volume.name(),
        storage(volume.spec().capacity()),
        modes(volume.spec().accessModes()),
        volume.spec().persistentVolumeReclaimPolicy(),
        ending ? "Terminating" : volume.status().phase(),
        claim == null ? "" : claim.namespace() + "/" + claim.name(),
        volume.metadata().annotations().getOrDefault(BETA_CLASS, volume.spec().storageClassName()),
        Cells.orUnset(volume.spec().volumeAttributesClassName()),
        volume.status().reason(),
        Cells.age(volume, now),
        Cells.orUnset(volume.spec().volumeMode()));
  }

  static List<Json> claim(PersistentVolumeClaim claim, Instant now) {
    boolean ending = claim.metadata().deletionTimestamp() != null;
    boolean bound = !claim.spec().volumeName().isEmpty();
    return Cells.row(
        claim.name(),
        ending ? "Terminating" : claim.status().phase(),
        claim.spec().volumeName(),
        bound ? storage(claim.status().capacity()) : "",
        bound ? modes(claim.status().accessModes()) : "",
        className(claim),
        Cells.orUnset(claim.spec().volumeAttributesClassName()),
        Cells.age(claim, now),
        Cells.orUnset(claim.spec().volumeMode()));
  }

  private static String className(PersistentVolumeClaim claim) {
    String beta = claim.metadata().annotations().get(BETA_CLASS);
    String name = beta == null ? claim.spec().storageClassName() : beta;
    return name == null ? "" : name;
  }

  private static String storage(Map<String, Quantity> amounts) {
    @Nullable Quantity amount = amounts.get("storage");
    return amount == null ? "0" : amount.toString();
  }

  private static String modes(List<String> modes) {
    List<String> letters = new ArrayList<>();
    MODES.forEach(
        (mode, letter) -> {
          if (modes.contains(mode)) {
            letters.add(letter);
          }
        });
    return String.join(",", letters);
  }

  static List<Json> storageClass(StorageClass type, Instant now) {
    var annotations = type.metadata().annotations();
    boolean byDefault =
        "true".equals(annotations.get(DEFAULT_CLASS))
            || "true".equals(annotations.get(BETA_DEFAULT_CLASS));
    return Cells.row(
        byDefault ? type.name() + " (default)" : type.name(),
        type.provisioner(),
        type.reclaimPolicy() == null ? "Delete" : type.reclaimPolicy(),
        type.volumeBindingMode() == null ? "Immediate" : type.volumeBindingMode(),
        Boolean.TRUE.equals(type.allowVolumeExpansion()),
        Cells.age(type, now));
  }

  static List<Json> attachment(VolumeAttachment attachment, Instant now) {
    String volume = attachment.spec().source().persistentVolumeName();
    return Cells.row(
        attachment.name(),
        attachment.spec().attacher(),
        volume == null ? "" : volume,
        attachment.spec().nodeName(),
        attachment.status().attached(),
        Cells.age(attachment, now));
  }

  static List<Json> driver(CSIDriver driver, Instant now) {
    CSIDriverSpec spec = driver.spec();
    List<String> audiences = spec.tokenRequests().stream().map(TokenRequest::audience).toList();
    return Cells.row(
        driver.name(),
        !Boolean.FALSE.equals(spec.attachRequired()),
        Boolean.TRUE.equals(spec.podInfoOnMount()),
        Boolean.TRUE.equals(spec.storageCapacity()),
        audiences.isEmpty() ? Cells.UNSET : String.join(",", audiences),
        Boolean.TRUE.equals(spec.requiresRepublish()),
        Cells.orNone(String.join(",", spec.volumeLifecycleModes())),
        Cells.age(driver, now));
  }

  static List<Json> capacity(CSIStorageCapacity capacity) {
    return Cells.row(
        capacity.name(),
        capacity.storageClassName(),
        capacity.capacity() == null ? Cells.UNSET : capacity.capacity().toString());
  }
}
