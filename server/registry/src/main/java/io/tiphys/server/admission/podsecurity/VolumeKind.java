package io.tiphys.server.admission.podsecurity;

import io.tiphys.api.core.v1.Volume;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the volumes are called that restricted pods may not have; check_restrictedVolumes.go. */
final class VolumeKind {
  private static final Map<String, Function<Volume, @Nullable Object>> KINDS = kinds();

  private VolumeKind() {}

  private static Map<String, Function<Volume, @Nullable Object>> kinds() {
    Map<String, Function<Volume, @Nullable Object>> kinds = new LinkedHashMap<>();
    kinds.put("hostPath", Volume::hostPath);
    kinds.put("gcePersistentDisk", Volume::gcePersistentDisk);
    kinds.put("awsElasticBlockStore", Volume::awsElasticBlockStore);
    kinds.put("gitRepo", Volume::gitRepo);
    kinds.put("nfs", Volume::nfs);
    kinds.put("iscsi", Volume::iscsi);
    kinds.put("glusterfs", Volume::glusterfs);
    kinds.put("rbd", Volume::rbd);
    kinds.put("flexVolume", Volume::flexVolume);
    kinds.put("cinder", Volume::cinder);
    kinds.put("cephfs", Volume::cephfs);
    kinds.put("flocker", Volume::flocker);
    kinds.put("fc", Volume::fc);
    kinds.put("azureFile", Volume::azureFile);
    kinds.put("vsphereVolume", Volume::vsphereVolume);
    kinds.put("quobyte", Volume::quobyte);
    kinds.put("azureDisk", Volume::azureDisk);
    kinds.put("photonPersistentDisk", Volume::photonPersistentDisk);
    kinds.put("portworxVolume", Volume::portworxVolume);
    kinds.put("scaleIO", Volume::scaleIO);
    kinds.put("storageos", Volume::storageos);
    return kinds;
  }

  static String of(Volume volume) {
    for (Map.Entry<String, Function<Volume, @Nullable Object>> kind : KINDS.entrySet()) {
      if (kind.getValue().apply(volume) != null) {
        return kind.getKey();
      }
    }
    return "unknown";
  }
}
