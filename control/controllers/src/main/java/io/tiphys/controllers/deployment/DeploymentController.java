package io.tiphys.controllers.deployment;

import io.tiphys.api.AppsV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.LabelSelectors;
import io.tiphys.api.apps.v1.Deployment;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.LabelSelector;
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
import io.tiphys.controllers.kit.ControllerRunner;
import io.tiphys.controllers.kit.OwnerWakeup;
import io.tiphys.controllers.kit.Pods;
import io.tiphys.controllers.kit.Result;
import io.tiphys.meta.selector.Selector;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Keeps each Deployment's ReplicaSets at the sizes that its rollout asks for. Checked against
 * pkg/controller/deployment/deployment_controller.go.
 */
public final class DeploymentController {
  /** As upstream's --concurrent-deployment-syncs. */
  private static final int WORKERS = 5;

  private static final String SETS = "replica sets by deployment";

  private final ControllerContext context;
  private final Informer<Deployment> deployments;
  private final Informer<ReplicaSet> sets;
  private final Informer<Pod> pods;
  private final WrittenSets written;
  private final EventRecorder events;

  private DeploymentController(ControllerContext context, ControllerRunner runner) {
    this.context = context;
    deployments = runner.reads(AppsV1.DEPLOYMENTS);
    sets = runner.reads(AppsV1.REPLICASETS);
    sets.addIndex(SETS, DeploymentController::owner);
    pods = runner.reads(CoreV1.PODS);
    written = new WrittenSets(context.source());
    events = runner.events("deployment-controller");
  }

  public static Lifecycle open(ControllerContext context) {
    ControllerRunner runner = new ControllerRunner("deployment controller", context);
    DeploymentController self = new DeploymentController(context, runner);
    Controller<ObjectKey> controller =
        runner.holds(
            new Controller<>(
                "deployment", WORKERS, context.clock(), context.loops(), self::reconcile));
    self.deployments.addHandler(
        Handler.of(deployment -> controller.enqueue(ObjectKey.of(deployment))));
    self.sets.addHandler(
        new OwnerWakeup<Deployment, ReplicaSet>(
            "Deployment",
            self.deployments,
            deployment -> deployment.spec().selector(),
            controller::enqueue,
            null));
    self.pods.addHandler(
        new Handler<>() {
          @Override
          public void onAdd(Pod pod) {}

          @Override
          public void onUpdate(Pod before, Pod after) {
            if (Pods.isTerminal(after) && !Pods.isTerminal(before)) {
              onDelete(after);
            }
          }

          @Override
          public void onDelete(Pod pod) {
            self.wakeRecreating(pod, controller);
          }
        });
    return runner.begin(controller::start);
  }

  /** By the uid of the controlling owner; orphans by namespace. */
  private static List<String> owner(ReplicaSet set) {
    OwnerReference controller = ControllerRefs.controllerOf(set);
    return List.of(controller == null ? orphans(set.namespace()) : controller.uid());
  }

  private static String orphans(String namespace) {
    return "orphans of " + namespace;
  }

  /** Recreate goes on when the last old pod is gone. */
  private void wakeRecreating(Pod pod, Controller<ObjectKey> controller) {
    ObjectKey setKey = ControllerRefs.ownerKey(pod, "ReplicaSet");
    ReplicaSet set = setKey == null ? null : sets.get(setKey);
    ObjectKey key = set == null ? null : ControllerRefs.ownerKey(set, "Deployment");
    Deployment deployment = key == null ? null : deployments.get(key);
    if (deployment != null && deployment.spec().strategy().type().equals("Recreate")) {
      controller.enqueue(ObjectKey.of(deployment));
    }
  }

  private Result reconcile(ObjectKey key) {
    Deployment deployment = deployments.get(key);
    if (deployment == null) {
      written.forget(key);
      return Result.done();
    }
    LabelSelector selector = deployment.spec().selector();
    if (LabelSelector.EMPTY.equals(selector)) {
      refuse(deployment);
      return Result.done();
    }
    List<ReplicaSet> candidates = new ArrayList<>(sets.byIndex(SETS, deployment.metadata().uid()));
    candidates.addAll(sets.byIndex(SETS, orphans(deployment.namespace())));
    Selector selected = LabelSelectors.of(selector);
    List<ReplicaSet> owned =
        new Claimer<>(
                context.source(), AppsV1.REPLICASETS, deployment, AppsV1.DEPLOYMENTS, selected)
            .claim(written.over(key, candidates));
    OwnedReplicaSets family = OwnedReplicaSets.of(deployment, owned);
    return new Rollout(
            context.source(), set -> written.add(key, set), events, context.clock().now(), family)
        .step(now -> oldPodsRun(now, selected));
  }

  private void refuse(Deployment deployment) {
    events.warning(
        deployment,
        "SelectingAll",
        "This deployment is selecting all pods. A non-empty selector is required.");
    long generation = deployment.metadata().generation();
    if (deployment.status().observedGeneration() < generation) {
      Conflicts.updateStatus(
          context.source(),
          AppsV1.DEPLOYMENTS,
          deployment,
          stored -> stored.withStatus(stored.status().withObservedGeneration(generation)));
    }
  }

  /** Whether an old set thinks that it has pods, or has some that are not over. */
  private boolean oldPodsRun(OwnedReplicaSets family, Selector selector) {
    if (OwnedReplicaSets.sum(family.old(), set -> set.status().replicas()) > 0) {
      return true;
    }
    Set<String> old =
        family.old().stream()
            .map(set -> set.metadata().uid())
            .collect(Collectors.toCollection(LinkedHashSet::new));
    return pods.list(family.deployment().namespace(), selector).stream()
        .filter(pod -> !Pods.isTerminal(pod))
        .map(ControllerRefs::controllerOf)
        .anyMatch(controller -> controller != null && old.contains(controller.uid()));
  }
}
