package io.tiphys.scheduler;

import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.storage.v1.StorageClass;
import org.jspecify.annotations.Nullable;

/** What the scheduler may look up about storage. */
interface Volumes {
  @Nullable PersistentVolumeClaim claim(String namespace, String name);

  @Nullable PersistentVolume volume(String name);

  @Nullable StorageClass storageClass(String name);
}
