package io.tiphys.rules;

import io.tiphys.api.ApiObject;
import org.jspecify.annotations.Nullable;

/** Kinds whose deletion leaves time to end in order: pods. */
@FunctionalInterface
public interface GracefulDeletion<T extends ApiObject> {
  /**
   * The seconds between the deletion's mark and the deletion; 0 for at once.
   *
   * @param requested what the client asked for, or null
   */
  long gracePeriodSeconds(T object, @Nullable Long requested);
}
