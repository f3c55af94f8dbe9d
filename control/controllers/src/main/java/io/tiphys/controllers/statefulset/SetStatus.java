package io.tiphys.controllers.statefulset;

import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.apps.v1.StatefulSetStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.controllers.kit.Pods;
import java.time.Instant;
import java.util.List;

/** The status of a set, from its pods. Checked against computeReplicaStatus upstream. */
final class SetStatus {
  private SetStatus() {}

  static StatefulSetStatus of(
      StatefulSet set, List<Pod> pods, History.Revisions revisions, Instant now) {
    int ready = 0;
    int available = 0;
    int current = 0;
    int updated = 0;
    for (Pod pod : pods) {
      if (Pods.isReady(pod) && pod.status().phase().equals("Running")) {
        ready++;
        available += Pods.isAvailable(pod, set.spec().minReadySeconds(), now) ? 1 : 0;
      }
      if (pod.metadata().deletionTimestamp() == null) {
        String revision = Identity.revision(pod);
        current += revision.equals(revisions.current().name()) ? 1 : 0;
        updated += revision.equals(revisions.update().name()) ? 1 : 0;
      }
    }
    int wished = Identity.wished(set);
    boolean complete =
        set.spec().updateStrategy().type().equals("RollingUpdate")
            && updated == wished
            && ready == wished
            && pods.size() == wished;
    return set.status().toBuilder()
        .observedGeneration(set.metadata().generation())
        .replicas(pods.size())
        .readyReplicas(ready)
        .availableReplicas(available)
        .currentReplicas(complete ? updated : current)
        .updatedReplicas(updated)
        .currentRevision(complete ? revisions.update().name() : revisions.current().name())
        .updateRevision(revisions.update().name())
        .collisionCount(revisions.collisions())
        .build();
  }
}
