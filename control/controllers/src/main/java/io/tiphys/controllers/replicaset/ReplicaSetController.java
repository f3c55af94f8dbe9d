package io.tiphys.controllers.replicaset;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.AppsV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.LabelSelectors;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.apps.v1.ReplicaSetStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.base.Lifecycle;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.ObjectKey;
import io.tiphys.controllers.kit.Claimer;
import io.tiphys.controllers.kit.Conflicts;
import io.tiphys.controllers.kit.Controller;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRefs;
import io.tiphys.controllers.kit.Dependents;
import io.tiphys.controllers.kit.Expectations;
import io.tiphys.controllers.kit.Office;
import io.tiphys.controllers.kit.PodControl;
import io.tiphys.controllers.kit.Pods;
import io.tiphys.controllers.kit.Result;
import io.tiphys.controllers.kit.SlowStart;
import io.tiphys.meta.selector.Selector;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Keeps as many pods as a ReplicaSet asks for. Checked against
 * pkg/controller/replicaset/replica_set.go.
 */
public final class ReplicaSetController {
  /** As upstream: so many pods at most per reconciliation, for one set must not block others. */
  private static final int BURST = 500;

  /** As upstream's concurrent-replicaset-syncs. */
  private static final int WORKERS = 5;

  private final ControllerContext context;
  private final Informer<ReplicaSet> sets;
  private final Dependents<Pod> pods;
  private final Expectations expectations;
  private final PodControl control;

  private ReplicaSetController(ControllerContext context, Office office) {
    this.context = context;
    sets = office.reads(context.informers().of(AppsV1.REPLICASETS));
    pods = new Dependents<>(office.reads(context.informers().of(CoreV1.PODS)), "ReplicaSet");
    expectations = new Expectations(context.clock());
    EventRecorder events = office.events(context, "replicaset-controller");
    control = new PodControl(context.source(), events);
  }

  public static Lifecycle open(ControllerContext context) {
    Office office = new Office("replicaset controller");
    ReplicaSetController room = new ReplicaSetController(context, office);
    Controller<ObjectKey> controller =
        office.holds(new Controller<>("replicaset", WORKERS, context.clock(), room::reconcile));
    room.sets.addHandler(Handler.of(set -> controller.enqueue(ObjectKey.of(set))));
    room.pods.follow(room.expectations, controller::enqueue, room::adopters);
    return office.begin(controller::start);
  }

  private List<ObjectKey> adopters(Pod orphan) {
    return sets.list(orphan.namespace()).stream()
        .filter(set -> selector(set).matches(orphan.metadata().labels()))
        .map(ObjectKey::of)
        .toList();
  }

  private static Selector selector(ReplicaSet set) {
    return LabelSelectors.of(set.spec().selector());
  }

  static int wanted(ReplicaSet set) {
    Integer replicas = set.spec().replicas();
    return replicas == null ? 1 : replicas;
  }

  private Result reconcile(ObjectKey key) throws InterruptedException {
    ReplicaSet set = sets.get(key);
    if (set == null) {
      expectations.forget(key);
      return Result.done();
    }
    boolean settled = expectations.satisfied(key);
    List<Pod> claimed =
        new Claimer<>(context.source(), CoreV1.PODS, set, AppsV1.REPLICASETS, selector(set))
            .claim(pods.candidates(set).stream().filter(pod -> !Pods.isTerminal(pod)).toList());
    RuntimeException failure = null;
    if (settled && set.metadata().deletionTimestamp() == null) {
      failure = manage(set, claimed.stream().filter(Pods::isActive).toList());
    }
    RuntimeException reason = failure;
    Instant now = context.clock().now();
    ReplicaSet written =
        Conflicts.updateStatus(
            context.source(),
            AppsV1.REPLICASETS,
            set,
            fresh -> {
              // What was observed is the generation this decision was made from, not a newer one.
              ReplicaSetStatus status =
                  ReplicaSetStatuses.of(fresh, claimed, reason, now)
                      .withObservedGeneration(set.metadata().generation());
              return fresh.withStatus(status);
            });
    if (failure != null) {
      throw failure;
    }
    ReplicaSetStatus status = written.status();
    // Nothing tells when a ready pod has been so for long enough: look again.
    return set.spec().minReadySeconds() > 0 && status.readyReplicas() > status.availableReplicas()
        ? Result.retryAfter(Duration.ofSeconds(set.spec().minReadySeconds()))
        : Result.done();
  }

  /**
   * Makes or deletes what is missing or too much.
   *
   * @return the first failure
   */
  private @Nullable RuntimeException manage(ReplicaSet set, List<Pod> active)
      throws InterruptedException {
    int missing = wanted(set) - active.size();
    if (missing > 0) {
      return create(set, Math.min(missing, BURST));
    }
    return missing < 0 ? delete(set, active, Math.min(-missing, BURST)) : null;
  }

  private @Nullable RuntimeException create(ReplicaSet set, int count) throws InterruptedException {
    ObjectKey key = ObjectKey.of(set);
    expectations.expectCreations(key, count);
    SlowStart.Outcome outcome =
        SlowStart.run(
            count,
            1,
            () -> {
              try {
                control.create(set.spec().template(), set, set.namespace());
              } catch (ApiFailure e) {
                // A namespace that ends takes the set with it: nothing to complain of.
                if (!e.hasCause("NamespaceTerminating")) {
                  throw e;
                }
                expectations.creationObserved(key);
              }
            });
    for (int i = outcome.successes(); i < count; i++) {
      expectations.creationObserved(key);
    }
    return outcome.failure();
  }

  private @Nullable RuntimeException delete(ReplicaSet set, List<Pod> active, int count)
      throws InterruptedException {
    ObjectKey key = ObjectKey.of(set);
    List<Pod> victims = Victims.choose(active, related(set), count, context.clock().now());
    expectations.expectDeletions(key, victims.stream().map(ObjectKey::of).toList());
    Queue<Pod> left = new ConcurrentLinkedQueue<>(victims);
    Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
    SlowStart.run(
        victims.size(),
        victims.size(),
        () -> {
          Pod victim = left.remove();
          try {
            control.delete(victim, set);
          } catch (ApiFailure e) {
            expectations.deletionObserved(key, ObjectKey.of(victim));
            if (!e.isNotFound()) {
              failures.add(e);
            }
          }
        });
    return failures.peek();
  }

  private List<Pod> related(ReplicaSet set) {
    OwnerReference owner = ControllerRefs.controllerOf(set);
    if (owner == null) {
      return pods.of(set);
    }
    List<Pod> all = new ArrayList<>();
    for (ReplicaSet sibling : sets.list(set.namespace())) {
      OwnerReference other = ControllerRefs.controllerOf(sibling);
      if (other != null && other.uid().equals(owner.uid())) {
        all.addAll(pods.of(sibling));
      }
    }
    return all;
  }
}
