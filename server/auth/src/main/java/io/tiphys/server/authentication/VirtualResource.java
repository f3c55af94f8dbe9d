package io.tiphys.server.authentication;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectType;
import io.tiphys.api.Resource;
import io.tiphys.server.http.User;
import java.util.function.UnaryOperator;

/**
 * A resource whose objects are answered and never stored: reviews and token requests.
 *
 * @param resource the resource in the path
 * @param subresource empty for the resource itself
 * @param type of what is created there
 * @param defaults fills in what the client left out
 * @param keepsSystemFields whether uid and the like are the client's to give; upstream's
 *     SubresourceObjectMetaPreserver
 * @param answer makes the answer
 */
public record VirtualResource<T extends ApiObject>(
    Resource<?> resource,
    String subresource,
    ObjectType<T> type,
    UnaryOperator<T> defaults,
    boolean keepsSystemFields,
    Answer<T> answer) {

  /** A resource of its own, with nothing to fill in. */
  public static <T extends ApiObject> VirtualResource<T> review(
      Resource<T> resource, Answer<T> answer) {
    return new VirtualResource<>(
        resource, "", resource.type(), UnaryOperator.identity(), false, answer);
  }

  /**
   * The caller, and where.
   *
   * @param namespace empty where the path has none
   * @param name empty where the path has none
   */
  public record Asker(User user, String namespace, String name) {}

  /** Makes the answer of what is asked. */
  @FunctionalInterface
  public interface Answer<T extends ApiObject> {
    T to(Asker asker, T question);
  }
}
