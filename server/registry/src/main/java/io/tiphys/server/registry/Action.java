package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectType;
import io.tiphys.api.Resource;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.server.authentication.VirtualResource;
import io.tiphys.server.authentication.VirtualResource.Asker;
import java.util.function.UnaryOperator;

/**
 * What is created and never stored: something is answered, or done to another object. It goes the
 * way of every creation as far as the store; upstream's rest.Creater without a storage.
 *
 * @param resource the resource in the path
 * @param subresource empty for the resource itself
 * @param type of what is created there
 * @param defaults fills in what the client left out
 * @param keepsSystemFields whether uid and the like are the client's to give; upstream's
 *     SubresourceObjectMetaPreserver
 * @param shown it is answered, and its fields have owners; of what is only done nobody sees them
 * @param check what its own rules demand, before validating admission
 */
record Action<T extends ApiObject>(
    Resource<?> resource,
    String subresource,
    ObjectType<T> type,
    UnaryOperator<T> defaults,
    boolean keepsSystemFields,
    boolean shown,
    Check<T> check,
    Deed<T> deed) {

  private static final int CREATED = 201;

  /** The rules of what is created. */
  @FunctionalInterface
  interface Check<T> {
    void check(Asker asker, T asked);
  }

  /** Does it. */
  @FunctionalInterface
  interface Deed<T> {
    Answered<?> perform(Call call, Asker asker, T asked) throws InterruptedException;
  }

  /** What comes back. */
  record Answered<R>(ObjectType<R> type, R value) {
    /** It is done, and there is nothing to show. */
    static final Answered<Status> DONE =
        new Answered<>(Status.TYPE, Status.builder().status("Success").code(CREATED).build());
  }

  /** A question with its answer. */
  static <T extends ApiObject> Action<T> of(VirtualResource<T> at) {
    return new Action<>(
        at.resource(),
        at.subresource(),
        at.type(),
        at.defaults(),
        at.keepsSystemFields(),
        true,
        (asker, asked) -> {},
        (call, asker, asked) -> new Answered<>(at.type(), at.answer().to(asker, asked)));
  }
}
