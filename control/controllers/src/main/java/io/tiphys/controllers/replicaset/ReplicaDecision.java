package io.tiphys.controllers.replicaset;

import io.tiphys.api.core.v1.Pod;
import io.tiphys.controllers.kit.DeletionOrder;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/** What is missing from, or too much in, a set of equal pods. */
sealed interface ReplicaDecision {
  /** As upstream: what one reconciliation may create or delete. */
  int BURST = 500;

  record Enough() implements ReplicaDecision {}

  record Create(int count) implements ReplicaDecision {}

  record Delete(List<Pod> pods) implements ReplicaDecision {}

  /**
   * Checked against manageReplicas in pkg/controller/replicaset/replica_set.go.
   *
   * @param related asked only when it matters which pods go
   */
  static ReplicaDecision of(
      int wished, List<Pod> active, Supplier<Collection<Pod>> related, Instant now) {
    int surplus = active.size() - wished;
    if (surplus == 0) {
      return new Enough();
    }
    if (surplus < 0) {
      return new Create(Math.min(-surplus, BURST));
    }
    List<Pod> ordered =
        surplus == active.size() ? active : new DeletionOrder(related.get(), now).sort(active);
    return new Delete(ordered.subList(0, Math.min(surplus, BURST)));
  }
}
