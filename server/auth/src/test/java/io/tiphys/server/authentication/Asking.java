package io.tiphys.server.authentication;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.server.authentication.VirtualResource.Asker;

/** Asks virtual resources. */
public final class Asking {
  private Asking() {}

  /** The answer to what {@code body} asks, as JSON. */
  public static <T extends ApiObject> String ask(
      VirtualResource<T> resource, Asker asker, String body) {
    T question = ObjectCodec.fromJson(resource.type(), body.getBytes(UTF_8));
    T answer = resource.answer().to(asker, resource.defaults().apply(question));
    return new String(ObjectCodec.toJson(resource.type(), answer), UTF_8);
  }
}
