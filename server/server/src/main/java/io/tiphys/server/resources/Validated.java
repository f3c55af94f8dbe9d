package io.tiphys.server.resources;

import io.tiphys.api.ApiObject;

/** An object about which nothing is left to say: the only thing that opens the store. */
public final class Validated<T extends ApiObject> {
  private final T object;

  Validated(T object) {
    this.object = object;
  }

  public T object() {
    return object;
  }
}
