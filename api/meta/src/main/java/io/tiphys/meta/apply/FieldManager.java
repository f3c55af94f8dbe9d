package io.tiphys.meta.apply;

import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonWriter;
import io.tiphys.meta.GroupVersionKind;
import io.tiphys.meta.Schema;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps {@code metadata.managedFields} of one kind at one endpoint, and merges what is applied
 * there. Immutable; every method is a pure function of its arguments.
 *
 * <p>Objects come as trees in the version of the endpoint. A tree made from a typed object must
 * write structs that Go holds by value even when they are empty, as Go does: whether {@code spec}
 * itself is owned depends on it.
 *
 * <p>Checked against the chain of managers in apimachinery/pkg/util/managedfields/internal.
 */
public final class FieldManager {
  /** Upstream's DefaultMaxUpdateManagers: more updaters than these share one entry. */
  private static final int MAX_UPDATERS = 10;

  private static final String POOLED_UPDATERS = "ancient-changes";
  private static final String BEFORE_FIRST_APPLY = "before-first-apply";
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  /** Upstream's TotalAnnotationSizeLimitB: a larger last-applied annotation is dropped. */
  private static final int MAX_ANNOTATIONS_BYTES = 256 * 1024;

  /**
   * Where writes come in.
   *
   * @param kind of the objects, in the version of the endpoint
   * @param empty the kind's object with nothing set, as a tree: what a create is compared with
   * @param resetFields which fields cannot be owned at this endpoint
   * @param subresource empty for the object itself
   */
  public record Endpoint(
      GroupVersionKind kind,
      Schema schema,
      Json.Obj empty,
      Typed.Versions versions,
      FieldFilter resetFields,
      String subresource) {}

  private final Endpoint endpoint;
  private final String apiVersion;
  private final Writes writes;

  public FieldManager(Endpoint endpoint) {
    this.endpoint = endpoint;
    this.apiVersion = endpoint.kind().apiVersion();
    this.writes = new Writes(apiVersion, endpoint.versions(), endpoint.resetFields());
  }

  /** The entries of a new object: {@link #update} against nothing. */
  public List<ManagedEntry> create(Json.Obj created, String manager, Instant now) {
    return update(endpoint.empty(), created, manager, now);
  }

  /**
   * The entries of an object after a create, update or patch.
   *
   * <p>Entries in the written object count, so that clients may edit them; {@code []} or {@code
   * [{}]} resets them. If there are none, or at a subresource, those of the live object do. Objects
   * that nobody tracks stay untracked. Entries that cannot be worked out are dropped, never
   * refused.
   *
   * @param manager the name from the request; empty becomes "unknown"
   */
  public List<ManagedEntry> update(Json.Obj live, Json.Obj updated, String manager, Instant now) {
    try {
      Owners owners = Owners.of(entriesBefore(live, updated));
      if (owners.isEmpty() && !text(metadata(live), "uid").isEmpty()) {
        return List.of();
      }
      update(typed(live), typed(updated), owners, manager, inSeconds(now));
      return owners.entries();
    } catch (IllegalArgumentException _) {
      return List.of(); // as upstream's UpdateNoErrors
    }
  }

  private List<ManagedEntry> entriesBefore(Json.Obj live, Json.Obj updated) {
    Json ofLive = metadata(live).get("managedFields");
    if (!endpoint.subresource().isEmpty()) {
      return readable(ofLive);
    }
    Json given = metadata(updated).get("managedFields");
    boolean reset =
        given instanceof Json.Arr(var elements)
            && (elements.isEmpty()
                || (elements.size() == 1 && elements.getFirst().equals(Json.Obj.EMPTY)));
    if (reset) {
      return List.of();
    }
    List<ManagedEntry> entries = readable(given);
    return entries.isEmpty() ? readable(ofLive) : entries;
  }

  private static List<ManagedEntry> readable(@Nullable Json managedFields) {
    try {
      return ManagedEntry.listOf(managedFields);
    } catch (IllegalArgumentException _) {
      return List.of();
    }
  }

  private void update(Typed live, Typed updated, Owners owners, String manager, Instant now) {
    FieldSet written = writes.update(live, updated, owners);
    if (!written.isEmpty()) {
      ManagerId writer = id(manager, Operation.UPDATE);
      Owners.Share before = owners.get(writer);
      FieldSet all = before == null ? written : written.union(before.fields());
      owners.put(writer, new Owners.Share(all, apiVersion, now));
    }
    owners.capUpdaters(MAX_UPDATERS, POOLED_UPDATERS);
  }

  /** As times are stored, so that an entry equals itself read back. */
  private static Instant inSeconds(Instant now) {
    return now.truncatedTo(ChronoUnit.SECONDS);
  }

  private ManagerId id(String manager, Operation operation) {
    return ManagerId.of(
        manager.isEmpty() ? "unknown" : manager, operation, apiVersion, endpoint.subresource());
  }

  /**
   * Merges a configuration into the live object. For an object to be created, the live one is the
   * endpoint's empty one.
   *
   * @param force take over what others own
   */
  public ApplyOutcome apply(
      Json.Obj live, Json.Obj configuration, String manager, boolean force, Instant now) {
    ApplyOutcome.Rejected mistake = mistake(configuration);
    if (mistake != null) {
      return mistake;
    }
    try {
      Owners owners = Owners.of(ManagedEntry.listOf(metadata(live).get("managedFields")));
      Typed before = typed(live);
      if (owners.isEmpty()) {
        update(typed(endpoint.empty()), before, owners, BEFORE_FIRST_APPLY, inSeconds(now));
      }
      return apply(
          before, typed(configuration), owners, new Applier(manager, force, inSeconds(now)));
    } catch (IllegalArgumentException e) {
      return new ApplyOutcome.Rejected(false, "failed to decode managed fields: " + e.getMessage());
    }
  }

  private record Applier(String manager, boolean force, Instant now) {
    Applier forcing() {
      return new Applier(manager, true, now);
    }

    /** Only kubectl keeps its client-side annotation in step. */
    boolean isKubectl() {
      return manager.equals("kubectl");
    }
  }

  private ApplyOutcome.@Nullable Rejected mistake(Json.Obj configuration) {
    GroupVersionKind kind =
        GroupVersionKind.of(text(configuration, "apiVersion"), text(configuration, "kind"));
    if (!kind.equals(endpoint.kind())) {
      return new ApplyOutcome.Rejected(true, "invalid object type: " + kind);
    }
    if (metadata(configuration).get("managedFields") instanceof Json.Arr) {
      return new ApplyOutcome.Rejected(true, "metadata.managedFields must be nil");
    }
    String problems = ConfigurationCheck.problems(configuration, endpoint.schema());
    if (problems.isEmpty()) {
      return null;
    }
    Json.Obj metadata = metadata(configuration);
    return new ApplyOutcome.Rejected(
        false,
        "failed to create typed patch object (%s/%s; %s): %s"
            .formatted(text(metadata, "namespace"), text(metadata, "name"), kind, problems));
  }

  private ApplyOutcome apply(Typed live, Typed configuration, Owners owners, Applier applier) {
    ManagerId id = id(applier.manager, Operation.APPLY);
    Writes.Merged merged = writes.apply(live, configuration, owners.copy(), id, applier.force);
    if (!merged.conflicts().isEmpty()) {
      FieldSet allowed = applier.isKubectl() ? appliedByClient(live) : null;
      if (allowed == null) {
        return conflicted(merged.conflicts());
      }
      Map<ManagerId, FieldSet> left = new TreeMap<>();
      merged
          .conflicts()
          .forEach(
              (manager, fields) -> {
                FieldSet refused = fields.difference(allowed);
                if (!refused.isEmpty()) {
                  left.put(manager, refused);
                }
              });
      return left.isEmpty()
          ? apply(live, configuration, owners, applier.forcing())
          : conflicted(left);
    }
    Owners owned = merged.owners();
    Json.Obj object = live.value();
    if (!JsonOrder.equal(object, merged.object().value())) {
      object = merged.object().value();
      Owners.Share share = owned.get(id);
      if (share != null) {
        owned.put(id, share.at(applier.now));
      }
    }
    if (applier.isKubectl()) {
      object = withLastApplied(object, configuration.value());
    }
    return new ApplyOutcome.Applied(object, owned.entries());
  }

  private static ApplyOutcome conflicted(Map<ManagerId, FieldSet> conflicts) {
    return new ApplyOutcome.Conflicted(
        conflicts.entrySet().stream()
            .flatMap(
                entry ->
                    entry.getValue().paths().stream()
                        .map(path -> new Conflict(entry.getKey().toString(), path)))
            .toList());
  }

  /**
   * The fields that the client-side annotation says were applied, and that still have the values it
   * says: kubectl may take them over without force. Null if there is no such annotation.
   *
   * <p>Checked against lastappliedmanager.go.
   */
  private @Nullable FieldSet appliedByClient(Typed live) {
    String annotation = lastApplied(live.value());
    if (annotation.isEmpty()) {
      return null;
    }
    try {
      if (!(Json.parse(annotation) instanceof Json.Obj applied)
          || !text(applied, "apiVersion").equals(apiVersion)
          || !ConfigurationCheck.problems(applied, endpoint.schema()).isEmpty()) {
        return null;
      }
      Comparison drift = Comparison.of(applied, live.value(), endpoint.schema());
      return FieldSets.of(applied, endpoint.schema())
          .difference(drift.modified())
          .difference(drift.added())
          .difference(drift.removed());
    } catch (CodecException | IllegalArgumentException _) {
      return null;
    }
  }

  private static String lastApplied(Json.Obj object) {
    return metadata(object).get("annotations") instanceof Json.Obj annotations
        ? text(annotations, LAST_APPLIED)
        : "";
  }

  /** Checked against lastappliedupdater.go. */
  private static Json.Obj withLastApplied(Json.Obj object, Json.Obj configuration) {
    if (lastApplied(object).isEmpty()
        || !(metadata(object).get("annotations") instanceof Json.Obj annotations)) {
      return object;
    }
    Json.Obj metadata = metadata(configuration);
    Json.Obj bare = configuration;
    if (metadata.get("annotations") instanceof Json.Obj given) {
      Json.Obj rest = given.without(LAST_APPLIED);
      bare =
          bare.with(
              "metadata",
              rest.members().isEmpty()
                  ? metadata.without("annotations")
                  : metadata.with("annotations", rest));
    }
    JsonWriter text = new JsonWriter(1024);
    text.writeTree(sorted(bare));
    String value = new String(text.toByteArray(), StandardCharsets.UTF_8) + "\n";
    Json.Obj changed = annotations.with(LAST_APPLIED, new Json.Str(value));
    if (bytes(changed) > MAX_ANNOTATIONS_BYTES) {
      changed = annotations.without(LAST_APPLIED);
    }
    return object.with("metadata", metadata(object).with("annotations", changed));
  }

  private static long bytes(Json.Obj annotations) {
    long bytes = 0;
    for (var annotation : annotations.members().entrySet()) {
      bytes += annotation.getKey().getBytes(StandardCharsets.UTF_8).length;
      if (annotation.getValue() instanceof Json.Str(String text)) {
        bytes += text.getBytes(StandardCharsets.UTF_8).length;
      }
    }
    return bytes;
  }

  /** With members in the order of their names, as Go writes maps. */
  private static Json sorted(Json value) {
    return switch (value) {
      case Json.Obj(var members) -> {
        Json.Obj.Builder object = Json.Obj.builder();
        new TreeMap<>(members).forEach((name, member) -> object.put(name, sorted(member)));
        yield object.build();
      }
      case Json.Arr(var elements) ->
          new Json.Arr(elements.stream().map(FieldManager::sorted).toList());
      default -> value;
    };
  }

  /** The object without its entries, which are not part of what is compared. */
  private Typed typed(Json.Obj object) {
    Json.Obj metadata = metadata(object);
    return new Typed(
        metadata.get("managedFields") == null
            ? object
            : object.with("metadata", metadata.without("managedFields")),
        endpoint.schema());
  }

  private static Json.Obj metadata(Json.Obj object) {
    return object.get("metadata") instanceof Json.Obj metadata ? metadata : Json.Obj.EMPTY;
  }

  private static String text(Json.Obj object, String name) {
    return object.get(name) instanceof Json.Str(String text) ? text : "";
  }
}
