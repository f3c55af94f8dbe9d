package io.tiphys.controllers.garbage;

import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.OwnerReference;
import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of an object, given what is known of its owners. Checked against attemptToDeleteItem
 * in pkg/controller/garbagecollector/garbagecollector.go.
 */
sealed interface GarbageDecision {
  /** How an owner stands. */
  enum Owner {
    /** It is there, and stays. */
    SOLID,
    /** It is gone. */
    ABSENT,
    /** It is on its way out and waits for its dependents. */
    WAITING
  }

  record Keep() implements GarbageDecision {}

  /** It has an owner left: only the references to the others go. */
  record Release(List<String> owners) implements GarbageDecision {}

  /**
   * @param policy Background, Foreground or Orphan
   * @param unblock first its own references must no longer block its owners, lest a circle wait for
   *     itself
   */
  record Delete(String policy, boolean unblock) implements GarbageDecision {}

  /**
   * @param owners how each of {@code meta}'s owner references stands, in their order
   * @param dependents of the object itself
   */
  static GarbageDecision of(ObjectMeta meta, List<Owner> owners, List<Graph.Dependent> dependents) {
    if (meta.ownerReferences().isEmpty()) {
      return new Keep();
    }
    if (owners.contains(Owner.SOLID)) {
      List<String> others = new ArrayList<>();
      for (int i = 0; i < owners.size(); i++) {
        OwnerReference reference = meta.ownerReferences().get(i);
        if (owners.get(i) != Owner.SOLID) {
          others.add(reference.uid());
        }
      }
      return others.isEmpty() ? new Keep() : new Release(others);
    }
    if (owners.contains(Owner.WAITING) && !dependents.isEmpty()) {
      return new Delete(
          "Foreground", dependents.stream().anyMatch(Graph.Dependent::deletingDependents));
    }
    if (meta.finalizers().contains(Graph.ORPHAN)) {
      return new Delete("Orphan", false);
    }
    return new Delete(
        meta.finalizers().contains(Graph.FOREGROUND) ? "Foreground" : "Background", false);
  }
}
