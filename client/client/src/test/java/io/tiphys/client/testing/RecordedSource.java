package io.tiphys.client.testing;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectType;
import io.tiphys.api.Resource;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.client.ApiResource;
import io.tiphys.client.ListOptions;
import io.tiphys.client.ObjectKey;
import io.tiphys.client.ObjectList;
import io.tiphys.client.Source;
import io.tiphys.client.WatchOptions;
import io.tiphys.client.WatchStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Remembers what was written through it, and refuses what a test wants to fail. */
public final class RecordedSource implements Source {
  private final Source source;
  private final List<Write> writes = new CopyOnWriteArrayList<>();
  private volatile Function<Write, @Nullable ApiFailure> refusal = _ -> null;

  /**
   * A write: {@code create}, {@code update}, {@code patch} or {@code delete}.
   *
   * @param subresource empty for the object itself
   * @param object what was sent, for patches what was stored; null for deletions
   */
  public record Write(
      String verb, String resource, ObjectKey key, String subresource, @Nullable ApiObject object) {

    @Override
    public String toString() {
      return verb + " " + resource + (subresource.isEmpty() ? "" : "/" + subresource) + " " + key;
    }
  }

  public RecordedSource(Source source) {
    this.source = source;
  }

  /** The writes that succeeded, in the order of their answers. */
  public List<Write> writes() {
    return List.copyOf(writes);
  }

  public void forgetWrites() {
    writes.clear();
  }

  /** Decides about every write to come: a failure is thrown, null lets it pass. */
  public void refuse(Function<Write, @Nullable ApiFailure> decision) {
    refusal = decision;
  }

  private void ask(Write write) {
    ApiFailure failure = refusal.apply(write);
    if (failure != null) {
      throw failure;
    }
  }

  private <T extends ApiObject> T wrote(Write write, T answer) {
    writes.add(
        new Write(write.verb, write.resource, ObjectKey.of(answer), write.subresource, answer));
    return answer;
  }

  @Override
  public List<ApiResource> resources() {
    return source.resources();
  }

  @Override
  public <T extends ApiObject> T get(Resource<T> resource, String namespace, String name) {
    return source.get(resource, namespace, name);
  }

  @Override
  public <T extends ApiObject> ObjectList<T> list(
      Resource<T> resource, String namespace, ListOptions options) {
    return source.list(resource, namespace, options);
  }

  @Override
  public <T extends ApiObject> WatchStream<T> watch(
      Resource<T> resource, String namespace, WatchOptions options) {
    return source.watch(resource, namespace, options);
  }

  @Override
  public <T extends ApiObject> T create(Resource<T> resource, T object) {
    Write write = new Write("create", resource.plural(), ObjectKey.of(object), "", object);
    ask(write);
    return wrote(write, source.create(resource, object));
  }

  @Override
  public <T extends ApiObject> T update(Resource<T> resource, T object) {
    Write write = new Write("update", resource.plural(), ObjectKey.of(object), "", object);
    ask(write);
    return wrote(write, source.update(resource, object));
  }

  @Override
  public <T extends ApiObject> T updateStatus(Resource<T> resource, T object) {
    Write write = new Write("update", resource.plural(), ObjectKey.of(object), "status", object);
    ask(write);
    return wrote(write, source.updateStatus(resource, object));
  }

  @Override
  public <T extends ApiObject> T patch(
      Resource<T> resource, String namespace, String name, String subresource, Patch patch) {
    ObjectKey key = new ObjectKey(namespace, name);
    Write write = new Write("patch", resource.plural(), key, subresource, null);
    ask(write);
    return wrote(write, source.patch(resource, namespace, name, subresource, patch));
  }

  @Override
  public void delete(Resource<?> resource, String namespace, String name, DeleteOptions options) {
    Write write = new Write("delete", resource.plural(), new ObjectKey(namespace, name), "", null);
    ask(write);
    source.delete(resource, namespace, name, options);
    writes.add(write);
  }

  @Override
  public <R> R createSubresource(
      Resource<?> resource,
      String namespace,
      String name,
      String subresource,
      ApiObject body,
      ObjectType<R> answer) {
    ObjectKey key = new ObjectKey(namespace, name);
    Write write = new Write("create", resource.plural(), key, subresource, body);
    ask(write);
    R answered = source.createSubresource(resource, namespace, name, subresource, body, answer);
    writes.add(write);
    return answered;
  }
}
