package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;

/**
 * An object as a client wishes it: read or merged, converted, defaults filled in. The first type of
 * the write path; only this package makes it.
 */
public final class Decoded<T extends ApiObject> {
  private final T object;

  Decoded(T object) {
    this.object = object;
  }

  public T object() {
    return object;
  }
}
