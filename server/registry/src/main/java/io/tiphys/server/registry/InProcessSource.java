package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectType;
import io.tiphys.api.Resource;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.client.ApiResource;
import io.tiphys.client.Fence;
import io.tiphys.client.ListOptions;
import io.tiphys.client.ObjectList;
import io.tiphys.client.Source;
import io.tiphys.client.WatchOptions;
import io.tiphys.client.WatchStream;
import io.tiphys.codec.Json;
import io.tiphys.meta.patch.JsonPatch;
import io.tiphys.meta.patch.PatchException;
import io.tiphys.server.authentication.VirtualResource.Asker;
import io.tiphys.server.authorization.Authorizer.Attributes;
import io.tiphys.server.authorization.Authorizer.Decision;
import io.tiphys.server.authorization.Forbidden;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.cache.ListPage;
import io.tiphys.server.cache.ListQuery;
import io.tiphys.server.cache.Selection;
import io.tiphys.server.http.User;
import io.tiphys.server.kinds.ServedKind;
import io.tiphys.server.registry.Action.Answered;
import io.tiphys.server.registry.Parameters.WatchQuery;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The API served to a component of this process: the same authorization, admission, rules and store
 * as for a request from outside, but nothing is encoded and the objects are the cache's own.
 */
final class InProcessSource implements Source {
  private final LiveResources resources;
  private final Verbs verbs;
  private final VirtualResources virtual;
  private final User user;
  private final String fieldManager;
  private final @Nullable Fence fence;

  InProcessSource(
      LiveResources resources,
      Verbs verbs,
      VirtualResources virtual,
      User user,
      String fieldManager,
      @Nullable Fence fence) {
    this.fence = fence;
    this.virtual = virtual;
    this.resources = resources;
    this.verbs = verbs;
    this.user = user;
    this.fieldManager = fieldManager;
  }

  /** Everybody may know what is served, as discovery tells it. */
  @Override
  public List<ApiResource> resources() {
    return resources.current().registry().kinds().stream().map(InProcessSource::described).toList();
  }

  private static ApiResource described(ServedKind<?> kind) {
    Resource<?> resource = kind.resource();
    boolean view = !kind.storedAs().qualifiedName().equals(resource.qualifiedName());
    return new ApiResource(resource, kind.verbs(), view);
  }

  /** What a call is about, for permission. */
  private record Place(Resource<?> resource, String subresource, String namespace, String name) {}

  @Override
  public <T extends ApiObject> T get(Resource<T> resource, String namespace, String name) {
    return run(
        "get",
        new Place(resource, "", namespace, name),
        () -> verbs.get(resources.current().of(resource), namespace, name, "").record());
  }

  @Override
  public <T extends ApiObject> ObjectList<T> list(
      Resource<T> resource, String namespace, ListOptions options) {
    return run(
        "list",
        new Place(resource, "", namespace, ""),
        () -> {
          Served<T, ?> served = resources.current().of(resource);
          Selection<T> selection =
              verbs.select(served, namespace, options.labelSelector(), options.fieldSelector());
          ListPage<T> page =
              verbs.list(
                  served,
                  new ListQuery<>(
                      selection,
                      options.resourceVersion(),
                      "",
                      options.limit(),
                      options.continueToken()));
          List<T> items = page.items().stream().map(Cached::record).toList();
          return new ObjectList<>(Long.toString(page.revision()), page.continueToken(), items);
        });
  }

  @Override
  public <T extends ApiObject> WatchStream<T> watch(
      Resource<T> resource, String namespace, WatchOptions options) {
    return run(
        "watch",
        new Place(resource, "", namespace, ""),
        () -> {
          Served<T, ?> served = resources.current().of(resource);
          Selection<T> selection =
              verbs.select(served, namespace, options.labelSelector(), options.fieldSelector());
          try {
            return new SourceWatch<>(
                verbs.watch(
                    served, selection, new WatchQuery(options.resourceVersion(), null, true, 0)));
          } catch (ApiFailure failure) {
            if (!failure.isGone()) {
              throw failure;
            }
            return new FailedWatch<>(failure);
          }
        });
  }

  @Override
  public <T extends ApiObject> T create(Resource<T> resource, T object) {
    return run(
        "create",
        new Place(resource, "", object.namespace(), ""),
        () ->
            verbs
                .create(
                    resources.current().of(resource),
                    call(fieldManager),
                    object.namespace(),
                    object)
                .record());
  }

  @Override
  public <T extends ApiObject> T update(Resource<T> resource, T object) {
    return update(resource, object, "");
  }

  @Override
  public <T extends ApiObject> T updateStatus(Resource<T> resource, T object) {
    return update(resource, object, "status");
  }

  private <T extends ApiObject> T update(Resource<T> resource, T object, String subresource) {
    Patches.Target target = new Patches.Target(object.namespace(), object.name(), subresource);
    return run(
        "update",
        new Place(resource, subresource, object.namespace(), object.name()),
        () ->
            verbs
                .update(resources.current().of(resource), call(fieldManager), target, object)
                .object()
                .record());
  }

  @Override
  public <T extends ApiObject> T patch(
      Resource<T> resource, String namespace, String name, String subresource, Patch patch) {
    String manager = patch.fieldManager().isEmpty() ? fieldManager : patch.fieldManager();
    return run(
        "patch",
        new Place(resource, subresource, namespace, name),
        () ->
            verbs
                .patch(
                    resources.current().of(resource),
                    call(manager),
                    new Patches.Target(namespace, name, subresource),
                    body(patch))
                .object()
                .record());
  }

  private static PatchBody body(Patch patch) {
    try {
      return switch (patch.type()) {
        case JSON -> new PatchBody.OfJson(JsonPatch.of(patch.body()), List.of());
        case MERGE -> new PatchBody.Merge(patch.body(), List.of());
        case STRATEGIC -> new PatchBody.Strategic(patch.body(), List.of());
        case APPLY -> {
          if (patch.body() instanceof Json.Obj configuration) {
            yield new PatchBody.Apply(configuration, patch.force(), List.of());
          }
          throw ApiFailure.badRequest("error decoding YAML: not an object");
        }
      };
    } catch (PatchException e) {
      throw PatchBody.failure(e);
    }
  }

  @Override
  public void delete(Resource<?> resource, String namespace, String name, DeleteOptions options) {
    run(
        "delete",
        new Place(resource, "", namespace, name),
        () ->
            verbs.delete(
                resources.current().of(resource), call(fieldManager), namespace, name, options));
  }

  @Override
  public <R> R createSubresource(
      Resource<?> resource,
      String namespace,
      String name,
      String subresource,
      ApiObject body,
      ObjectType<R> answer) {
    return run(
        "create",
        new Place(resource, subresource, namespace, name),
        () ->
            as(
                answer,
                virtual.perform(
                    resource,
                    subresource,
                    call(fieldManager),
                    new Asker(user, namespace, name),
                    body)));
  }

  @SuppressWarnings("unchecked") // types are singletons
  private static <R> R as(ObjectType<R> wanted, Answered<?> answered) {
    if (!answered.type().equals(wanted)) {
      throw ApiFailure.badRequest("the answer is of kind " + answered.type().gvk().kind());
    }
    return (R) answered.value();
  }

  private Call call(String manager) {
    return Call.of(user, manager).within(fence);
  }

  private void permit(String verb, Place place) {
    Resource<?> resource = place.resource();
    Attributes attributes =
        new Attributes(
            user,
            verb,
            true,
            resource.group(),
            resource.plural(),
            place.subresource(),
            place.namespace(),
            place.name(),
            "");
    Decision decision = verbs.context().authorizer().authorize(attributes);
    if (!decision.allowed()) {
      throw Forbidden.failure(attributes, decision.reason());
    }
  }

  /** A verb, with the exceptions that verbs throw. */
  @FunctionalInterface
  private interface Action<R> {
    R call() throws InterruptedException;
  }

  /** Whatever goes wrong leaves as an {@link ApiFailure}, as the contract says. */
  private <R> R run(String verb, Place place, Action<R> action) {
    try {
      permit(verb, place);
      return action.call();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiFailure.timeout("the caller was interrupted");
    } catch (RuntimeException e) {
      throw Failures.of(e);
    }
  }
}
