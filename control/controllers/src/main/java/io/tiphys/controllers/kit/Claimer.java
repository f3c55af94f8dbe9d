package io.tiphys.controllers.kit;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.client.Source;
import io.tiphys.codec.Json;
import io.tiphys.codec.TreeWriter;
import io.tiphys.meta.selector.Selector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sorts out what an owner controls: adopts matching orphans, releases what no longer matches. Made
 * anew for each reconciliation. Checked against pkg/controller/controller_ref_manager.go.
 */
public final class Claimer<T extends ApiObject> {
  private final Source source;
  private final Resource<T> resource;
  private final ApiObject owner;
  private final Resource<? extends ApiObject> ownerResource;
  private final Selector selector;
  private boolean mayAdopt;

  public Claimer(
      Source source,
      Resource<T> resource,
      ApiObject owner,
      Resource<? extends ApiObject> ownerResource,
      Selector selector) {
    this.source = source;
    this.resource = resource;
    this.owner = owner;
    this.ownerResource = ownerResource;
    this.selector = selector;
  }

  /**
   * The candidates that the owner controls, those just adopted included.
   *
   * @throws RuntimeException the first failure, after every candidate was looked at
   */
  public List<T> claim(Collection<T> candidates) {
    List<T> claimed = new ArrayList<>();
    RuntimeException failure = null;
    for (T candidate : candidates) {
      try {
        T mine = claim(candidate);
        if (mine != null) {
          claimed.add(mine);
        }
      } catch (RuntimeException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return claimed;
  }

  private @Nullable T claim(T object) {
    boolean matches = selector.matches(object.metadata().labels());
    boolean ownerEnds = owner.metadata().deletionTimestamp() != null;
    OwnerReference controller = ControllerRefs.controllerOf(object);
    if (controller != null) {
      if (!controller.uid().equals(owner.metadata().uid())) {
        return null;
      }
      if (matches) {
        return object;
      }
      if (!ownerEnds) {
        release(object);
      }
      return null;
    }
    boolean adoptable =
        matches
            && !ownerEnds
            && object.metadata().deletionTimestamp() == null
            && (owner.namespace().isEmpty() || owner.namespace().equals(object.namespace()));
    return adoptable ? adopt(object) : null;
  }

  private @Nullable T adopt(T object) {
    checkOwner(object);
    TreeWriter reference = new TreeWriter();
    ControllerRefs.of(owner).write(reference);
    try {
      return patch(object, reference.tree());
    } catch (ApiFailure e) {
      if (e.isNotFound()) {
        return null;
      }
      throw e;
    }
  }

  private void release(T object) {
    Json drop =
        Json.Obj.builder().put("$patch", "delete").put("uid", owner.metadata().uid()).build();
    try {
      patch(object, drop);
    } catch (ApiFailure e) {
      // Gone, or by now another object of that name: nothing left to release.
      if (!e.isNotFound() && !e.isInvalid()) {
        throw e;
      }
    }
  }

  private T patch(T object, Json reference) {
    ObjectMeta meta = object.metadata();
    Json body =
        Json.Obj.of(
            "metadata",
            Json.Obj.builder()
                .put("uid", meta.uid())
                .put("ownerReferences", new Json.Arr(List.of(reference)))
                .build());
    return source.patch(resource, meta.namespace(), meta.name(), "", Source.Patch.strategic(body));
  }

  /** The copy may lag: an owner that is deleted, or another by now, must not adopt. */
  private void checkOwner(T object) {
    if (mayAdopt) {
      return;
    }
    ApiObject fresh = source.get(ownerResource, owner.namespace(), owner.name());
    ObjectMeta meta = fresh.metadata();
    String cannot =
        "can't adopt %s %s/%s (%s): "
            .formatted(resource.kind(), object.namespace(), object.name(), object.metadata().uid());
    if (!meta.uid().equals(owner.metadata().uid())) {
      throw new IllegalStateException(
          cannot
              + "original %s %s/%s is gone: got uid %s, wanted %s"
                  .formatted(
                      ownerResource.kind(),
                      owner.namespace(),
                      owner.name(),
                      meta.uid(),
                      owner.metadata().uid()));
    }
    if (meta.deletionTimestamp() != null) {
      throw new IllegalStateException(
          cannot
              + "%s/%s has just been deleted at %s"
                  .formatted(owner.namespace(), owner.name(), meta.deletionTimestamp()));
    }
    mayAdopt = true;
  }
}
