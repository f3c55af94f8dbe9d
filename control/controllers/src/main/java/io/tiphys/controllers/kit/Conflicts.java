package io.tiphys.controllers.kit;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.client.Source;
import java.util.function.UnaryOperator;

/** Writes that start over when another writer was faster. */
public final class Conflicts {
  /** As upstream's retry.DefaultRetry; without its 10 ms, for each attempt reads anew. */
  private static final int ATTEMPTS = 5;

  private Conflicts() {}

  /**
   * Reads, changes and writes an object. A change that changes nothing writes nothing.
   *
   * @param object as it was seen; another of the same name is left alone
   * @return what is stored now
   * @throws ApiFailure the last conflict, or any other failure at once; "not found" also when there
   *     is another object of that name by now
   */
  public static <T extends ApiObject> T update(
      Source source, Resource<T> resource, T object, UnaryOperator<T> change) {
    for (int attempt = 1; ; attempt++) {
      T before = fresh(source, resource, object);
      T after = change.apply(before);
      if (after.equals(before)) {
        return before;
      }
      try {
        return source.update(resource, after);
      } catch (ApiFailure e) {
        rethrowUnlessWorthAnother(e, attempt);
      }
    }
  }

  /**
   * Changes the status, at first of the object at hand, after a conflict of a fresh one. A change
   * that changes nothing writes nothing.
   *
   * @throws ApiFailure as {@link #update} does
   */
  public static <T extends ApiObject> T updateStatus(
      Source source, Resource<T> resource, T object, UnaryOperator<T> change) {
    T before = object;
    for (int attempt = 1; ; attempt++) {
      T after = change.apply(before);
      if (after.equals(before)) {
        return before;
      }
      try {
        return source.updateStatus(resource, after);
      } catch (ApiFailure e) {
        rethrowUnlessWorthAnother(e, attempt);
        before = fresh(source, resource, object);
      }
    }
  }

  private static <T extends ApiObject> T fresh(Source source, Resource<T> resource, T object) {
    T found = source.get(resource, object.namespace(), object.name());
    if (!found.metadata().uid().equals(object.metadata().uid())) {
      throw ApiFailure.notFound(resource, object.name());
    }
    return found;
  }

  private static void rethrowUnlessWorthAnother(ApiFailure e, int attempt) {
    if (!e.isConflict() || attempt == ATTEMPTS) {
      throw e;
    }
  }
}
