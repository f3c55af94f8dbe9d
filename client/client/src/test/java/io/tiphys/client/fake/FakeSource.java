package io.tiphys.client.fake;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.ObjectType;
import io.tiphys.api.Resource;
import io.tiphys.api.Resources;
import io.tiphys.api.core.v1.Binding;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.Preconditions;
import io.tiphys.base.Clock;
import io.tiphys.client.ApiResource;
import io.tiphys.client.ListOptions;
import io.tiphys.client.ObjectKey;
import io.tiphys.client.ObjectList;
import io.tiphys.client.Source;
import io.tiphys.client.WatchOptions;
import io.tiphys.client.WatchStream;
import io.tiphys.codec.Json;
import io.tiphys.meta.patch.JsonPatch;
import io.tiphys.meta.patch.MergePatch;
import io.tiphys.meta.patch.StrategicMergePatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The API in memory, as close to the real one as controllers can tell: resource versions and
 * conflicts, generateName, uid, generation, the status as a world of its own, finalizers and
 * graceful deletion, selectors, watches from a version and 410.
 *
 * <p>It has no defaults, no validation, no admission and no garbage collector. A test plays the
 * other components with {@link #put}, which stores an object as it is, status and all. {@link
 * #actions} tells what was written through the {@link Source}; {@link #onWrite} makes writes fail.
 */
public final class FakeSource implements Source {
  private final Clock clock;
  private final Map<Resource<?>, FakeTable<?>> tables = new HashMap<>();
  private final List<Action> actions = new ArrayList<>();
  private Function<Action, @Nullable ApiFailure> onWrite = _ -> null;
  private @Nullable ApiFailure watchFailure;
  private long revision;
  private long uids;
  private int names;

  /**
   * A write: {@code create}, {@code update}, {@code patch} or {@code delete}.
   *
   * @param subresource empty for the object itself
   * @param object what was sent or stored; null for deletions
   */
  public record Action(
      String verb, String resource, ObjectKey key, String subresource, @Nullable ApiObject object) {

    @Override
    public String toString() {
      return verb + " " + resource + (subresource.isEmpty() ? "" : "/" + subresource) + " " + key;
    }
  }

  public FakeSource(Clock clock) {
    this.clock = clock;
  }

  @Override
  public List<ApiResource> resources() {
    List<String> verbs = List.of("create", "delete", "get", "list", "patch", "update", "watch");
    return Resources.all().stream()
        .map(each -> new ApiResource(each, verbs, each.plural().equals("petsets")))
        .toList();
  }

  /** What was written through the source, in order; {@link #put} and failures are not in it. */
  public synchronized List<Action> actions() {
    return List.copyOf(actions);
  }

  public synchronized void clearActions() {
    actions.clear();
  }

  /** Decides about every write to come: a failure is thrown, null lets it pass. */
  public synchronized void onWrite(Function<Action, @Nullable ApiFailure> decision) {
    onWrite = decision;
  }

  /** Creates or replaces an object as it is, as if another component had done it. */
  public synchronized <T extends ApiObject> T put(Resource<T> resource, T object) {
    T before = table(resource).get(ObjectKey.of(object));
    ObjectMeta.Builder meta = object.metadata().toBuilder();
    if (object.metadata().uid().isEmpty()) {
      meta.uid(before == null ? uid() : before.metadata().uid());
    }
    if (object.metadata().creationTimestamp() == null) {
      meta.creationTimestamp(before == null ? clock.now() : before.metadata().creationTimestamp());
    }
    return store(resource, withMeta(object, meta.build()));
  }

  /** Forgets history: watches from before now get 410. */
  public synchronized void compact() {
    tables.values().forEach(table -> table.compact(revision));
  }

  /** Ends every open watch with a failure, and refuses new ones until called with null. */
  public synchronized void failWatches(@Nullable ApiFailure failure) {
    watchFailure = failure;
    if (failure != null) {
      tables.values().forEach(table -> table.endWatches(failure));
    }
  }

  /** Ends every open watch, as a server that goes away does. */
  public synchronized void endWatches() {
    tables.values().forEach(table -> table.endWatches(null));
  }

  /** The object, or null. */
  public synchronized <T extends ApiObject> @Nullable T find(
      Resource<T> resource, String namespace, String name) {
    return table(resource).get(new ObjectKey(namespace, name));
  }

  /** Every object of a resource, by namespace and name. */
  public <T extends ApiObject> List<T> all(Resource<T> resource) {
    return list(resource, "", ListOptions.ALL).items();
  }

  @Override
  public synchronized <T extends ApiObject> T get(
      Resource<T> resource, String namespace, String name) {
    T found = find(resource, namespace, name);
    if (found == null) {
      throw ApiFailure.notFound(resource, name);
    }
    return found;
  }

  @Override
  public synchronized <T extends ApiObject> ObjectList<T> list(
      Resource<T> resource, String namespace, ListOptions options) {
    Selection selection = Selection.of(namespace, options.labelSelector(), options.fieldSelector());
    List<T> items = new ArrayList<>();
    for (T object : table(resource).list()) {
      if (selection.matches(object)) {
        items.add(object);
      }
    }
    return new ObjectList<>(String.valueOf(revision), "", items);
  }

  @Override
  public synchronized <T extends ApiObject> WatchStream<T> watch(
      Resource<T> resource, String namespace, WatchOptions options) {
    if (watchFailure != null) {
      throw watchFailure;
    }
    Selection selection = Selection.of(namespace, options.labelSelector(), options.fieldSelector());
    return table(resource).watch(selection, options.resourceVersion());
  }

  @Override
  public synchronized <T extends ApiObject> T create(Resource<T> resource, T object) {
    ObjectMeta meta = object.metadata();
    if (meta.name().isEmpty() && !meta.generateName().isEmpty()) {
      meta = meta.withName(meta.generateName() + "%05d".formatted(++names));
    }
    T created =
        withMeta(
            withoutStatus(resource, object),
            meta.toBuilder()
                .uid(uid())
                .creationTimestamp(clock.now())
                .generation(1)
                .deletionTimestamp(null)
                .deletionGracePeriodSeconds(null)
                .build());
    record(new Action("create", resource.plural(), ObjectKey.of(created), "", created));
    if (meta.name().isEmpty()) {
      throw ApiFailure.badRequest("name or generateName is required");
    }
    if (find(resource, created.namespace(), created.name()) != null) {
      throw ApiFailure.alreadyExists(resource, created.name());
    }
    if (!meta.resourceVersion().isEmpty()) {
      throw ApiFailure.badRequest("resourceVersion should not be set on objects to be created");
    }
    return store(resource, created);
  }

  @Override
  public synchronized <T extends ApiObject> T update(Resource<T> resource, T object) {
    record(new Action("update", resource.plural(), ObjectKey.of(object), "", object));
    return replace(resource, object, "");
  }

  @Override
  public synchronized <T extends ApiObject> T updateStatus(Resource<T> resource, T object) {
    record(new Action("update", resource.plural(), ObjectKey.of(object), "status", object));
    return replace(resource, object, "status");
  }

  @Override
  public synchronized <T extends ApiObject> T patch(
      Resource<T> resource, String namespace, String name, String subresource, Patch patch) {
    ObjectKey key = new ObjectKey(namespace, name);
    T before = find(resource, namespace, name);
    if (before == null && patch.type() == PatchType.APPLY) {
      return create(resource, ObjectCodec.fromTree(resource.type(), patch.body()));
    }
    if (before == null) {
      record(new Action("patch", resource.plural(), key, subresource, null));
      throw ApiFailure.notFound(resource, name);
    }
    Json.Obj tree = ObjectCodec.toTree(before);
    Json patched =
        switch (patch.type()) {
          case JSON -> JsonPatch.of(patch.body()).apply(tree);
          case MERGE -> MergePatch.apply(tree, patch.body());
          case STRATEGIC, APPLY ->
              StrategicMergePatch.apply(tree, patch.body(), resource.type().schema());
        };
    T after = ObjectCodec.fromTree(resource.type(), patched);
    record(new Action("patch", resource.plural(), key, subresource, after));
    return replace(resource, after, subresource);
  }

  @Override
  public synchronized void delete(
      Resource<?> resource, String namespace, String name, DeleteOptions options) {
    record(new Action("delete", resource.plural(), new ObjectKey(namespace, name), "", null));
    deleteStored(resource, namespace, name, options);
  }

  @Override
  public synchronized <R> R createSubresource(
      Resource<?> resource,
      String namespace,
      String name,
      String subresource,
      ApiObject body,
      ObjectType<R> answer) {
    record(
        new Action("create", resource.plural(), new ObjectKey(namespace, name), subresource, body));
    if (body instanceof Binding binding && subresource.equals("binding")) {
      bind(get(CoreV1.PODS, namespace, name), binding);
    } else if (subresource.equals("eviction")) {
      deleteStored(resource, namespace, name, DeleteOptions.EMPTY);
    } else {
      throw ApiFailure.notFound(resource, name);
    }
    return ObjectCodec.fromTree(answer, Json.Obj.of("status", Json.of("Success")));
  }

  private void bind(Pod pod, Binding binding) {
    if (!pod.spec().nodeName().isEmpty()) {
      throw ApiFailure.conflict(
          CoreV1.PODS,
          pod.name(),
          "pod " + pod.name() + " is already assigned to node \"" + pod.spec().nodeName() + "\"");
    }
    List<PodCondition> conditions = new ArrayList<>(pod.status().conditions());
    conditions.removeIf(condition -> condition.type().equals("PodScheduled"));
    conditions.add(
        PodCondition.builder()
            .type("PodScheduled")
            .status("True")
            .lastTransitionTime(clock.now())
            .build());
    store(
        CoreV1.PODS,
        pod.toBuilder()
            .spec(pod.spec().withNodeName(binding.target().name()))
            .status(pod.status().withConditions(conditions))
            .build());
  }

  private <T extends ApiObject> T replace(Resource<T> resource, T object, String subresource) {
    T before = get(resource, object.namespace(), object.name());
    ObjectMeta old = before.metadata();
    String version = object.metadata().resourceVersion();
    if (!version.isEmpty() && !version.equals(old.resourceVersion())) {
      throw ApiFailure.conflict(
          resource,
          object.name(),
          "the object has been modified; please apply your changes to the latest version and try"
              + " again");
    }
    String uid = object.metadata().uid();
    if (!uid.isEmpty() && !uid.equals(old.uid())) {
      throw ApiFailure.conflict(
          resource,
          object.name(),
          "Precondition failed: UID in precondition: %s, UID in object meta: %s"
              .formatted(uid, old.uid()));
    }
    T merged =
        subresource.equals("status")
            ? withMeta(
                withStatus(resource, before, object),
                old.withLabels(object.metadata().labels())
                    .withAnnotations(object.metadata().annotations()))
            : withMeta(
                withStatus(resource, object, before),
                object.metadata().toBuilder()
                    .uid(old.uid())
                    .creationTimestamp(old.creationTimestamp())
                    .deletionTimestamp(old.deletionTimestamp())
                    .deletionGracePeriodSeconds(old.deletionGracePeriodSeconds())
                    .generation(old.generation() + (sameSpec(before, object) ? 0 : 1))
                    .build());
    merged = withMeta(merged, merged.metadata().withResourceVersion(old.resourceVersion()));
    if (ObjectCodec.toTree(merged).equals(ObjectCodec.toTree(before))) {
      return before;
    }
    ObjectMeta meta = merged.metadata();
    boolean waitsForFinalizers =
        meta.deletionTimestamp() != null
            && Long.valueOf(0).equals(meta.deletionGracePeriodSeconds());
    if (waitsForFinalizers && meta.finalizers().isEmpty()) {
      return remove(resource, merged);
    }
    return store(resource, merged);
  }

  private <T extends ApiObject> void deleteStored(
      Resource<T> resource, String namespace, String name, DeleteOptions options) {
    T object = get(resource, namespace, name);
    ObjectMeta meta = object.metadata();
    checkPreconditions(resource, meta, options.preconditions());
    List<String> finalizers = new ArrayList<>(meta.finalizers());
    String policy = String.valueOf(options.propagationPolicy());
    finalizers.remove("orphan");
    finalizers.remove("foregroundDeletion");
    switch (policy) {
      case "Orphan" -> finalizers.add("orphan");
      case "Foreground" -> finalizers.add("foregroundDeletion");
      default -> {}
    }
    long grace = gracePeriod(object, options);
    if (finalizers.isEmpty() && grace == 0) {
      remove(resource, object);
      return;
    }
    Long already = meta.deletionGracePeriodSeconds();
    long shortest = already == null ? grace : Math.min(already, grace);
    ObjectMeta marked =
        meta.toBuilder()
            .finalizers(finalizers)
            .deletionTimestamp(
                meta.deletionTimestamp() == null || shortest < grace
                    ? clock.now().plusSeconds(shortest)
                    : meta.deletionTimestamp())
            .deletionGracePeriodSeconds(shortest)
            .generation(
                meta.deletionTimestamp() == null ? meta.generation() + 1 : meta.generation())
            .build();
    if (!marked.equals(meta)) {
      store(resource, withMeta(object, marked));
    }
  }

  /** Only a pod on a node that still runs is given time to end. */
  private static long gracePeriod(ApiObject object, DeleteOptions options) {
    if (!(object instanceof Pod pod)
        || pod.spec().nodeName().isEmpty()
        || pod.status().phase().equals("Succeeded")
        || pod.status().phase().equals("Failed")) {
      return 0;
    }
    Long asked = options.gracePeriodSeconds();
    Long own = pod.spec().terminationGracePeriodSeconds();
    return asked != null ? asked : own != null ? own : 30;
  }

  private static void checkPreconditions(
      Resource<?> resource, ObjectMeta meta, @Nullable Preconditions wanted) {
    if (wanted == null) {
      return;
    }
    if (wanted.uid() != null && !wanted.uid().equals(meta.uid())) {
      throw ApiFailure.conflict(
          resource,
          meta.name(),
          "Precondition failed: UID in precondition: %s, UID in object meta: %s"
              .formatted(wanted.uid(), meta.uid()));
    }
    if (wanted.resourceVersion() != null
        && !wanted.resourceVersion().equals(meta.resourceVersion())) {
      throw ApiFailure.conflict(
          resource,
          meta.name(),
          "Precondition failed: ResourceVersion in precondition: %s, ResourceVersion in object"
                  .formatted(wanted.resourceVersion())
              + " meta: "
              + meta.resourceVersion());
    }
  }

  private void record(Action action) {
    ApiFailure failure = onWrite.apply(action);
    if (failure != null) {
      throw failure;
    }
    actions.add(action);
  }

  private <T extends ApiObject> T store(Resource<T> resource, T object) {
    T stored = withMeta(object, object.metadata().withResourceVersion(nextRevision()));
    table(resource).put(stored);
    return stored;
  }

  private <T extends ApiObject> T remove(Resource<T> resource, T object) {
    T last = withMeta(object, object.metadata().withResourceVersion(nextRevision()));
    table(resource).remove(last);
    return last;
  }

  private String nextRevision() {
    return String.valueOf(++revision);
  }

  @SuppressWarnings("unchecked") // filled here only
  private <T extends ApiObject> FakeTable<T> table(Resource<T> resource) {
    return (FakeTable<T>) tables.computeIfAbsent(resource, _ -> new FakeTable<T>());
  }

  /** The same ones in every run. */
  private String uid() {
    return new UUID(0x4000L, Long.MIN_VALUE | ++uids).toString();
  }

  @SuppressWarnings("unchecked") // withMetadata returns the object's own type
  static <T extends ApiObject> T withMeta(T object, ObjectMeta meta) {
    return (T) object.withMetadata(meta);
  }

  private static boolean sameSpec(ApiObject one, ApiObject other) {
    UnaryOperator<Json.Obj> rest = tree -> tree.without("metadata").without("status");
    return rest.apply(ObjectCodec.toTree(one)).equals(rest.apply(ObjectCodec.toTree(other)));
  }

  private static <T extends ApiObject> T withoutStatus(Resource<T> resource, T object) {
    return ObjectCodec.fromTree(resource.type(), ObjectCodec.toTree(object).without("status"));
  }

  private static <T extends ApiObject> T withStatus(Resource<T> resource, T object, T status) {
    Json value = ObjectCodec.toTree(status).get("status");
    Json.Obj tree = ObjectCodec.toTree(object).without("status");
    return ObjectCodec.fromTree(resource.type(), value == null ? tree : tree.with("status", value));
  }
}
