package io.tiphys.client;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.CoordinationV1;
import io.tiphys.api.ObjectType;
import io.tiphys.api.Resource;
import io.tiphys.api.meta.v1.DeleteOptions;
import java.util.List;

/**
 * The API as a leader sees it during one {@link Term}: when that is over nothing is written any
 * more, though threads of its work may still run. Reads go on. A process that was stopped does not
 * know that its term is over: its writes are refused by the server, which is told the term's {@link
 * Fence}.
 */
public final class LeaderSource implements Source {
  private final Source source;
  private final Term term;

  /**
   * @param source whose server knows the term's fence
   */
  public LeaderSource(Source source, Term term) {
    this.source = source;
    this.term = term;
  }

  private Source writable() {
    if (term.isOver()) {
      Fence fence = term.fence();
      throw ApiFailure.conflict(CoordinationV1.LEASES, fence.lease(), fence.refusal());
    }
    return source;
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
    return writable().create(resource, object);
  }

  @Override
  public <T extends ApiObject> T update(Resource<T> resource, T object) {
    return writable().update(resource, object);
  }

  @Override
  public <T extends ApiObject> T updateStatus(Resource<T> resource, T object) {
    return writable().updateStatus(resource, object);
  }

  @Override
  public <T extends ApiObject> T patch(
      Resource<T> resource, String namespace, String name, String subresource, Patch patch) {
    return writable().patch(resource, namespace, name, subresource, patch);
  }

  @Override
  public void delete(Resource<?> resource, String namespace, String name, DeleteOptions options) {
    writable().delete(resource, namespace, name, options);
  }

  @Override
  public <R> R createSubresource(
      Resource<?> resource,
      String namespace,
      String name,
      String subresource,
      ApiObject body,
      ObjectType<R> answer) {
    return writable().createSubresource(resource, namespace, name, subresource, body, answer);
  }
}
