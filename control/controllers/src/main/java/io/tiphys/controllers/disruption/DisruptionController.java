package io.tiphys.controllers.disruption;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.AppsV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.LabelSelectors;
import io.tiphys.api.PolicyV1;
import io.tiphys.api.apps.v1.Deployment;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.ReplicationController;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.api.policy.v1.PodDisruptionBudget;
import io.tiphys.api.policy.v1.PodDisruptionBudgetStatus;
import io.tiphys.base.Lifecycle;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.ObjectKey;
import io.tiphys.controllers.kit.Controller;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRefs;
import io.tiphys.controllers.kit.ControllerRunner;
import io.tiphys.controllers.kit.Result;
import io.tiphys.meta.selector.Selector;
import io.tiphys.meta.selector.SelectorException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the status of PodDisruptionBudgets, from which the API grants evictions. Checked against
 * pkg/controller/disruption/disruption.go. Controllers that are known only by a scale subresource
 * are not asked.
 */
public final class DisruptionController {
  /** As upstream. */
  private static final int WORKERS = 1;

  private final ControllerContext context;
  private final EventRecorder events;
  private final Informer<PodDisruptionBudget> budgets;
  private final Informer<Pod> pods;
  private final Informer<ReplicaSet> replicaSets;
  private final Informer<Deployment> deployments;
  private final Informer<StatefulSet> statefulSets;
  private final Informer<ReplicationController> replicationControllers;

  private record Scale(String uid, int replicas) {}

  private DisruptionController(ControllerContext context, ControllerRunner runner) {
    this.context = context;
    events = runner.events("controllermanager");
    budgets = runner.reads(PolicyV1.PODDISRUPTIONBUDGETS);
    pods = runner.reads(CoreV1.PODS);
    replicaSets = runner.reads(AppsV1.REPLICASETS);
    deployments = runner.reads(AppsV1.DEPLOYMENTS);
    statefulSets = runner.reads(AppsV1.STATEFULSETS);
    replicationControllers = runner.reads(CoreV1.REPLICATIONCONTROLLERS);
  }

  public static Lifecycle open(ControllerContext context) {
    ControllerRunner runner = new ControllerRunner("disruption controller", context);
    DisruptionController self = new DisruptionController(context, runner);
    Controller<ObjectKey> controller =
        runner.holds(
            new Controller<>(
                "disruption", WORKERS, context.clock(), context.loops(), self::reconcile));
    self.budgets.addHandler(Handler.of(budget -> controller.enqueue(ObjectKey.of(budget))));
    self.pods.addHandler(
        new Handler<>() {
          @Override
          public void onAdd(Pod pod) {
            self.tell(pod, controller);
          }

          @Override
          public void onUpdate(Pod before, Pod after) {
            self.tell(after, controller);
            if (!before.metadata().labels().equals(after.metadata().labels())) {
              self.tell(before, controller);
            }
          }

          @Override
          public void onDelete(Pod last) {
            self.tell(last, controller);
          }
        });
    return runner.begin(controller::start);
  }

  private void tell(Pod pod, Controller<ObjectKey> controller) {
    for (PodDisruptionBudget budget : budgets.list(pod.namespace())) {
      if (selector(budget).matches(pod.metadata().labels())) {
        controller.enqueue(ObjectKey.of(budget));
      }
    }
  }

  private static Selector selector(PodDisruptionBudget budget) {
    try {
      return LabelSelectors.of(budget.spec().selector());
    } catch (SelectorException _) {
      // Validation keeps such out.
      return Selector.NOTHING;
    }
  }

  private Result reconcile(ObjectKey key) {
    PodDisruptionBudget budget = budgets.get(key);
    if (budget == null) {
      return Result.done();
    }
    List<Pod> selected = pods.list(budget.namespace(), selector(budget));
    if (selected.isEmpty()) {
      events.normal(budget, "NoPods", "No matching pods found");
    }
    Budget decided;
    try {
      decided = Budget.of(budget, selected, () -> scale(budget, selected), context.clock().now());
    } catch (IllegalArgumentException | IllegalStateException e) {
      String why = String.valueOf(e.getMessage());
      events.warning(
          budget,
          "CalculateExpectedPodCountFailed",
          "Failed to calculate the number of expected pods: " + why);
      write(budget, Budget.failSafe(budget, why, context.clock().now()));
      return Result.done();
    }
    for (Pod pod : decided.notDeleted()) {
      events.warning(
          pod,
          "NotDeleted",
          "Pod was expected by PDB %s/%s to be deleted but it wasn't"
              .formatted(budget.namespace(), budget.namespace()));
    }
    write(budget, decided.status());
    return decided.recheckAt() == null
        ? Result.done()
        : Result.retryAfter(Duration.between(context.clock().now(), decided.recheckAt()));
  }

  private void write(PodDisruptionBudget budget, PodDisruptionBudgetStatus status) {
    if (status.equals(budget.status())) {
      return;
    }
    try {
      context.source().updateStatus(PolicyV1.PODDISRUPTIONBUDGETS, budget.withStatus(status));
    } catch (ApiFailure e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }

  /** How many pods the controllers of these pods want together. */
  private int scale(PodDisruptionBudget budget, List<Pod> selected) {
    Map<String, Integer> replicas = new LinkedHashMap<>();
    boolean unmanaged = false;
    for (Pod pod : selected) {
      OwnerReference owner = ControllerRefs.controllerOf(pod);
      if (owner == null) {
        unmanaged = true;
        continue;
      }
      Scale found = find(pod.namespace(), owner);
      if (found == null) {
        throw new IllegalStateException("found no controllers for pod \"" + pod.name() + "\"");
      }
      replicas.put(found.uid, found.replicas);
    }
    if (unmanaged) {
      events.warning(
          budget,
          "UnmanagedPods",
          "Pods selected by this PodDisruptionBudget (selector: %s) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set \".spec.minAvailable\" field of the PDB to an integer value."
              .formatted(selector(budget)));
    }
    return replicas.values().stream().mapToInt(Integer::intValue).sum();
  }

  private @Nullable Scale find(String namespace, OwnerReference owner) {
    return switch (owner.kind()) {
      case "ReplicaSet" -> {
        ReplicaSet set = replicaSets.get(namespace, owner.name());
        if (set == null || !set.metadata().uid().equals(owner.uid())) {
          yield null;
        }
        OwnerReference above = ControllerRefs.controllerOf(set);
        if (above == null || !above.kind().equals("Deployment")) {
          yield scale(set.metadata().uid(), set.spec().replicas());
        }
        Deployment deployment = deployments.get(namespace, above.name());
        yield deployment == null || !deployment.metadata().uid().equals(above.uid())
            ? null
            : scale(deployment.metadata().uid(), deployment.spec().replicas());
      }
      case "StatefulSet" -> {
        StatefulSet set = statefulSets.get(namespace, owner.name());
        yield set == null || !set.metadata().uid().equals(owner.uid())
            ? null
            : scale(set.metadata().uid(), set.spec().replicas());
      }
      case "ReplicationController" -> {
        ReplicationController set = replicationControllers.get(namespace, owner.name());
        yield set == null || !set.metadata().uid().equals(owner.uid())
            ? null
            : scale(set.metadata().uid(), set.spec().replicas());
      }
      default -> null;
    };
  }

  private static Scale scale(String uid, @Nullable Integer replicas) {
    return new Scale(uid, replicas == null ? 1 : replicas);
  }
}
