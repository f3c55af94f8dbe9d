package io.tiphys.controllers.endpointslice;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.DiscoveryV1;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.discovery.v1.EndpointSlice;
import io.tiphys.base.Lifecycle;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.ObjectKey;
import io.tiphys.controllers.kit.Controller;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRunner;
import io.tiphys.controllers.kit.Deletions;
import io.tiphys.controllers.kit.Result;
import io.tiphys.controllers.kit.services.ServicePods;
import io.tiphys.controllers.kit.services.Spacing;
import io.tiphys.controllers.kit.services.TriggerTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the EndpointSlices of each service with a selector. Checked against
 * pkg/controller/endpointslice/endpointslice_controller.go and endpointslice/reconciler.go, without
 * topology hints. Changes are not batched: names of pets follow their readiness at once.
 */
public final class EndpointSliceController {
  /** As upstream. */
  private static final int WORKERS = 5;

  /** A pod may be known before its node: it joins the slices when the node is known as well. */
  private static final Duration NODE_RECHECK = Duration.ofSeconds(1);

  private static final String BY_SERVICE = "endpointslice-controller/service";

  private final ControllerContext context;
  private final EventRecorder events;
  private final Informer<Service> services;
  private final Informer<Pod> pods;
  private final Informer<Node> nodes;
  private final Informer<EndpointSlice> slices;
  private final SliceTracker written = new SliceTracker();
  private final Spacing spacing;
  private final TriggerTimes triggers = new TriggerTimes();

  private EndpointSliceController(ControllerContext context, ControllerRunner runner) {
    this.context = context;
    events = runner.events("endpoint-slice-controller");
    spacing = new Spacing(context.clock());
    services = runner.reads(CoreV1.SERVICES);
    pods = runner.reads(CoreV1.PODS);
    nodes = runner.reads(CoreV1.NODES);
    slices = runner.reads(DiscoveryV1.ENDPOINTSLICES);
  }

  public static Lifecycle open(ControllerContext context) {
    ControllerRunner runner = new ControllerRunner("endpoint slice controller", context);
    EndpointSliceController self = new EndpointSliceController(context, runner);
    Controller<ObjectKey> controller =
        runner.holds(
            new Controller<>(
                "endpointslice", WORKERS, context.clock(), context.loops(), self::reconcile));
    self.slices.addIndex(
        BY_SERVICE,
        slice ->
            Slices.isOurs(slice) ? List.of(Slices.serviceOf(slice).toString()) : List.<String>of());
    self.services.addHandler(Handler.of(service -> controller.enqueue(ObjectKey.of(service))));
    self.pods.addHandler(ServicePods.handler(self.services, controller::enqueue));
    self.slices.addHandler(self.watching(controller));
    return runner.begin(controller::start);
  }

  private Handler<EndpointSlice> watching(Controller<ObjectKey> controller) {
    return new Handler<>() {
      @Override
      public void onAdd(EndpointSlice slice) {
        changed(slice);
      }

      @Override
      public void onUpdate(EndpointSlice before, EndpointSlice after) {
        changed(after);
        if (Slices.isOurs(before) != Slices.isOurs(after)) {
          controller.enqueue(Slices.serviceOf(before));
        }
      }

      @Override
      public void onDelete(EndpointSlice last) {
        written.gone(last);
        if (Slices.isOurs(last)) {
          controller.enqueue(Slices.serviceOf(last));
        }
      }

      private void changed(EndpointSlice slice) {
        written.seen(slice);
        if (Slices.isOurs(slice)) {
          controller.enqueue(Slices.serviceOf(slice));
        }
      }
    };
  }

  private Result reconcile(ObjectKey key) {
    Service service = services.get(key);
    if (service == null) {
      // The garbage collector takes the slices with the service that owns them.
      written.forget(key);
      spacing.forget(key);
      triggers.forget(key);
      return Result.done();
    }
    if (!ServicePods.isSelecting(service)) {
      return Result.done();
    }
    Duration rest = spacing.rest(key);
    if (rest.isPositive()) {
      return Result.retryAfter(rest);
    }
    List<Pod> all = ServicePods.selected(service, pods);
    @Nullable Instant trigger = triggers.of(service, all);
    List<Pod> selected = new ArrayList<>();
    boolean nodeMissing = false;
    for (Pod pod : all) {
      if (!ServicePods.isReachable(pod, true)) {
        continue;
      }
      if (nodes.get("", pod.spec().nodeName()) == null && !ServicePods.publishesNotReady(service)) {
        nodeMissing = true;
      } else {
        selected.add(pod);
      }
    }
    List<EndpointSlice> present = written.over(key, slices.byIndex(BY_SERVICE, key.toString()));
    try {
      carryOut(key, service, Slices.plan(service, selected, this::zone, present), trigger);
    } catch (ApiFailure e) {
      written.forget(key);
      if (!e.isConflict() && !e.isNotFound()) {
        events.warning(
            service,
            "FailedToUpdateEndpointSlices",
            "Error updating Endpoint Slices for Service %s: %s".formatted(key, e.getMessage()));
      }
      throw e;
    }
    spacing.passed(key, selected.size());
    return nodeMissing ? Result.retryAfter(NODE_RECHECK) : Result.done();
  }

  private static EndpointSlice dated(EndpointSlice slice, @Nullable Instant trigger) {
    return slice.withMetadata(TriggerTimes.with(slice.metadata(), trigger));
  }

  private String zone(Pod pod) {
    Node node = nodes.get("", pod.spec().nodeName());
    return node == null
        ? ""
        : node.metadata().labels().getOrDefault("topology.kubernetes.io/zone", "");
  }

  private void carryOut(ObjectKey key, Service service, SlicePlan plan, @Nullable Instant trigger) {
    if (service.metadata().deletionTimestamp() == null) {
      for (EndpointSlice slice : plan.create()) {
        try {
          written.wrote(
              key, context.source().create(DiscoveryV1.ENDPOINTSLICES, dated(slice, trigger)));
        } catch (ApiFailure e) {
          if (e.hasCause("NamespaceTerminating")) {
            return;
          }
          throw e;
        }
      }
    }
    for (EndpointSlice slice : plan.update()) {
      written.wrote(
          key, context.source().update(DiscoveryV1.ENDPOINTSLICES, dated(slice, trigger)));
    }
    for (EndpointSlice slice : plan.delete()) {
      try {
        context
            .source()
            .delete(
                DiscoveryV1.ENDPOINTSLICES, slice.namespace(), slice.name(), Deletions.of(slice));
        written.deleted(key, slice);
      } catch (ApiFailure e) {
        if (!e.isNotFound()) {
          throw e;
        }
      }
    }
  }
}
