package io.tiphys.controllers.garbage;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.ApiextensionsV1;
import io.tiphys.api.Resource;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.api.meta.v1.Preconditions;
import io.tiphys.base.Lifecycle;
import io.tiphys.client.Handler;
import io.tiphys.client.Source;
import io.tiphys.codec.Json;
import io.tiphys.controllers.kit.Controller;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRunner;
import io.tiphys.controllers.kit.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Deletes what has lost all its owners, holds owners that wait for their dependents, and sets free
 * the dependents of owners that leave them behind. Checked against
 * pkg/controller/garbagecollector/garbagecollector.go.
 *
 * <p>The graph only says where to look: before anything is deleted the API is asked for the object
 * and for its owners.
 */
public final class GarbageCollector {
  /** As upstream's concurrent-gc-syncs. */
  private static final int WORKERS = 20;

  /** An owner the API knows is about to be in a copy too. */
  private static final Duration UNSEEN = Duration.ofSeconds(1);

  /** As upstream's Sync: what the API serves follows its definitions some time later. */
  private static final Duration RESYNC = Duration.ofSeconds(30);

  private final Source source;
  private final Kinds kinds;
  private final AbsentOwners absent = new AbsentOwners();
  private final Graph graph;
  private final Monitors monitors;
  private final Controller<String> deletions;
  private final Controller<String> orphanings;

  /** An owner is of a kind that the API does not serve, or cannot own this object. */
  private static final class NoSuchKind extends RuntimeException {
    private static final long serialVersionUID = 1;

    final boolean forGood;

    NoSuchKind(boolean forGood) {
      super(null, null, false, false);
      this.forGood = forGood;
    }
  }

  GarbageCollector(ControllerContext context, Kinds kinds, ControllerRunner runner) {
    this.source = context.source();
    this.kinds = kinds;
    deletions =
        new Controller<>(
            "garbage", WORKERS, context.clock(), context.loops(), this::attemptToDelete);
    orphanings =
        new Controller<>(
            "orphans", WORKERS, context.clock(), context.loops(), this::attemptToOrphan);
    graph = new Graph(absent, deletions::enqueue, orphanings::enqueue);
    monitors = new Monitors(context, runner, kinds, graph);
  }

  /** Asks on a thread of its own what the API serves; nothing at start waits for this. */
  public static Lifecycle open(ControllerContext context) {
    ControllerRunner runner = new ControllerRunner("garbage collector", context);
    return runner.begin(
        () -> {
          GarbageCollector self =
              new GarbageCollector(context, new Kinds(context.source()), runner);
          runner.holds(self.deletions);
          runner.holds(self.orphanings);
          Controller<String> definitions =
              runner.holds(
                  new Controller<>(
                      "garbage-kinds",
                      1,
                      context.clock(),
                      context.loops(),
                      self::followDefinitions));
          runner
              .reads(ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS)
              .addHandler(Handler.of(_ -> definitions.enqueue("all")));
          self.monitors.follow();
          self.monitors.awaitFirstLists();
          self.deletions.start();
          self.orphanings.start();
          definitions.enqueue("all");
          definitions.start();
        });
  }

  /** Follows the resources that definitions bring and take away. */
  private Result followDefinitions(String all) {
    kinds.refresh();
    monitors.follow();
    return Result.retryAfter(RESYNC);
  }

  /** Does what waits, on the calling thread; for tests. */
  void drain() throws InterruptedException {
    orphanings.drain();
    deletions.drain();
  }

  private Result attemptToDelete(String uid) {
    Graph.View node = graph.view(uid);
    if (node == null || (node.beingDeleted() && !node.deletingDependents())) {
      return Result.done();
    }
    if (!node.virtual() && !node.deletingDependents() && node.owners().isEmpty()) {
      return Result.done();
    }
    try {
      ApiObject latest = latest(node.identity());
      if (latest == null) {
        graph.denied(node.identity());
        return Result.done();
      }
      if (node.deletingDependents()) {
        awaitDependents(node, latest);
      } else {
        judge(node, latest);
      }
    } catch (NoSuchKind e) {
      // As upstream: a kind or version that is not served may be one day, and is asked for ever
      // more seldom.
      return e.forGood ? Result.done() : Result.retryLater();
    }
    return node.virtual() ? Result.retryAfter(UNSEEN) : Result.done();
  }

  /** The object as the API has it, or null if it is gone. */
  private @Nullable ApiObject latest(Identity identity) {
    Resource<?> resource = resource(identity.apiVersion(), identity.kind());
    String namespace = resource.namespaced() ? identity.namespace() : "";
    if (resource.namespaced() && namespace.isEmpty()) {
      return null;
    }
    try {
      ApiObject found = source.get(resource, namespace, identity.name());
      return found.metadata().uid().equals(identity.uid()) ? found : null;
    } catch (ApiFailure e) {
      if (e.isNotFound()) {
        return null;
      }
      throw e;
    }
  }

  private Resource<?> resource(String apiVersion, String kind) {
    Resource<?> resource = kinds.of(apiVersion, kind);
    if (resource == null) {
      throw new NoSuchKind(false);
    }
    return resource;
  }

  /** An owner in the foreground goes when the last dependent that blocks it is gone. */
  private void awaitDependents(Graph.View node, ApiObject latest) {
    List<Graph.Dependent> blocking =
        node.dependents().stream().filter(Graph.Dependent::blocks).toList();
    if (blocking.isEmpty()) {
      removeFinalizer(node.identity(), latest, Graph.FOREGROUND);
    }
    for (Graph.Dependent dependent : blocking) {
      if (!dependent.deletingDependents()) {
        deletions.enqueue(dependent.identity().uid());
      }
    }
  }

  private void judge(Graph.View node, ApiObject latest) {
    ObjectMeta meta = latest.metadata();
    List<GarbageDecision.Owner> owners = new ArrayList<>();
    for (OwnerReference reference : meta.ownerReferences()) {
      owners.add(standing(reference, node.identity()));
    }
    switch (GarbageDecision.of(meta, owners, node.dependents())) {
      case GarbageDecision.Keep() -> {}
      case GarbageDecision.Release(var uids) -> release(node.identity(), uids);
      case GarbageDecision.Delete(String policy, boolean unblock) -> {
        if (unblock) {
          latest = unblock(node.identity(), meta);
        }
        delete(node.identity(), latest.metadata(), policy);
      }
    }
  }

  /** As upstream's isDangling: of an owner that is known to be gone the kind may be gone too. */
  private GarbageDecision.Owner standing(OwnerReference reference, Identity dependent) {
    if (absent.contains(Identity.of(reference, ""))
        || absent.contains(Identity.of(reference, dependent.namespace()))) {
      return GarbageDecision.Owner.ABSENT;
    }
    Resource<?> resource = resource(reference.apiVersion(), reference.kind());
    if (resource.namespaced() && dependent.namespace().isEmpty()) {
      // No try would make it right: what has no namespace cannot be owned from within one.
      throw new NoSuchKind(true);
    }
    Identity owner = Identity.of(reference, resource.namespaced() ? dependent.namespace() : "");
    ApiObject found = latest(owner);
    if (found == null) {
      absent.add(owner);
      return GarbageDecision.Owner.ABSENT;
    }
    ObjectMeta meta = found.metadata();
    return meta.deletionTimestamp() != null && meta.finalizers().contains(Graph.FOREGROUND)
        ? GarbageDecision.Owner.WAITING
        : GarbageDecision.Owner.SOLID;
  }

  private void delete(Identity identity, ObjectMeta meta, String policy) {
    Resource<?> resource = resource(identity.apiVersion(), identity.kind());
    try {
      source.delete(
          resource,
          identity.namespace(),
          identity.name(),
          DeleteOptions.builder()
              .preconditions(new Preconditions(meta.uid(), meta.resourceVersion()))
              .propagationPolicy(policy)
              .build());
    } catch (ApiFailure e) {
      if (!e.isNotFound()) {
        throw e;
      }
      graph.denied(identity);
    }
  }

  /** Takes references to some owners off an object, if it is still the same object. */
  private void release(Identity identity, List<String> owners) {
    List<Json> dropped = new ArrayList<>();
    for (String owner : owners) {
      dropped.add(Json.Obj.builder().put("$patch", "delete").put("uid", owner).build());
    }
    try {
      patchReferences(identity, dropped);
    } catch (ApiFailure e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }

  private ApiObject unblock(Identity identity, ObjectMeta meta) {
    List<Json> references = new ArrayList<>();
    for (OwnerReference reference : meta.ownerReferences()) {
      references.add(
          Json.Obj.builder().put("uid", reference.uid()).put("blockOwnerDeletion", false).build());
    }
    return patchReferences(identity, references);
  }

  private ApiObject patchReferences(Identity identity, List<Json> references) {
    Json body =
        Json.Obj.of(
            "metadata",
            Json.Obj.builder()
                .put("uid", identity.uid())
                .put("ownerReferences", new Json.Arr(references))
                .build());
    return source.patch(
        resource(identity.apiVersion(), identity.kind()),
        identity.namespace(),
        identity.name(),
        "",
        Source.Patch.strategic(body));
  }

  private void removeFinalizer(Identity identity, ApiObject latest, String finalizer) {
    List<String> others = new ArrayList<>(latest.metadata().finalizers());
    if (!others.remove(finalizer)) {
      return;
    }
    Json body =
        Json.Obj.of(
            "metadata",
            Json.Obj.builder()
                .put("resourceVersion", latest.metadata().resourceVersion())
                .put("finalizers", new Json.Arr(others.stream().<Json>map(Json::of).toList()))
                .build());
    try {
      source.patch(
          resource(identity.apiVersion(), identity.kind()),
          identity.namespace(),
          identity.name(),
          "",
          Source.Patch.merge(body));
    } catch (ApiFailure e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }

  private Result attemptToOrphan(String uid) {
    Graph.View node = graph.view(uid);
    if (node == null) {
      return Result.done();
    }
    ApiObject latest = latest(node.identity());
    if (latest != null) {
      for (Graph.Dependent dependent : node.dependents()) {
        release(dependent.identity(), List.of(uid));
      }
      removeFinalizer(node.identity(), latest, Graph.ORPHAN);
    }
    return Result.done();
  }
}
