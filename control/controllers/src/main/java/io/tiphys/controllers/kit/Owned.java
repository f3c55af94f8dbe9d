package io.tiphys.controllers.kit;

import io.tiphys.api.ApiObject;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.client.Informer;
import java.util.ArrayList;
import java.util.List;

/**
 * The objects, such as pods, that owners of one kind control, found without looking at all of them.
 * Made once for a kind and a copy. Checked against FilterPodsByOwner in
 * pkg/controller/controller_utils.go.
 */
public final class Owned<T extends ApiObject> {
  private static final String ORPHANS = "orphans of ";

  private final Informer<T> objects;
  private final String index;

  /**
   * @param kind of the owners, such as {@code ReplicaSet}
   */
  public Owned(Informer<T> objects, String kind) {
    this.objects = objects;
    this.index = "controlled by " + kind;
    objects.addIndex(
        index,
        object -> {
          OwnerReference controller = ControllerRefs.controllerOf(object);
          if (controller == null) {
            return List.of(ORPHANS + object.namespace());
          }
          return controller.kind().equals(kind) ? List.of(controller.uid()) : List.of();
        });
  }

  /** What {@code owner} controls, by name. */
  public List<T> of(ApiObject owner) {
    return objects.byIndex(index, owner.metadata().uid());
  }

  /** What {@code owner} controls and the orphans it may adopt. */
  public List<T> candidates(ApiObject owner) {
    List<T> orphans = objects.byIndex(index, ORPHANS + owner.namespace());
    if (orphans.isEmpty()) {
      return of(owner);
    }
    List<T> candidates = new ArrayList<>(of(owner));
    candidates.addAll(orphans);
    return candidates;
  }
}
