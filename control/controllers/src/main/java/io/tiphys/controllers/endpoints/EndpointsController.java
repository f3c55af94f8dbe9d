package io.tiphys.controllers.endpoints;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.EndpointSubset;
import io.tiphys.api.core.v1.Endpoints;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Lifecycle;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.ObjectKey;
import io.tiphys.controllers.kit.Controller;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRunner;
import io.tiphys.controllers.kit.Result;
import io.tiphys.controllers.kit.services.ServicePods;
import io.tiphys.controllers.kit.services.Spacing;
import io.tiphys.controllers.kit.services.TriggerTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one Endpoints object beside each service with a selector. Checked against
 * pkg/controller/endpoint/endpoints_controller.go.
 */
public final class EndpointsController {
  private static final String NAME = "endpoint-controller";
  private static final String MANAGED_BY = "endpoints.kubernetes.io/managed-by";
  private static final String HEADLESS = "service.kubernetes.io/headless";
  private static final String OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";
  private static final String LEADER = "control-plane.alpha.kubernetes.io/leader";

  /** As upstream. */
  private static final int WORKERS = 5;

  private final ControllerContext context;
  private final EventRecorder events;
  private final Spacing spacing;
  private final TriggerTimes triggers = new TriggerTimes();
  private final Informer<Service> services;
  private final Informer<Pod> pods;
  private final Informer<Endpoints> endpoints;

  private EndpointsController(ControllerContext context, ControllerRunner runner) {
    this.context = context;
    events = runner.events(NAME);
    spacing = new Spacing(context.clock());
    services = runner.reads(CoreV1.SERVICES);
    pods = runner.reads(CoreV1.PODS);
    endpoints = runner.reads(CoreV1.ENDPOINTS);
  }

  public static Lifecycle open(ControllerContext context) {
    ControllerRunner runner = new ControllerRunner("endpoints controller", context);
    EndpointsController self = new EndpointsController(context, runner);
    Controller<ObjectKey> controller =
        runner.holds(
            new Controller<>(
                "endpoints", WORKERS, context.clock(), context.loops(), self::reconcile));
    self.services.addHandler(Handler.of(service -> controller.enqueue(ObjectKey.of(service))));
    self.endpoints.addHandler(self.onDelete(controller));
    self.pods.addHandler(ServicePods.handler(self.services, controller::enqueue));
    return runner.begin(
        () -> {
          self.enqueueLeftovers(controller);
          controller.start();
        });
  }

  /**
   * What is deleted is made anew for a service that is there. Endpoints that somebody makes without
   * a service, or before it, belong to the user: no reason to look.
   */
  private Handler<Endpoints> onDelete(Controller<ObjectKey> controller) {
    return new Handler<>() {
      @Override
      public void onAdd(Endpoints added) {}

      @Override
      public void onUpdate(Endpoints before, Endpoints after) {}

      @Override
      public void onDelete(Endpoints last) {
        ObjectKey key = ObjectKey.of(last);
        if (services.get(key) != null) {
          controller.enqueue(key);
        }
      }
    };
  }

  /** Those whose service went while nobody looked; leases of the old kind have none. */
  private void enqueueLeftovers(Controller<ObjectKey> controller) {
    for (Endpoints object : endpoints.list()) {
      if (!object.metadata().annotations().containsKey(LEADER)) {
        controller.enqueue(ObjectKey.of(object));
      }
    }
  }

  private Result reconcile(ObjectKey key) {
    Service service = services.get(key);
    Endpoints present = endpoints.get(key);
    if (service == null) {
      spacing.forget(key);
      triggers.forget(key);
      if (!hasService(key)) {
        delete(key);
      }
      return Result.done();
    }
    if (!ServicePods.isSelecting(service)) {
      return Result.done();
    }
    Duration rest = spacing.rest(key);
    if (rest.isPositive()) {
      return Result.retryAfter(rest);
    }
    List<Pod> selected = ServicePods.selected(service, pods);
    @Nullable Instant trigger = triggers.of(service, selected);
    Endpoints wanted = decide(service, selected, present);
    if (wanted != null) {
      write(service, present, wanted.withMetadata(TriggerTimes.with(wanted.metadata(), trigger)));
    }
    spacing.passed(key, selected.size());
    return Result.done();
  }

  /** What to write, or null if what is there will do, whatever change it says it is from. */
  static @Nullable Endpoints decide(
      Service service, Collection<Pod> pods, @Nullable Endpoints present) {
    List<EndpointSubset> all = Subsets.of(service, pods);
    List<EndpointSubset> subsets = Subsets.truncated(all);
    Map<String, String> labels = new LinkedHashMap<>(service.metadata().labels());
    labels.remove(HEADLESS);
    if (ServicePods.isHeadless(service)) {
      labels.put(HEADLESS, "");
    }
    labels.put(MANAGED_BY, NAME);
    ObjectMeta meta =
        present == null
            ? ObjectMeta.builder().namespace(service.namespace()).name(service.name()).build()
            : present.metadata();
    Map<String, String> annotations = new LinkedHashMap<>(meta.annotations());
    annotations.remove(OVER_CAPACITY);
    if (Subsets.size(all) > Subsets.CAPACITY) {
      annotations.put(OVER_CAPACITY, "truncated");
    }
    if (present != null
        && Subsets.alike(present.subsets(), subsets)
        && meta.labels().equals(labels)
        && TriggerTimes.with(meta, null)
            .annotations()
            .equals(TriggerTimes.with(meta.withAnnotations(annotations), null).annotations())) {
      return null;
    }
    return new Endpoints(meta.toBuilder().labels(labels).annotations(annotations).build(), subsets);
  }

  private void write(Service service, @Nullable Endpoints present, Endpoints wanted) {
    try {
      if (present == null) {
        context.source().create(CoreV1.ENDPOINTS, wanted);
      } else {
        context.source().update(CoreV1.ENDPOINTS, wanted);
      }
    } catch (ApiFailure e) {
      if (e.hasCause("NamespaceTerminating")) {
        return;
      }
      // What is there is not in our copy yet: the copy's next news brings us back here.
      if (e.isConflict() || e.isAlreadyExists()) {
        throw e;
      }
      String name = service.namespace() + "/" + service.name();
      if (present == null) {
        events.warning(
            wanted,
            "FailedToCreateEndpoint",
            "Failed to create endpoint for service " + name + ": " + e.getMessage());
      } else {
        events.warning(
            wanted,
            "FailedToUpdateEndpoint",
            "Failed to update endpoint " + name + ": " + e.getMessage());
      }
      throw e;
    }
  }

  /**
   * Asks the API before it believes that a service is gone: somebody may have made these by hand.
   */
  private boolean hasService(ObjectKey key) {
    try {
      context.source().get(CoreV1.SERVICES, key.namespace(), key.name());
      return true;
    } catch (ApiFailure e) {
      if (e.isNotFound()) {
        return false;
      }
      throw e;
    }
  }

  private void delete(ObjectKey key) {
    try {
      context.source().delete(CoreV1.ENDPOINTS, key.namespace(), key.name(), DeleteOptions.EMPTY);
    } catch (ApiFailure e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }
}
