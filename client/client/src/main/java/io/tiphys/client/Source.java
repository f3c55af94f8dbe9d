package io.tiphys.client;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectType;
import io.tiphys.api.Resource;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.codec.Json;
import java.util.List;

/**
 * The API as a component sees it, under one identity: list, watch and write. The server serves it
 * directly inside one process, sharing objects; the REST form goes over HTTP. Every call crosses
 * the same stages as a request from outside: authorization, defaults, admission, validation.
 *
 * <p>All methods may block and throw {@link io.tiphys.api.ApiFailure} with the Status of the
 * answer. Thread-safe. {@code namespace} is empty for cluster-scoped resources, and for lists and
 * watches over all namespaces.
 */
public interface Source {
  /**
   * What the API serves now, custom resources among it: of several versions of one resource the
   * best comes first.
   */
  List<ApiResource> resources();

  <T extends ApiObject> T get(Resource<T> resource, String namespace, String name);

  <T extends ApiObject> ObjectList<T> list(
      Resource<T> resource, String namespace, ListOptions options);

  /** Opens a watch; it starts after {@link WatchOptions#resourceVersion}. */
  <T extends ApiObject> WatchStream<T> watch(
      Resource<T> resource, String namespace, WatchOptions options);

  /** Creates {@code object} in the namespace of its metadata; returns what was stored. */
  <T extends ApiObject> T create(Resource<T> resource, T object);

  /** Replaces the object; a resourceVersion in its metadata must be the current one. */
  <T extends ApiObject> T update(Resource<T> resource, T object);

  /** Replaces the status alone. */
  <T extends ApiObject> T updateStatus(Resource<T> resource, T object);

  /**
   * Patches the object.
   *
   * @param subresource empty for the object itself, or such as {@code status}
   */
  <T extends ApiObject> T patch(
      Resource<T> resource, String namespace, String name, String subresource, Patch patch);

  /** Deletes the object, or marks it for deletion where finalizers or a grace period demand it. */
  void delete(Resource<?> resource, String namespace, String name, DeleteOptions options);

  /**
   * Posts to a subresource: a pod's {@code binding} or {@code eviction}, a service account's {@code
   * token}.
   *
   * @return the answer, a Status for bindings and evictions
   */
  <R> R createSubresource(
      Resource<?> resource,
      String namespace,
      String name,
      String subresource,
      ApiObject body,
      ObjectType<R> answer);

  /** How a patch's body is to be read. */
  enum PatchType {
    JSON,
    MERGE,
    STRATEGIC,
    APPLY
  }

  /**
   * A patch of any of the four types.
   *
   * @param fieldManager required for {@link PatchType#APPLY}, empty otherwise if unknown
   * @param force apply takes over fields other managers own
   */
  record Patch(PatchType type, Json body, String fieldManager, boolean force) {
    public static Patch merge(Json body) {
      return new Patch(PatchType.MERGE, body, "", false);
    }

    public static Patch strategic(Json body) {
      return new Patch(PatchType.STRATEGIC, body, "", false);
    }
  }
}
