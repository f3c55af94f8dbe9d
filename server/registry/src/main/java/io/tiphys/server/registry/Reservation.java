package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;

/**
 * An object with what was allocated for it: addresses, ports. Until it is closed nobody else is
 * given the same; by then the object is stored, or it never will be.
 */
interface Reservation<T extends ApiObject> extends AutoCloseable {
  T object();

  @Override
  void close();

  /** An object that needs nothing. */
  static <T extends ApiObject> Reservation<T> none(T object) {
    return new Reservation<>() {
      @Override
      public T object() {
        return object;
      }

      @Override
      public void close() {}
    };
  }
}
