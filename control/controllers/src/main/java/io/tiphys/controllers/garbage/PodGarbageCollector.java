package io.tiphys.controllers.garbage;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.Preconditions;
import io.tiphys.base.Lifecycle;
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
import java.util.List;
import java.util.Map;

/**
 * Every now and then removes the pods that nobody else will. Checked against
 * pkg/controller/podgc/gc_controller.go.
 */
public final class PodGarbageCollector {
  private static final Logger log = System.getLogger(PodGarbageCollector.class.getName());

  /** As upstream. */
  private static final Duration PERIOD = Duration.ofSeconds(20);

  private final ControllerContext context;
  private final Source source;
  private final Informer<Pod> pods;
  private final Informer<Node> nodes;

  /** By the one worker only. */
  private final Map<String, Instant> missingSince = new LinkedHashMap<>();

  private PodGarbageCollector(ControllerContext context, ControllerRunner runner) {
    this.context = context;
    source = context.source();
    pods = runner.reads(CoreV1.PODS);
    nodes = runner.reads(CoreV1.NODES);
  }

  public static Lifecycle open(ControllerContext context) {
    ControllerRunner runner = new ControllerRunner("pod garbage collector", context);
    PodGarbageCollector self = new PodGarbageCollector(context, runner);
    Controller<String> controller =
        runner.holds(
            new Controller<>(
                "pod-garbage", 1, context.clock(), context.loops(), _ -> self.collect()));
    controller.enqueue("pods");
    return runner.begin(controller::start);
  }

  private Result collect() {
    PodGarbage garbage =
        PodGarbage.among(pods.list(), nodes.list(), missingSince, context.clock().now());
    Map<String, Boolean> gone = new LinkedHashMap<>();
    for (Pod pod : garbage.lost()) {
      if (gone.computeIfAbsent(pod.spec().nodeName(), this::isGone)) {
        remove(pod, true);
      }
    }
    garbage.unscheduled().forEach(pod -> remove(pod, false));
    garbage.outOfService().forEach(pod -> remove(pod, false));
    garbage.surplus().forEach(pod -> remove(pod, false));
    return Result.retryAfter(PERIOD);
  }

  private boolean isGone(String node) {
    try {
      source.get(CoreV1.NODES, "", node);
      return false;
    } catch (ApiFailure e) {
      return e.isNotFound();
    }
  }

  private void remove(Pod pod, boolean disrupted) {
    try {
      if (!Pods.isTerminal(pod)) {
        // A forced deletion must not leave a controller waiting for a pod that seems to run.
        Conflicts.updateStatus(source, CoreV1.PODS, pod, current -> failed(current, disrupted));
      }
      source.delete(
          CoreV1.PODS,
          pod.namespace(),
          pod.name(),
          DeleteOptions.builder()
              .gracePeriodSeconds(0L)
              .preconditions(new Preconditions(pod.metadata().uid(), null))
              .build());
    } catch (ApiFailure e) {
      if (!e.isNotFound()) {
        log.log(
            Level.WARNING,
            "pod " + pod.namespace() + "/" + pod.name() + " not removed: " + e.getMessage());
      }
    }
  }

  private Pod failed(Pod pod, boolean disrupted) {
    List<PodCondition> conditions = new ArrayList<>(pod.status().conditions());
    if (disrupted) {
      conditions.removeIf(condition -> condition.type().equals("DisruptionTarget"));
      conditions.add(
          PodCondition.builder()
              .type("DisruptionTarget")
              .status("True")
              .reason("DeletionByPodGC")
              .message("PodGC: node no longer exists")
              .lastTransitionTime(context.clock().now())
              .build());
    }
    return pod.withStatus(pod.status().toBuilder().phase("Failed").conditions(conditions).build());
  }
}
