package io.tiphys.controllers.nodelifecycle;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoordinationV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.coordination.v1.Lease;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.Taint;
import io.tiphys.base.Lifecycle;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.Source;
import io.tiphys.controllers.kit.Conflicts;
import io.tiphys.controllers.kit.Controller;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRunner;
import io.tiphys.controllers.kit.Pods;
import io.tiphys.controllers.kit.Result;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Watches that nodes report. One that does not is said to be in an unknown state and tainted, and
 * its pods are said not to be ready. Checked against
 * pkg/controller/nodelifecycle/node_lifecycle_controller.go.
 *
 * <p>After a start every node has its grace period anew: what was missed while we were away is not
 * held against it.
 */
public final class NodeLifecycleController {
  private static final Logger log = System.getLogger(NodeLifecycleController.class.getName());

  /** As upstream's node-monitor-period. */
  private static final Duration PERIOD = Duration.ofSeconds(5);

  /** As upstream. */
  private static final int TAINT_WORKERS = 8;

  private static final String LEASES = "kube-node-lease";
  private static final String BY_NODE = "node-lifecycle/node";

  private final ControllerContext context;
  private final Source source;
  private final EventRecorder events;
  private final Informer<Node> nodes;
  private final Informer<Lease> leases;
  private final Informer<Pod> pods;

  /** By the one monitor only. */
  private final Map<String, Health.Sign> signs = new LinkedHashMap<>();

  private final Zones zones = new Zones();

  private NodeLifecycleController(ControllerContext context, ControllerRunner runner) {
    this.context = context;
    source = context.source();
    events = runner.events("node-controller");
    nodes = runner.reads(CoreV1.NODES);
    leases = runner.reads(CoordinationV1.LEASES);
    pods = runner.reads(CoreV1.PODS);
  }

  public static Lifecycle open(ControllerContext context) {
    ControllerRunner runner = new ControllerRunner("node lifecycle controller", context);
    NodeLifecycleController self = new NodeLifecycleController(context, runner);
    self.pods.addIndex(BY_NODE, pod -> List.of(pod.spec().nodeName()));
    Controller<String> taints =
        runner.holds(
            new Controller<>(
                "node-taints",
                TAINT_WORKERS,
                context.clock(),
                context.loops(),
                self::taintForScheduling));
    self.nodes.addHandler(Handler.of(node -> taints.enqueue(node.name())));
    Controller<String> monitor =
        runner.holds(
            new Controller<>(
                "node-monitor", 1, context.clock(), context.loops(), _ -> self.monitor()));
    monitor.enqueue("nodes");
    return runner.begin(
        () -> {
          taints.start();
          monitor.start();
        });
  }

  private Result taintForScheduling(String name) {
    Node node = nodes.get("", name);
    if (node != null) {
      retaint(node, Taints::scheduling);
    }
    return Result.done();
  }

  private void retaint(Node node, BiFunction<Node, Instant, List<Taint>> taints) {
    Instant now = context.clock().now();
    if (taints.apply(node, now).equals(node.spec().taints())) {
      return;
    }
    try {
      Conflicts.update(
          source,
          CoreV1.NODES,
          node,
          fresh -> fresh.withSpec(fresh.spec().withTaints(taints.apply(fresh, now))));
    } catch (ApiFailure e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }

  private Result monitor() {
    List<Node> current = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    for (Node node : nodes.list()) {
      names.add(node.name());
      try {
        current.add(lookAt(node));
      } catch (ApiFailure e) {
        // The others must not wait for this one; it has its turn again in the next round.
        log.log(Level.WARNING, "node " + node.name() + ": " + e.getMessage());
      }
    }
    for (String gone : List.copyOf(signs.keySet())) {
      if (!names.contains(gone)) {
        Health.Sign last = signs.remove(gone);
        String uid = last == null ? "" : last.uid();
        say(gone, uid, "RemovingNode", "Removing Node " + gone + " from Controller");
      }
    }
    zones.count(current);
    for (Node node : current) {
      try {
        taintForExecution(node);
      } catch (ApiFailure e) {
        log.log(Level.WARNING, "node " + node.name() + " not tainted: " + e.getMessage());
      }
    }
    return Result.retryAfter(PERIOD);
  }

  private void say(String node, String uid, String reason, String message) {
    events.normal(about(node, uid), reason, "Node " + node + " event: " + message);
  }

  private static ObjectReference about(String node, String uid) {
    return ObjectReference.builder().kind("Node").apiVersion("v1").name(node).uid(uid).build();
  }

  /** The node as it is now, marked as unknown if it is overdue. */
  private Node lookAt(Node node) {
    long now = context.clock().nanoTime();
    Health.Sign before = signs.get(node.name());
    if (before == null) {
      String registered = "Registered Node " + node.name() + " in Controller";
      say(node.name(), node.metadata().uid(), "RegisteredNode", registered);
    }
    Health.Sign sign = Health.Sign.of(node, leases.get(LEASES, node.name()), before, now);
    signs.put(node.name(), sign);
    if (!Health.isOverdue(node, sign, now)) {
      return node;
    }
    boolean wasReady = Health.ready(node).equals("True");
    Instant at = context.clock().now();
    Node unknown = node.withStatus(node.status().withConditions(Health.unknown(node, at)));
    if (!unknown.equals(node)) {
      // A conflict means that the node has just reported: then it is not overdue.
      unknown = source.updateStatus(CoreV1.NODES, unknown);
    }
    if (wasReady) {
      events.normal(
          about(node.name(), node.metadata().uid()),
          "NodeNotReady",
          "Node " + node.name() + " status is now: NodeNotReady");
    }
    markPods(node.name());
    return unknown;
  }

  /** Nobody on the node can say any more whether they are ready. */
  private void markPods(String node) {
    for (Pod pod : pods.byIndex(BY_NODE, node)) {
      if (!Pods.isReady(pod)) {
        continue;
      }
      try {
        Conflicts.updateStatus(source, CoreV1.PODS, pod, this::notReady);
        events.warning(pod, "NodeNotReady", "Node is not ready");
      } catch (ApiFailure e) {
        if (!e.isNotFound()) {
          log.log(
              Level.WARNING,
              "pod " + pod.namespace() + "/" + pod.name() + " not marked: " + e.getMessage());
        }
      }
    }
  }

  private Pod notReady(Pod pod) {
    List<PodCondition> conditions = new ArrayList<>();
    for (PodCondition condition : pod.status().conditions()) {
      conditions.add(
          condition.type().equals("Ready") && condition.status().equals("True")
              ? condition.toBuilder()
                  .status("False")
                  .lastTransitionTime(context.clock().now())
                  .build()
              : condition);
    }
    return pod.withStatus(pod.status().withConditions(conditions));
  }

  private void taintForExecution(Node node) {
    // A node that never reported has not been there yet: nothing runs on it.
    if (Health.condition(node, "Ready") == null) {
      return;
    }
    Instant at = context.clock().now();
    boolean silent = !Health.ready(node).equals("True");
    boolean begins =
        silent
            && Taints.executing(node, false, at).equals(node.spec().taints())
            && !Taints.executing(node, true, at).equals(node.spec().taints());
    boolean mayBegin = begins && zones.admits(node, context.clock().nanoTime());
    retaint(node, (fresh, now) -> Taints.executing(fresh, mayBegin, now));
  }
}
