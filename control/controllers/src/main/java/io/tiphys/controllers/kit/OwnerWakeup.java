package io.tiphys.controllers.kit;

import io.tiphys.api.ApiObject;
import io.tiphys.api.LabelSelectors;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.client.Handler;
import io.tiphys.client.Lister;
import io.tiphys.client.ObjectKey;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tells the owners of one kind of what happens to their dependents, such as pods, and those that
 * might adopt it of an orphan. Checked against addPod, updatePod and deletePod in
 * pkg/controller/replicaset/replica_set.go.
 */
public final class OwnerWakeup<O extends ApiObject, D extends ApiObject> implements Handler<D> {
  private final String kind;
  private final Lister<O> owners;
  private final Function<O, @Nullable LabelSelector> selector;
  private final Consumer<ObjectKey> enqueue;
  private final @Nullable Expectations expectations;

  /**
   * @param expectations told of creations and deletions; null where nothing is expected
   */
  public OwnerWakeup(
      String kind,
      Lister<O> owners,
      Function<O, @Nullable LabelSelector> selector,
      Consumer<ObjectKey> enqueue,
      @Nullable Expectations expectations) {
    this.kind = kind;
    this.owners = owners;
    this.selector = selector;
    this.enqueue = enqueue;
    this.expectations = expectations;
  }

  @Override
  public void onAdd(D dependent) {
    if (dependent.metadata().deletionTimestamp() != null) {
      // After a restart a pod may show up that is already on its way out.
      onDelete(dependent);
      return;
    }
    OwnerReference controller = ControllerRefs.controllerOf(dependent);
    if (controller == null) {
      wakeMatching(dependent);
      return;
    }
    ObjectKey owner = owner(dependent, controller);
    if (owner != null) {
      if (expectations != null) {
        expectations.creationObserved(owner);
      }
      enqueue.accept(owner);
    }
  }

  @Override
  public void onUpdate(D before, D after) {
    boolean relabelled = !after.metadata().labels().equals(before.metadata().labels());
    if (after.metadata().deletionTimestamp() != null) {
      onDelete(after);
      if (relabelled) {
        onDelete(before);
      }
      return;
    }
    OwnerReference was = ControllerRefs.controllerOf(before);
    OwnerReference is = ControllerRefs.controllerOf(after);
    boolean changedHands = !Objects.equals(was, is);
    if (changedHands && was != null) {
      wake(before, was);
    }
    if (is != null) {
      wake(after, is);
    } else if (relabelled || changedHands) {
      wakeMatching(after);
    }
  }

  @Override
  public void onDelete(D dependent) {
    OwnerReference controller = ControllerRefs.controllerOf(dependent);
    ObjectKey owner = controller == null ? null : owner(dependent, controller);
    if (owner != null) {
      if (expectations != null) {
        expectations.deletionObserved(owner, ObjectKey.of(dependent));
      }
      enqueue.accept(owner);
    }
  }

  private void wake(D dependent, OwnerReference controller) {
    ObjectKey owner = owner(dependent, controller);
    if (owner != null) {
      enqueue.accept(owner);
    }
  }

  /** Null when the owner is of another kind, gone, or another of that name. */
  private @Nullable ObjectKey owner(D dependent, OwnerReference controller) {
    if (!controller.kind().equals(kind)) {
      return null;
    }
    O owner = owners.get(dependent.namespace(), controller.name());
    return owner != null && owner.metadata().uid().equals(controller.uid())
        ? ObjectKey.of(owner)
        : null;
  }

  private void wakeMatching(D orphan) {
    Map<String, String> labels = orphan.metadata().labels();
    if (labels.isEmpty()) {
      return;
    }
    for (O owner : owners.list(orphan.namespace())) {
      if (LabelSelectors.of(selector.apply(owner)).matches(labels)) {
        enqueue.accept(ObjectKey.of(owner));
      }
    }
  }
}
