package io.tiphys.controllers.replicaset;

import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.apps.v1.ReplicaSetCondition;
import io.tiphys.api.apps.v1.ReplicaSetStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.controllers.kit.Pods;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a ReplicaSet says of its pods. Checked against calculateStatus in
 * pkg/controller/replicaset/replica_set_utils.go.
 */
final class ReplicaSetStatuses {
  private static final String FAILURE = "ReplicaFailure";

  private ReplicaSetStatuses() {}

  /**
   * @param pods all it controls
   * @param failure why pods could not be made or deleted
   */
  static ReplicaSetStatus of(
      ReplicaSet set, List<Pod> pods, @Nullable RuntimeException failure, Instant now) {
    int active = 0;
    int labelled = 0;
    int ready = 0;
    int available = 0;
    int terminating = 0;
    for (Pod pod : pods) {
      if (Pods.isTerminating(pod)) {
        terminating++;
      }
      if (!Pods.isActive(pod)) {
        continue;
      }
      active++;
      if (pod.metadata()
          .labels()
          .entrySet()
          .containsAll(set.spec().template().metadata().labels().entrySet())) {
        labelled++;
      }
      ready += Pods.isReady(pod) ? 1 : 0;
      available += Pods.isAvailable(pod, set.spec().minReadySeconds(), now) ? 1 : 0;
    }
    return ReplicaSetStatus.builder()
        .replicas(active)
        .fullyLabeledReplicas(labelled)
        .readyReplicas(ready)
        .availableReplicas(available)
        .terminatingReplicas(terminating)
        .observedGeneration(set.metadata().generation())
        .conditions(conditions(set, active, failure, now))
        .build();
  }

  private static List<ReplicaSetCondition> conditions(
      ReplicaSet set, int active, @Nullable RuntimeException failure, Instant now) {
    List<ReplicaSetCondition> present = set.status().conditions();
    boolean told = present.stream().anyMatch(c -> c.type().equals(FAILURE));
    if ((failure != null) == told) {
      return present;
    }
    List<ReplicaSetCondition> conditions = new ArrayList<>(present);
    if (failure == null) {
      conditions.removeIf(c -> c.type().equals(FAILURE));
      return conditions;
    }
    int excess = active - ReplicaSetController.wanted(set);
    String message = failure.getMessage();
    conditions.add(
        new ReplicaSetCondition(
            FAILURE,
            "True",
            now,
            excess < 0 ? "FailedCreate" : excess > 0 ? "FailedDelete" : "",
            message == null ? failure.toString() : message));
    return conditions;
  }
}
