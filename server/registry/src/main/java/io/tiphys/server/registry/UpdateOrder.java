package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;
import io.tiphys.rules.UpdateRules;
import org.jspecify.annotations.Nullable;

/**
 * An update that someone wants done.
 *
 * @param change makes the wished object of the present one
 * @param createMissing an object that is not there is created, whatever the kind's own rule
 * @param uid what the present object's uid must be; empty for any
 */
record UpdateOrder<T extends ApiObject>(
    String namespace,
    String name,
    Part<T> part,
    Change<T> change,
    boolean createMissing,
    String uid) {

  /**
   * What is changed, and who watches over it.
   *
   * @param subresource empty for the object itself
   */
  record Part<T extends ApiObject>(
      String subresource, UpdateRules<T> rules, UpdateAdmission<T> admission) {
    /**
     * What the server itself changes, as an action demands: none of the rules for its clients
     * holds.
     */
    static <T extends ApiObject> Part<T> ofServer(String action) {
      return new Part<>(action, (object, old, context) -> object, UpdateAdmission.done());
    }
  }

  /** Makes the wished object. Called again when someone else wrote first. */
  interface Change<T extends ApiObject> {
    /**
     * @param current the present object, or null when it is to be created
     */
    Decoded<T> apply(@Nullable T current) throws InterruptedException;
  }
}
