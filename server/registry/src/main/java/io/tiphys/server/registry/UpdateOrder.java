package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;
import org.jspecify.annotations.Nullable;

/**
 * An update that someone wants done.
 *
 * @param subresource empty for the object itself
 * @param change makes the wished object of the present one
 * @param createMissing an object that is not there is created, whatever the kind's own rule
 * @param uid what the present object's uid must be; empty for any
 */
record UpdateOrder<T extends ApiObject>(
    String namespace,
    String name,
    String subresource,
    Change<T> change,
    boolean createMissing,
    String uid) {

  /** Makes the wished object. Called again when someone else wrote first. */
  interface Change<T extends ApiObject> {
    /**
     * @param current the present object, or null when it is to be created
     */
    Decoded<T> apply(@Nullable T current) throws InterruptedException;
  }
}
