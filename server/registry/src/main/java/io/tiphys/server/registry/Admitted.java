package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;

/** An object that admission has let pass and completed. The second type of the write path. */
public final class Admitted<T extends ApiObject> {
  private final T object;

  Admitted(T object) {
    this.object = object;
  }

  public T object() {
    return object;
  }
}
