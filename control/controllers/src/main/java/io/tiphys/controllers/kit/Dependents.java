package io.tiphys.controllers.kit;

import io.tiphys.api.ApiObject;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The objects that owners of one kind control, found by the owner's uid and not by a scan; and the
 * orphans of a namespace, which such an owner may adopt.
 */
public final class Dependents<T extends ApiObject> {
  private final Informer<T> informer;
  private final String kind;
  private final String index;

  /**
   * @param kind of the owners; one index for each kind and informer
   */
  public Dependents(Informer<T> informer, String kind) {
    this.informer = informer;
    this.kind = kind;
    index = "controlled by " + kind;
    informer.addIndex(index, this::keys);
  }

  private List<String> keys(T object) {
    OwnerReference controller = ControllerRefs.controllerOf(object);
    if (controller == null) {
      return List.of(orphans(object.namespace()));
    }
    return controller.kind().equals(kind) ? List.of(controller.uid()) : List.of();
  }

  private static String orphans(String namespace) {
    // No uid begins so.
    return "/" + namespace;
  }

  /** What the owner controls, as far as the copy knows. */
  public List<T> of(ApiObject owner) {
    return informer.byIndex(index, owner.metadata().uid());
  }

  /** What the owner controls and what it may adopt: work for a {@link Claimer}. */
  public List<T> candidates(ApiObject owner) {
    List<T> all = new ArrayList<>(of(owner));
    all.addAll(informer.byIndex(index, orphans(owner.namespace())));
    return all;
  }

  /**
   * Wakes the owners of what changes.
   *
   * @param expectations told of what is seen to come and go
   * @param wake takes the keys of owners
   * @param adopters who would want an orphan
   */
  public void follow(
      @Nullable Expectations expectations,
      Consumer<ObjectKey> wake,
      Function<T, List<ObjectKey>> adopters) {
    informer.addHandler(
        new Handler<>() {
          @Override
          public void onAdd(T object) {
            ObjectKey owner = ControllerRefs.ownerKey(object, kind);
            if (owner == null) {
              offer(object);
            } else {
              if (expectations != null) {
                expectations.creationObserved(owner);
              }
              seen(owner, object);
            }
          }

          @Override
          public void onUpdate(T before, T object) {
            ObjectKey owner = ControllerRefs.ownerKey(object, kind);
            ObjectKey former = ControllerRefs.ownerKey(before, kind);
            if (former != null && !former.equals(owner)) {
              wake.accept(former);
            }
            if (owner != null) {
              seen(owner, object);
            } else if (former != null
                || !Objects.equals(before.metadata().labels(), object.metadata().labels())) {
              offer(object);
            }
          }

          @Override
          public void onDelete(T last) {
            ObjectKey owner = ControllerRefs.ownerKey(last, kind);
            if (owner != null) {
              if (expectations != null) {
                expectations.deletionObserved(owner, ObjectKey.of(last));
              }
              wake.accept(owner);
            }
          }

          private void seen(ObjectKey owner, T object) {
            if (expectations != null && object.metadata().deletionTimestamp() != null) {
              expectations.deletionObserved(owner, ObjectKey.of(object));
            }
            wake.accept(owner);
          }

          private void offer(T object) {
            if (ControllerRefs.controllerOf(object) == null
                && object.metadata().deletionTimestamp() == null) {
              adopters.apply(object).forEach(wake);
            }
          }
        });
  }
}
