package io.tiphys.controllers.kit;

import io.tiphys.api.ApiObject;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.client.ObjectKey;
import io.tiphys.meta.GroupVersionKind;
import org.jspecify.annotations.Nullable;

/** The one owner reference that says who controls an object. */
public final class ControllerRefs {
  private ControllerRefs() {}

  /** The reference to the controlling owner, or null for an orphan. */
  public static @Nullable OwnerReference controllerOf(ApiObject object) {
    for (OwnerReference reference : object.metadata().ownerReferences()) {
      if (Boolean.TRUE.equals(reference.controller())) {
        return reference;
      }
    }
    return null;
  }

  /** Whether {@code owner}, and not one of its name before it, controls {@code object}. */
  public static boolean isControlledBy(ApiObject object, ApiObject owner) {
    OwnerReference reference = controllerOf(object);
    return reference != null && reference.uid().equals(owner.metadata().uid());
  }

  /** The reference that makes {@code owner} the controller of something. */
  public static OwnerReference of(ApiObject owner) {
    GroupVersionKind gvk = owner.type().gvk();
    return OwnerReference.builder()
        .apiVersion(gvk.apiVersion())
        .kind(gvk.kind())
        .name(owner.name())
        .uid(owner.metadata().uid())
        .controller(true)
        .blockOwnerDeletion(true)
        .build();
  }

  /**
   * The key of the controlling owner if it is of {@code kind}; for handlers of dependents.
   *
   * <p>The owner of that name may by now be another one: compare its uid ({@link #isControlledBy}).
   */
  public static @Nullable ObjectKey ownerKey(ApiObject object, String kind) {
    OwnerReference reference = controllerOf(object);
    return reference == null || !reference.kind().equals(kind)
        ? null
        : new ObjectKey(object.namespace(), reference.name());
  }
}
