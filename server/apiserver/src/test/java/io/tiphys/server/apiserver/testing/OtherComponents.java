package io.tiphys.server.apiserver.testing;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.Binding;
import io.tiphys.api.core.v1.Namespace;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.ServiceAccount;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.client.ListOptions;
import io.tiphys.client.Source;
import io.tiphys.codec.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cluster's other components and its users, as a test plays them: they do by the API's own rules
 * what it takes to bring an object into a state.
 */
public final class OtherComponents {
  /** At once, whatever time an object would be given to end. */
  private static final DeleteOptions AT_ONCE = DeleteOptions.EMPTY.withGracePeriodSeconds(0L);

  private final Source source;

  public OtherComponents(TestApiServer server) {
    source = server.source(TestApiServer.ADMIN, "test");
  }

  /** Makes a namespace with the account that its pods need. */
  public void namespace(String name) {
    ObjectMeta meta = ObjectMeta.builder().name(name).build();
    source.create(CoreV1.NAMESPACES, Namespace.builder().metadata(meta).build());
    account(name);
  }

  /** Makes the account that the pods of a namespace need. */
  public void account(String namespace) {
    ObjectMeta meta = ObjectMeta.builder().namespace(namespace).name("default").build();
    source.create(CoreV1.SERVICEACCOUNTS, ServiceAccount.EMPTY.withMetadata(meta));
  }

  /** A node joins and is ready for pods at once: it has the taints it is given here alone. */
  public Node join(Node node) {
    put(CoreV1.NODES, node);
    return put(CoreV1.NODES, node);
  }

  /**
   * Creates the object or makes the present one equal to it, its status included. A pod gets its
   * node by a binding; what has a deletionTimestamp is deleted.
   */
  public <T extends ApiObject> T put(Resource<T> resource, T wished) {
    ObjectMeta meta = wished.metadata();
    T present = find(resource, wished.namespace(), wished.name());
    T plain =
        with(
            wished,
            meta.toBuilder()
                .uid("")
                .resourceVersion("")
                .creationTimestamp(null)
                .deletionTimestamp(null)
                .deletionGracePeriodSeconds(null)
                .build());
    T written;
    if (present == null) {
      written = source.create(resource, plain);
    } else {
      bind(present, plain);
      written = source.update(resource, asUpdate(present, plain));
      if (isHeld(present) && !isHeld(written)) {
        return written;
      }
    }
    Json.Obj status = status(plain);
    if (!status.equals(Json.Obj.EMPTY)) {
      written = report(resource, written, status);
    }
    if (meta.deletionTimestamp() != null && written.metadata().deletionTimestamp() == null) {
      source.delete(resource, wished.namespace(), wished.name(), DeleteOptions.EMPTY);
      written = get(resource, wished.namespace(), wished.name());
    }
    return written;
  }

  /** Whether nothing but its finalizers keeps an object. */
  private static boolean isHeld(ApiObject object) {
    return object.metadata().deletionTimestamp() != null
        && !object.metadata().finalizers().isEmpty();
  }

  /** Writes the status, whatever others write to the rest meanwhile. */
  private <T extends ApiObject> T report(Resource<T> resource, T object, Json.Obj status) {
    T current = object;
    while (true) {
      Json.Obj reported = ObjectCodec.toTree(current).with("status", status);
      try {
        return source.updateStatus(resource, ObjectCodec.fromTree(resource.type(), reported));
      } catch (ApiFailure failure) {
        if (!failure.isConflict()) {
          throw failure;
        }
        current = get(resource, object.namespace(), object.name());
      }
    }
  }

  private void bind(ApiObject present, ApiObject wished) {
    if (present instanceof Pod before
        && wished instanceof Pod after
        && before.spec().nodeName().isEmpty()
        && !after.spec().nodeName().isEmpty()) {
      Binding binding =
          Binding.builder()
              .metadata(
                  ObjectMeta.builder().namespace(after.namespace()).name(after.name()).build())
              .target(ObjectReference.builder().kind("Node").name(after.spec().nodeName()).build())
              .build();
      source.createSubresource(
          CoreV1.PODS, after.namespace(), after.name(), "binding", binding, Status.TYPE);
    }
  }

  /** What a pod is to be is said once; what a test says of it is only what it began with. */
  @SuppressWarnings("unchecked") // a pod for a pod
  private static <T extends ApiObject> T asUpdate(T present, T wished) {
    return present instanceof Pod before && wished instanceof Pod after
        ? (T) after.withSpec(before.spec().withNodeName(after.spec().nodeName()))
        : wished;
  }

  private static Json.Obj status(ApiObject object) {
    return ObjectCodec.toTree(object).get("status") instanceof Json.Obj status
        ? status
        : Json.Obj.EMPTY;
  }

  @SuppressWarnings("unchecked") // withMetadata returns the object's own type
  private static <T extends ApiObject> T with(T object, ObjectMeta meta) {
    return (T) object.withMetadata(meta);
  }

  /** Replaces the status alone. */
  public <T extends ApiObject> T updateStatus(Resource<T> resource, T object) {
    return source.updateStatus(resource, object);
  }

  public <T extends ApiObject> T update(Resource<T> resource, T object) {
    return source.update(resource, object);
  }

  public <T extends ApiObject> T patch(
      Resource<T> resource, String namespace, String name, Source.Patch patch) {
    return source.patch(resource, namespace, name, "", patch);
  }

  public void delete(Resource<?> resource, String namespace, String name, DeleteOptions options) {
    source.delete(resource, namespace, name, options);
  }

  /** Deletes without giving time, as a kubelet does when a pod has ended. */
  public void remove(Resource<?> resource, String namespace, String name) {
    source.delete(resource, namespace, name, AT_ONCE);
  }

  public <T extends ApiObject> T get(Resource<T> resource, String namespace, String name) {
    return source.get(resource, namespace, name);
  }

  /** The object, or null. */
  public <T extends ApiObject> @Nullable T find(
      Resource<T> resource, String namespace, String name) {
    try {
      return source.get(resource, namespace, name);
    } catch (ApiFailure failure) {
      if (failure.isNotFound()) {
        return null;
      }
      throw failure;
    }
  }

  /** Every object of a resource, by namespace and name. */
  public <T extends ApiObject> List<T> all(Resource<T> resource) {
    return source.list(resource, "", ListOptions.ALL).items();
  }

  /** The objects of a resource in a namespace, by name. */
  public <T extends ApiObject> List<T> all(Resource<T> resource, String namespace) {
    return source.list(resource, namespace, ListOptions.ALL).items();
  }
}
