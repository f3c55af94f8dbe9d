package io.tiphys.controllers.statefulset;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.AppsV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.LabelSelectors;
import io.tiphys.api.apps.v1.ControllerRevision;
import io.tiphys.api.apps.v1.RollingUpdateStatefulSetStrategy;
import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.apps.v1.StatefulSetStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.base.Lifecycle;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.ObjectKey;
import io.tiphys.controllers.kit.Claimer;
import io.tiphys.controllers.kit.Conflicts;
import io.tiphys.controllers.kit.Controller;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRunner;
import io.tiphys.controllers.kit.Expectations;
import io.tiphys.controllers.kit.Owned;
import io.tiphys.controllers.kit.OwnerWakeup;
import io.tiphys.controllers.kit.Pods;
import io.tiphys.controllers.kit.Result;
import io.tiphys.controllers.kit.SlowStart;
import io.tiphys.controllers.statefulset.Plan.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the pods and claims of each StatefulSet, and of each PetSet kept as one. Checked against
 * pkg/controller/statefulset/stateful_set.go and stateful_set_control.go.
 */
public final class StatefulSetController {
  /** As upstream's --concurrent-statefulset-syncs. */
  private static final int WORKERS = 5;

  /** How soon to look again whether a claim of a former pod is gone; upstream waits longer. */
  private static final Duration STALE_CLAIM = Duration.ofSeconds(1);

  private final ControllerContext context;
  private final Informer<StatefulSet> sets;
  private final Owned<Pod> pods;
  private final History history;
  private final StatefulPodControl podControl;
  private final Expectations expectations;

  private StatefulSetController(ControllerContext context, ControllerRunner runner) {
    this.context = context;
    sets = runner.reads(AppsV1.STATEFULSETS);
    pods = new Owned<>(runner.reads(CoreV1.PODS), "StatefulSet");
    Informer<ControllerRevision> revisions = runner.reads(AppsV1.CONTROLLERREVISIONS);
    history = new History(context.source(), new Owned<>(revisions, "StatefulSet"));
    podControl =
        new StatefulPodControl(
            context.source(),
            runner.reads(CoreV1.PERSISTENTVOLUMECLAIMS),
            runner.events("statefulset-controller"),
            runner.events("petset"));
    expectations = new Expectations(context.clock());
  }

  public static Lifecycle open(ControllerContext context) {
    ControllerRunner runner = new ControllerRunner("statefulset controller", context);
    StatefulSetController self = new StatefulSetController(context, runner);
    Controller<ObjectKey> controller =
        runner.holds(
            new Controller<>(
                "statefulset", WORKERS, context.clock(), context.loops(), self::reconcile));
    self.sets.addHandler(Handler.of(set -> controller.enqueue(ObjectKey.of(set))));
    runner
        .reads(CoreV1.PODS)
        .addHandler(
            new OwnerWakeup<StatefulSet, Pod>(
                "StatefulSet",
                self.sets,
                set -> set.spec().selector(),
                controller::enqueue,
                self.expectations));
    return runner.begin(controller::start);
  }

  private Result reconcile(ObjectKey key) throws InterruptedException {
    StatefulSet set = sets.get(key);
    if (set == null) {
      expectations.forget(key);
      return Result.done();
    }
    // Decided before the pods are looked at: what is observed in between is looked at next time.
    boolean mayAct = expectations.satisfied(key);
    List<Pod> members = members(set);
    History.Revisions revisions = history.of(set);
    Instant now = context.clock().now();
    Outcome outcome = new Outcome(null, false);
    if (mayAct && set.metadata().deletionTimestamp() == null) {
      // First: a pod deleted without owning its claims leaves them behind.
      applyRetention(set, members);
      outcome = act(set, revisions, Plan.of(set, members, revisions.update().name(), now));
    }
    StatefulSetStatus status = SetStatus.of(set, members, revisions, now);
    Conflicts.updateStatus(
        context.source(), AppsV1.STATEFULSETS, set, stored -> stored.withStatus(status));
    history.truncate(set, members, revisions);
    if (outcome.failure() != null) {
      throw outcome.failure();
    }
    if (outcome.waits()) {
      return Result.retryAfter(STALE_CLAIM);
    }
    int minReadySeconds = set.spec().minReadySeconds();
    Duration next =
        minReadySeconds == 0 ? null : Pods.untilNextAvailable(members, minReadySeconds, now);
    Result result = next == null ? Result.done() : Result.retryAfter(next);
    return mayAct ? result : Expectations.lookAgain(result);
  }

  private List<Pod> members(StatefulSet set) {
    List<Pod> candidates =
        pods.candidates(set).stream()
            .filter(pod -> Identity.ordinal(set, pod.name()) >= 0)
            .toList();
    return new Claimer<>(
            context.source(),
            CoreV1.PODS,
            set,
            AppsV1.STATEFULSETS,
            LabelSelectors.of(set.spec().selector()))
        .claim(candidates);
  }

  /**
   * @param waits a claim of a former pod must go first
   */
  private record Outcome(@Nullable RuntimeException failure, boolean waits) {}

  private Outcome act(StatefulSet set, History.Revisions revisions, List<Step> steps)
      throws InterruptedException {
    for (Step step : steps) {
      try {
        switch (step) {
          case Step.EnsureClaims(Pod pod) -> podControl.ensureClaims(set, pod.name());
          case Step.Repair(Pod pod) -> podControl.repair(set, pod);
          case Step.Create _, Step.Delete _ -> {}
        }
      } catch (RuntimeException e) {
        return new Outcome(e, false);
      }
    }
    List<Pod> surplus =
        steps.stream()
            .filter(Step.Delete.class::isInstance)
            .map(step -> ((Step.Delete) step).pod())
            .toList();
    List<Pod> missing =
        steps.stream()
            .filter(Step.Create.class::isInstance)
            .map(step -> ((Step.Create) step).ordinal())
            .filter(ordinal -> !podControl.hasStaleClaim(set, ordinal))
            .map(ordinal -> pod(set, revisions, ordinal))
            .toList();
    long wished = steps.stream().filter(Step.Create.class::isInstance).count();
    RuntimeException failure = surplus.isEmpty() ? create(set, missing) : delete(set, surplus);
    return new Outcome(failure, missing.size() < wished);
  }

  private @Nullable RuntimeException create(StatefulSet set, List<Pod> missing)
      throws InterruptedException {
    ObjectKey key = ObjectKey.of(set);
    if (missing.isEmpty()) {
      return null;
    }
    expectations.expectCreations(key, missing.size());
    SlowStart.Outcome outcome = each(missing, 1, pod -> podControl.create(set, pod));
    for (int i = outcome.successes(); i < missing.size(); i++) {
      expectations.creationObserved(key);
    }
    return outcome.failure();
  }

  private @Nullable RuntimeException delete(StatefulSet set, List<Pod> surplus)
      throws InterruptedException {
    ObjectKey key = ObjectKey.of(set);
    expectations.expectDeletions(key, surplus.stream().map(ObjectKey::of).toList());
    return each(
            surplus,
            surplus.size(),
            pod -> {
              try {
                podControl.delete(set, pod);
              } catch (ApiFailure e) {
                expectations.deletionObserved(key, ObjectKey.of(pod));
                if (!e.isNotFound()) {
                  throw e;
                }
              }
            })
        .failure();
  }

  private SlowStart.Outcome each(List<Pod> pods, int atFirst, Consumer<Pod> action)
      throws InterruptedException {
    Queue<Pod> rest = new ConcurrentLinkedQueue<>(pods);
    return SlowStart.run(context.loops(), pods.size(), atFirst, () -> action.accept(rest.remove()));
  }

  /** Below the partition, and while an update without one runs, the old revision is kept. */
  private static Pod pod(StatefulSet set, History.Revisions revisions, int ordinal) {
    RollingUpdateStatefulSetStrategy rolling = set.spec().updateStrategy().rollingUpdate();
    Integer partition = rolling == null ? null : rolling.partition();
    int kept = rolling == null ? set.status().currentReplicas() : partition == null ? 0 : partition;
    boolean applies = rolling != null || set.spec().updateStrategy().type().equals("RollingUpdate");
    ControllerRevision revision =
        applies && ordinal < Identity.start(set) + kept ? revisions.current() : revisions.update();
    return Identity.pod(set, History.template(revision), revision.name(), ordinal);
  }

  /**
   * With the default policy claims have no owners; they are only looked through when the policy may
   * have become the default just now.
   */
  private void applyRetention(StatefulSet set, List<Pod> members) {
    boolean changed = set.metadata().generation() != set.status().observedGeneration();
    if (!set.spec().volumeClaimTemplates().isEmpty()
        && (changed || Claims.endsWithPod(set) || Claims.endsWithSet(set))) {
      members.forEach(pod -> podControl.applyRetention(set, pod));
    }
  }
}
