package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.ObjectType;
import io.tiphys.api.meta.v1.ManagedFieldsEntry;
import io.tiphys.api.meta.v1.StatusCause;
import io.tiphys.base.Clock;
import io.tiphys.codec.Json;
import io.tiphys.meta.apply.ApplyOutcome;
import io.tiphys.meta.apply.Conflict;
import io.tiphys.meta.apply.FieldManager;
import io.tiphys.meta.apply.ManagedEntry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who owns which fields: kept on every write, and asked when a configuration is applied. */
final class ManagedFields {
  private final Clock clock;

  ManagedFields(Clock clock) {
    this.clock = clock;
  }

  /** The owners of a new object. */
  <T extends ApiObject> T created(Served<T, ?> served, Call call, T object) {
    return created(served.managers().of(""), call, object);
  }

  /** The owners of a new object where {@code manager} keeps them. */
  <T extends ApiObject> T created(FieldManager manager, Call call, T object) {
    List<ManagedEntry> entries =
        manager.create(ObjectCodec.toTree(object), call.fieldManager(), now());
    return with(object, entries);
  }

  /** The owners after a writer made {@code wished} of {@code old}. */
  <T extends ApiObject> T updated(
      Served<T, ?> served, Call call, String subresource, T old, T wished) {
    return updated(served.managers().of(subresource), call, old, wished);
  }

  /**
   * The owners after a writer made {@code wished} of {@code old} where {@code manager} keeps them.
   */
  <T extends ApiObject> T updated(FieldManager manager, Call call, T old, T wished) {
    List<ManagedEntry> entries =
        manager.update(
            ObjectCodec.toTree(old), ObjectCodec.toTree(wished), call.fieldManager(), now());
    return with(wished, entries);
  }

  /**
   * Merges a configuration.
   *
   * @param old null when there is no such object yet
   */
  <T extends ApiObject> T applied(
      Served<T, ?> served,
      Call call,
      String subresource,
      @Nullable T old,
      Application application) {
    ObjectType<T> type = served.resource().type();
    Json.Obj live = old == null ? empty(type) : ObjectCodec.toTree(old);
    return applied(served.managers().of(subresource), call, type, live, application);
  }

  /** Merges a configuration into {@code live} where {@code manager} keeps the owners. */
  <T extends ApiObject> T applied(
      FieldManager manager, Call call, ObjectType<T> type, Json.Obj live, Application application) {
    ApplyOutcome outcome =
        manager.apply(
            live, application.configuration(), call.fieldManager(), application.force(), now());
    return switch (outcome) {
      case ApplyOutcome.Applied applied ->
          with(ObjectCodec.fromTree(type, applied.object()), applied.managed());
      case ApplyOutcome.Conflicted conflicted -> throw conflict(conflicted);
      case ApplyOutcome.Rejected rejected ->
          throw rejected.badRequest()
              ? ApiFailure.badRequest(rejected.message())
              : Failures.unforeseen(rejected.message());
    };
  }

  /**
   * What is applied.
   *
   * @param force others lose what they own and this sets otherwise
   */
  record Application(Json.Obj configuration, boolean force) {}

  private static ApiFailure conflict(ApplyOutcome.Conflicted conflicted) {
    List<StatusCause> causes =
        conflicted.conflicts().stream()
            .map(
                conflict ->
                    StatusCause.builder()
                        .reason(Conflict.CAUSE_TYPE)
                        .message(conflict.message())
                        .field(conflict.field())
                        .build())
            .toList();
    return ApiFailure.applyConflict(causes, conflicted.message());
  }

  /**
   * The object with the old owners when nothing but their times is new: a write that changes
   * nothing else is no write. Checked against endpoints/handlers/fieldmanager/equality.go of
   * apiserver/pkg.
   */
  <T extends ApiObject> T ignoreTimestamps(T object, T old) {
    List<ManagedFieldsEntry> entries = object.metadata().managedFields();
    List<ManagedFieldsEntry> before = old.metadata().managedFields();
    if (entries.equals(before) || entries.size() != before.size()) {
      return object;
    }
    for (int i = 0; i < entries.size(); i++) {
      if (!entries.get(i).withTime(null).equals(before.get(i).withTime(null))) {
        return object;
      }
    }
    T same = Metadata.with(object, object.metadata().withManagedFields(before));
    return same.equals(old) ? same : object;
  }

  static <T> Json.Obj empty(ObjectType<T> type) {
    return ObjectCodec.toTree(type, ObjectCodec.fromTree(type, Json.Obj.EMPTY));
  }

  private Instant now() {
    return clock.now().truncatedTo(ChronoUnit.SECONDS);
  }

  /**
   * The owners that the object tells of; none where they cannot be read, as upstream's decoding.
   */
  static List<ManagedEntry> entries(ApiObject object) {
    return object.metadata().managedFields().isEmpty()
        ? List.of()
        : ManagedEntry.listOf(
            ObjectCodec.toTree(object).get("metadata") instanceof Json.Obj metadata
                ? metadata.get("managedFields")
                : null);
  }

  static <T extends ApiObject> T with(T object, List<ManagedEntry> entries) {
    List<ManagedFieldsEntry> managed = new ArrayList<>(entries.size());
    for (ManagedEntry entry : entries) {
      managed.add(
          ManagedFieldsEntry.builder()
              .manager(entry.manager())
              .operation(entry.operation().text())
              .apiVersion(entry.apiVersion())
              .time(entry.time())
              .fieldsType("FieldsV1")
              .fieldsV1(entry.fields().toJson())
              .subresource(entry.subresource())
              .build());
    }
    return Metadata.with(object, object.metadata().withManagedFields(managed));
  }
}
