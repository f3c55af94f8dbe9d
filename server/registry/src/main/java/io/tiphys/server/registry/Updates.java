package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.Invalid;
import io.tiphys.rules.UpdateRules;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.cache.StoreKeys;
import io.tiphys.server.registry.ObjectStorage.Written;
import java.util.List;

/**
 * Changes of objects: read, change, check, and write if nobody else has written meanwhile, else
 * once more. Checked against registry/generic/registry (Update), registry/rest/update.go and
 * endpoints/handlers/update.go of apiserver/pkg.
 */
final class Updates {
  private static final FieldPath METADATA = FieldPath.of("metadata");

  /** Only a storm of writers to one object loses so often; then a conflict is the honest answer. */
  private static final int MAX_ATTEMPTS = 100;

  private final VerbContext context;
  private final Creates creates;
  private final Validated.Stage stage;

  Updates(VerbContext context, Creates creates) {
    this.context = context;
    this.creates = creates;
    stage = new Validated.Stage(context);
  }

  /**
   * What an update came to.
   *
   * @param created the object was not there before
   */
  record Updated<T extends ApiObject>(Cached<T> object, boolean created) {}

  /** What a client changes: the object itself, or a part of it that has rules of its own. */
  <T extends ApiObject> UpdateOrder.Part<T> part(
      Served<T, ?> served, Call call, String subresource) {
    UpdateRules<T> rules =
        subresource.isEmpty() ? served.rules() : served.rules().subresources().get(subresource);
    if (rules == null) {
      throw Failures.noSuchResource();
    }
    return new UpdateOrder.Part<>(
        subresource, rules, UpdateAdmission.by(context.admission(), served, call, subresource));
  }

  <T extends ApiObject, S extends ApiObject> Updated<T> update(
      Served<T, S> served, Call call, UpdateOrder<T> order) throws InterruptedException {
    try {
      return update(served, call, order, true);
    } catch (ApiFailure failure) {
      if (!Failures.isTooLarge(failure)) {
        throw failure;
      }
      return update(served, call, order, false);
    }
  }

  private <T extends ApiObject, S extends ApiObject> Updated<T> update(
      Served<T, S> served, Call call, UpdateOrder<T> order, boolean keepManagedFields)
      throws InterruptedException {
    context.cache().awaitCurrent();
    Cached<S> current = served.findStored(order.namespace(), order.name());
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (current == null) {
        return create(served, call, order);
      }
      Written<S> written = replace(served, call, order, current, keepManagedFields);
      switch (written) {
        case Written.Done<S> done -> {
          return new Updated<>(done.object().as(served.form()), false);
        }
        case Written.Overtaken<S> overtaken -> current = overtaken.current();
        case Written.Taken<S>(String key) -> context.allocations().refused(key);
      }
    }
    throw Failures.modified(served.resource(), order.name());
  }

  private <T extends ApiObject, S extends ApiObject> Updated<T> create(
      Served<T, S> served, Call call, UpdateOrder<T> order) throws InterruptedException {
    boolean allowed = order.createMissing() || served.rules().allowCreateOnUpdate();
    if (!allowed || !order.part().subresource().isEmpty()) {
      throw served.notFound(order.name());
    }
    Decoded<T> wished = order.change().apply(null);
    context.mayCreate(served.resource(), call, order.namespace(), order.name());
    if (!wished.object().metadata().uid().isEmpty()) {
      throw Failures.conflict(
          served.resource(),
          order.name(),
          "uid mismatch: the provided object specified uid "
              + wished.object().metadata().uid()
              + ", and no existing object was found");
    }
    Cached<T> created = creates.createMissing(served, call, order.namespace(), wished);
    return new Updated<>(created, true);
  }

  private <T extends ApiObject, S extends ApiObject> Written<S> replace(
      Served<T, S> served,
      Call call,
      UpdateOrder<T> order,
      Cached<S> current,
      boolean keepManagedFields)
      throws InterruptedException {
    T old = current.as(served.form()).record();
    if (!order.uid().isEmpty() && !order.uid().equals(old.metadata().uid())) {
      Resource<S> stored = served.cache().resource();
      throw Failures.precondition(
          served.resource(),
          order.name(),
          StoreKeys.upstream(stored) + current.key(),
          "UID",
          order.uid(),
          old.metadata().uid());
    }
    Decoded<T> wished = order.change().apply(old);
    Admitted<T> admitted = admit(served, call, order, wished, old);
    if (!keepManagedFields) {
      T object = admitted.object();
      admitted =
          new Admitted<>(Metadata.with(object, object.metadata().withManagedFields(List.of())));
    }
    try (Reservation<T> reserved =
        context
            .allocations()
            .forUpdate(
                served.resource(), order.part().subresource(), admitted.object(), old, call)) {
      Validated<T> validated =
          stage.updated(
              served,
              call,
              order.part().rules(),
              new Admitted<>(reserved.object()),
              old,
              object -> order.part().admission().validate(object, old));
      if (finished(served, validated.object(), old)) {
        return remove(served, call, validated, current);
      }
      if (call.dryRun()) {
        return new Written.Done<>(dry(served, validated, current));
      }
      return context.storage().replace(served, call, validated, current);
    }
  }

  private <T extends ApiObject> Admitted<T> admit(
      Served<T, ?> served, Call call, UpdateOrder<T> order, Decoded<T> wished, T old)
      throws InterruptedException {
    T admitted = order.part().admission().admit(wished.object(), old);
    T owned =
        Metadata.with(admitted, Metadata.distinctOwners(admitted.metadata(), call.warnings()));
    return new Admitted<>(withVersion(served, order, owned, old));
  }

  /** The object with the version it replaces, if that is the one its writer has seen. */
  private static <T extends ApiObject> T withVersion(
      Served<T, ?> served, UpdateOrder<T> order, T object, T old) {
    String seen = object.metadata().resourceVersion();
    String present = old.metadata().resourceVersion();
    if (seen.equals(present)) {
      return object;
    }
    boolean given = !seen.isEmpty() && !seen.equals("0");
    if (given) {
      throw Failures.modified(served.resource(), order.name());
    }
    if (!served.rules().allowUnconditionalUpdate()) {
      Resource<T> resource = served.resource();
      throw Invalid.failure(
          resource.group(),
          resource.plural(),
          order.name(),
          List.of(
              FieldError.invalid(
                  METADATA.child("resourceVersion"), 0, "must be specified for an update")));
    }
    return Metadata.with(object, object.metadata().withResourceVersion(present));
  }

  /** Whether the update took away the last thing that held a deleted object. */
  private static <T extends ApiObject> boolean finished(Served<T, ?> served, T object, T old) {
    Long grace = old.metadata().deletionGracePeriodSeconds();
    return old.metadata().deletionTimestamp() != null
        && object.metadata().finalizers().isEmpty()
        && (grace == null || grace == 0)
        && !served.rules().holdsDeletion(object);
  }

  /** The answer is the object as it was wished last, as upstream gives it. */
  private <T extends ApiObject, S extends ApiObject> Written<S> remove(
      Served<T, S> served, Call call, Validated<T> last, Cached<S> current)
      throws InterruptedException {
    if (!call.dryRun()) {
      Written<S> removed = context.storage().remove(call, served.cache().resource(), current);
      if (removed instanceof Written.Overtaken<S>(var now) && now != null) {
        return removed;
      }
    }
    return new Written.Done<>(dry(served, last, current));
  }

  private static <T extends ApiObject, S extends ApiObject> Cached<S> dry(
      Served<T, S> served, Validated<T> object, Cached<S> current) {
    S stored = served.toStored(object.object(), current.record());
    ObjectMeta meta = stored.metadata().withResourceVersion(Long.toString(current.revision()));
    return Cached.unstored(
        current.type(), current.key(), current.revision(), Metadata.with(stored, meta));
  }
}
