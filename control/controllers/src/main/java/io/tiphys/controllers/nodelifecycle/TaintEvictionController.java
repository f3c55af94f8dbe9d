package io.tiphys.controllers.nodelifecycle;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.Taint;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.Preconditions;
import io.tiphys.base.Lifecycle;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.ObjectKey;
import io.tiphys.client.Source;
import io.tiphys.controllers.kit.Conflicts;
import io.tiphys.controllers.kit.Controller;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRunner;
import io.tiphys.controllers.kit.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Deletes pods that do not tolerate a NoExecute taint of their node, or no longer do. Checked
 * against pkg/controller/tainteviction/taint_eviction.go.
 */
public final class TaintEvictionController {
  /** As upstream. */
  private static final int WORKERS = 8;

  private static final String BY_NODE = "taint-eviction/node";

  private final ControllerContext context;
  private final Source source;
  private final EventRecorder events;
  private final Informer<Node> nodes;
  private final Informer<Pod> pods;

  /** Since when, by the monotonic clock, a pod has only been suffered, by its uid. */
  private final Map<String, Long> suffered = new ConcurrentSkipListMap<>();

  private TaintEvictionController(ControllerContext context, ControllerRunner runner) {
    this.context = context;
    source = context.source();
    events = runner.events("taint-eviction-controller");
    nodes = runner.reads(CoreV1.NODES);
    pods = runner.reads(CoreV1.PODS);
  }

  public static Lifecycle open(ControllerContext context) {
    ControllerRunner runner = new ControllerRunner("taint eviction controller", context);
    TaintEvictionController self = new TaintEvictionController(context, runner);
    self.pods.addIndex(BY_NODE, pod -> List.of(pod.spec().nodeName()));
    Controller<ObjectKey> controller =
        runner.holds(
            new Controller<>(
                "taint-eviction", WORKERS, context.clock(), context.loops(), self::reconcile));
    self.pods.addHandler(self.podHandler(controller));
    self.nodes.addHandler(self.nodeHandler(controller));
    return runner.begin(controller::start);
  }

  private Handler<Pod> podHandler(Controller<ObjectKey> controller) {
    return new Handler<>() {
      @Override
      public void onAdd(Pod pod) {
        if (!pod.spec().nodeName().isEmpty()) {
          controller.enqueue(ObjectKey.of(pod));
        }
      }

      @Override
      public void onUpdate(Pod before, Pod after) {
        if (!before.spec().nodeName().equals(after.spec().nodeName())
            || !before.spec().tolerations().equals(after.spec().tolerations())) {
          controller.enqueue(ObjectKey.of(after));
        }
      }

      @Override
      public void onDelete(Pod last) {
        suffered.remove(last.metadata().uid());
      }
    };
  }

  private Handler<Node> nodeHandler(Controller<ObjectKey> controller) {
    return new Handler<>() {
      @Override
      public void onAdd(Node node) {
        if (!Taints.noExecute(node).isEmpty()) {
          tell(node);
        }
      }

      @Override
      public void onUpdate(Node before, Node after) {
        if (!Taints.noExecute(before).equals(Taints.noExecute(after))) {
          tell(after);
        }
      }

      @Override
      public void onDelete(Node last) {}

      private void tell(Node node) {
        pods.byIndex(BY_NODE, node.name()).forEach(pod -> controller.enqueue(ObjectKey.of(pod)));
      }
    };
  }

  private Result reconcile(ObjectKey key) {
    Pod pod = pods.get(key);
    if (pod == null || pod.metadata().deletionTimestamp() != null) {
      return Result.done();
    }
    List<Taint> taints = Taints.noExecute(nodes.get("", pod.spec().nodeName()));
    Optional<Duration> stay = Taints.stay(taints, pod.spec().tolerations());
    String uid = pod.metadata().uid();
    if (taints.isEmpty() || stay.isEmpty()) {
      if (suffered.remove(uid) != null) {
        events.normal(about(pod), "TaintManagerEviction", "Cancelling deletion of Pod " + key);
      }
      return Result.done();
    }
    long now = context.clock().nanoTime();
    if (stay.get().isPositive()) {
      long since = suffered.computeIfAbsent(uid, _ -> now);
      Duration left = stay.get().minusNanos(now - since);
      if (left.isPositive()) {
        return Result.retryAfter(left);
      }
    }
    evict(pod);
    suffered.remove(uid);
    return Result.done();
  }

  private static ObjectReference about(Pod pod) {
    return EventRecorder.reference(pod).withResourceVersion("");
  }

  private void evict(Pod pod) {
    events.normal(
        about(pod), "TaintManagerEviction", "Marking for deletion Pod " + ObjectKey.of(pod));
    try {
      Conflicts.updateStatus(source, CoreV1.PODS, pod, this::disrupted);
      source.delete(
          CoreV1.PODS,
          pod.namespace(),
          pod.name(),
          DeleteOptions.EMPTY.withPreconditions(new Preconditions(pod.metadata().uid(), null)));
    } catch (ApiFailure e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }

  private Pod disrupted(Pod pod) {
    List<PodCondition> conditions = new ArrayList<>(pod.status().conditions());
    conditions.removeIf(condition -> condition.type().equals("DisruptionTarget"));
    conditions.add(
        PodCondition.builder()
            .type("DisruptionTarget")
            .status("True")
            .reason("DeletionByTaintManager")
            .message("Taint manager: deleting due to NoExecute taint")
            .lastTransitionTime(context.clock().now())
            .build());
    return pod.withStatus(pod.status().withConditions(conditions));
  }
}
