package io.tiphys.rules;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import org.jspecify.annotations.Nullable;

/**
 * A kind that is kept as another one, so that several versions share one truth.
 *
 * @param <T> the kind that clients see
 * @param <S> the kind that is stored
 */
public interface Conversion<T extends ApiObject, S extends ApiObject> {
  Resource<S> stored();

  T fromStored(S stored);

  /**
   * @param current what is stored now, for what {@code T} cannot say; null at creation
   */
  S toStored(T object, @Nullable S current);

  /** Whether this stored object is shown through this resource at all. */
  default boolean shows(S stored) {
    return true;
  }
}
