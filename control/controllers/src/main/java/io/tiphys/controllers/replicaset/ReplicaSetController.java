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
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.ObjectKey;
import io.tiphys.controllers.kit.Claimer;
import io.tiphys.controllers.kit.Conflicts;
import io.tiphys.controllers.kit.Controller;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRefs;
import io.tiphys.controllers.kit.ControllerRunner;
import io.tiphys.controllers.kit.Expectations;
import io.tiphys.controllers.kit.Owned;
import io.tiphys.controllers.kit.OwnerWakeup;
import io.tiphys.controllers.kit.PodControl;
import io.tiphys.controllers.kit.Pods;
import io.tiphys.controllers.kit.Result;
import io.tiphys.controllers.kit.SlowStart;
import io.tiphys.meta.selector.Selector;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Creates and deletes pods until each ReplicaSet has as many as it wishes. Checked against
 * pkg/controller/replicaset/replica_set.go.
 */
public final class ReplicaSetController {
  /** As upstream's --concurrent-replicaset-syncs. */
  private static final int WORKERS = 5;

  private static final String SIBLINGS = "replica sets by controller";

  private final ControllerContext context;
  private final Informer<ReplicaSet> sets;
  private final Owned<Pod> pods;
  private final PodControl podControl;
  private final Expectations expectations;

  private ReplicaSetController(ControllerContext context, ControllerRunner runner) {
    this.context = context;
    sets = runner.reads(AppsV1.REPLICASETS);
    sets.addIndex(SIBLINGS, ReplicaSetController::controllerUid);
    pods = new Owned<>(runner.reads(CoreV1.PODS), "ReplicaSet");
    podControl = new PodControl(context.source(), runner.events("replicaset-controller"));
    expectations = new Expectations(context.clock());
  }

  public static Lifecycle open(ControllerContext context) {
    ControllerRunner runner = new ControllerRunner("replicaset controller", context);
    ReplicaSetController self = new ReplicaSetController(context, runner);
    Controller<ObjectKey> controller =
        runner.holds(
            new Controller<>(
                "replicaset", WORKERS, context.clock(), context.loops(), self::reconcile));
    self.sets.addHandler(Handler.of(set -> controller.enqueue(ObjectKey.of(set))));
    runner
        .reads(CoreV1.PODS)
        .addHandler(
            new OwnerWakeup<ReplicaSet, Pod>(
                "ReplicaSet",
                self.sets,
                set -> set.spec().selector(),
                controller::enqueue,
                self.expectations));
    return runner.begin(controller::start);
  }

  private static List<String> controllerUid(ReplicaSet set) {
    OwnerReference controller = ControllerRefs.controllerOf(set);
    return controller == null ? List.of() : List.of(controller.uid());
  }

  static int wished(ReplicaSet set) {
    Integer replicas = set.spec().replicas();
    return replicas == null ? 1 : replicas;
  }

  private Result reconcile(ObjectKey key) throws InterruptedException {
    ReplicaSet set = sets.get(key);
    if (set == null) {
      expectations.forget(key);
      return Result.done();
    }
    boolean mayAct = expectations.satisfied(key);
    Selector selector = LabelSelectors.of(set.spec().selector());
    List<Pod> candidates = new ArrayList<>();
    int terminating = 0;
    for (Pod pod : pods.candidates(set)) {
      if (Pods.isActive(pod)) {
        candidates.add(pod);
      } else if (Pods.isTerminating(pod)
          && ControllerRefs.isControlledBy(pod, set)
          && selector.matches(pod.metadata().labels())) {
        terminating++;
      }
    }
    List<Pod> active =
        new Claimer<>(context.source(), CoreV1.PODS, set, AppsV1.REPLICASETS, selector)
            .claim(candidates);
    Instant now = context.clock().now();
    RuntimeException failure = null;
    if (mayAct && set.metadata().deletionTimestamp() == null) {
      failure = act(set, ReplicaDecision.of(wished(set), active, () -> related(set), now));
    }
    ReplicaSetStatus status = Counted.status(set, active, terminating, failure, now);
    Conflicts.updateStatus(
        context.source(), AppsV1.REPLICASETS, set, stored -> stored.withStatus(status));
    if (failure != null) {
      throw failure;
    }
    Result result = next(set, status, active, now);
    return mayAct ? result : Expectations.lookAgain(result);
  }

  private static Result next(
      ReplicaSet set, ReplicaSetStatus status, List<Pod> active, Instant now) {
    int minReadySeconds = set.spec().minReadySeconds();
    if (minReadySeconds == 0 || status.readyReplicas() == status.availableReplicas()) {
      return Result.done();
    }
    Duration next = Pods.untilNextAvailable(active, minReadySeconds, now);
    return Result.retryAfter(next == null ? Duration.ofSeconds(minReadySeconds) : next);
  }

  /** Returns the first failure. */
  private @Nullable RuntimeException act(ReplicaSet set, ReplicaDecision decision)
      throws InterruptedException {
    return switch (decision) {
      case ReplicaDecision.Enough() -> null;
      case ReplicaDecision.Create(int count) -> create(set, count);
      case ReplicaDecision.Delete(List<Pod> surplus) -> delete(set, surplus);
    };
  }

  private @Nullable RuntimeException create(ReplicaSet set, int count) throws InterruptedException {
    ObjectKey key = ObjectKey.of(set);
    expectations.expectCreations(key, count);
    SlowStart.Outcome outcome =
        SlowStart.run(
            context.loops(),
            count,
            1,
            () -> {
              try {
                podControl.create(set.spec().template(), set, set.namespace());
              } catch (ApiFailure e) {
                // No creation will work in a namespace that ends, and none is needed.
                if (!e.hasCause("NamespaceTerminating")) {
                  throw e;
                }
              }
            });
    for (int i = outcome.successes(); i < count; i++) {
      expectations.creationObserved(key);
    }
    return outcome.failure();
  }

  private @Nullable RuntimeException delete(ReplicaSet set, List<Pod> surplus)
      throws InterruptedException {
    ObjectKey key = ObjectKey.of(set);
    expectations.expectDeletions(key, surplus.stream().map(ObjectKey::of).toList());
    Queue<Pod> rest = new ConcurrentLinkedQueue<>(surplus);
    return SlowStart.run(
            context.loops(),
            surplus.size(),
            surplus.size(),
            () -> {
              Pod pod = rest.remove();
              try {
                podControl.delete(pod, set);
              } catch (ApiFailure e) {
                expectations.deletionObserved(key, ObjectKey.of(pod));
                if (!e.isNotFound()) {
                  throw e;
                }
              }
            })
        .failure();
  }

  /** The pods of all sets of the same owner, such as all revisions of a Deployment. */
  private Collection<Pod> related(ReplicaSet set) {
    List<Pod> related = new ArrayList<>();
    for (String controller : controllerUid(set)) {
      sets.byIndex(SIBLINGS, controller).forEach(sibling -> related.addAll(pods.of(sibling)));
    }
    return related.isEmpty() ? pods.of(set) : related;
  }
}
