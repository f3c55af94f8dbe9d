package io.tiphys.controllers.replicaset;

import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.apps.v1.ReplicaSetCondition;
import io.tiphys.api.apps.v1.ReplicaSetStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.controllers.kit.Pods;
import io.tiphys.meta.selector.Selector;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The status of a set, from its pods. Checked against replica_set_utils.go. */
final class Counted {
  private static final String REPLICA_FAILURE = "ReplicaFailure";

  private Counted() {}

  /**
   * @param failure why pods could not be created or deleted this time, or null
   */
  static ReplicaSetStatus status(
      ReplicaSet set,
      List<Pod> active,
      int terminating,
      @Nullable RuntimeException failure,
      Instant now) {
    Selector labels = Selector.ofLabels(set.spec().template().metadata().labels());
    int labelled = 0;
    int ready = 0;
    int available = 0;
    for (Pod pod : active) {
      labelled += labels.matches(pod.metadata().labels()) ? 1 : 0;
      ready += Pods.isReady(pod) ? 1 : 0;
      available += Pods.isAvailable(pod, set.spec().minReadySeconds(), now) ? 1 : 0;
    }
    return set.status().toBuilder()
        .replicas(active.size())
        .fullyLabeledReplicas(labelled)
        .readyReplicas(ready)
        .availableReplicas(available)
        .terminatingReplicas(terminating)
        .observedGeneration(set.metadata().generation())
        .conditions(conditions(set, active.size(), failure, now))
        .build();
  }

  private static List<ReplicaSetCondition> conditions(
      ReplicaSet set, int active, @Nullable RuntimeException failure, Instant now) {
    List<ReplicaSetCondition> conditions = new ArrayList<>(set.status().conditions());
    boolean told = conditions.stream().anyMatch(c -> c.type().equals(REPLICA_FAILURE));
    if (failure == null) {
      conditions.removeIf(c -> c.type().equals(REPLICA_FAILURE));
    } else if (!told) {
      int surplus = Integer.compare(active, ReplicaSetController.wished(set));
      conditions.add(
          ReplicaSetCondition.builder()
              .type(REPLICA_FAILURE)
              .status("True")
              .lastTransitionTime(now)
              .reason(surplus < 0 ? "FailedCreate" : surplus > 0 ? "FailedDelete" : "")
              .message(String.valueOf(failure.getMessage()))
              .build());
    }
    return conditions;
  }
}
