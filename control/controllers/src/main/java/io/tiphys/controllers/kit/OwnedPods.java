package io.tiphys.controllers.kit;

import io.tiphys.api.ApiObject;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.client.Informer;
import java.util.ArrayList;
import java.util.List;

/**
 * The pods that owners of one kind control, found without looking at all pods. Made once for a kind
 * and copy of the pods. Checked against FilterPodsByOwner in pkg/controller/controller_utils.go.
 */
public final class OwnedPods {
  private static final String ORPHANS = "orphans of ";

  private final Informer<Pod> pods;
  private final String index;

  /**
   * @param kind of the owners, such as {@code ReplicaSet}
   */
  public OwnedPods(Informer<Pod> pods, String kind) {
    this.pods = pods;
    this.index = "controlled by " + kind;
    pods.addIndex(
        index,
        pod -> {
          OwnerReference controller = ControllerRefs.controllerOf(pod);
          if (controller == null) {
            return List.of(ORPHANS + pod.namespace());
          }
          return controller.kind().equals(kind) ? List.of(controller.uid()) : List.of();
        });
  }

  /** What {@code owner} controls, by name. */
  public List<Pod> of(ApiObject owner) {
    return pods.byIndex(index, owner.metadata().uid());
  }

  /** What {@code owner} controls and the orphans it may adopt. */
  public List<Pod> candidates(ApiObject owner) {
    List<Pod> orphans = pods.byIndex(index, ORPHANS + owner.namespace());
    if (orphans.isEmpty()) {
      return of(owner);
    }
    List<Pod> candidates = new ArrayList<>(of(owner));
    candidates.addAll(orphans);
    return candidates;
  }
}
