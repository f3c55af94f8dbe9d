package io.tiphys.controllers.namespace;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.Namespace;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.base.Lifecycle;
import io.tiphys.client.ApiResource;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.ListOptions;
import io.tiphys.client.Source;
import io.tiphys.codec.Json;
import io.tiphys.controllers.kit.Conflicts;
import io.tiphys.controllers.kit.Controller;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRunner;
import io.tiphys.controllers.kit.Result;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Empties namespaces that were deleted: the pods first and gracefully, then everything else; then
 * takes away the finalizer that kept the namespace. Checked against
 * pkg/controller/namespace/namespace_controller.go and deletion/namespaced_resources_deleter.go.
 *
 * <p>Upstream waits five seconds before it begins, for creations that were admitted before the
 * namespace took no more. Here none of them arrives: an object is stored only while its namespace
 * is as it was when it was found fit to hold it.
 */
public final class NamespaceController {
  private static final Logger log = System.getLogger(NamespaceController.class.getName());

  private static final String FINALIZER = "kubernetes";

  /** As upstream: ten namespaces are emptied at a time. */
  private static final int WORKERS = 10;

  /** How soon to look again at what only its finalizers keep; pods that end are noticed at once. */
  private static final Duration RECHECK = Duration.ofSeconds(1);

  private static final DeleteOptions BACKGROUND =
      DeleteOptions.builder().propagationPolicy("Background").build();

  private final ControllerContext context;
  private final Source source;

  private NamespaceController(ControllerContext context) {
    this.context = context;
    this.source = context.source();
  }

  public static Lifecycle open(ControllerContext context) {
    ControllerRunner runner = new ControllerRunner("namespace controller", context);
    Informer<Namespace> namespaces = runner.reads(CoreV1.NAMESPACES);
    NamespaceController self = new NamespaceController(context);
    Controller<String> controller =
        runner.holds(
            new Controller<>(
                "namespace", WORKERS, context.clock(), context.loops(), self::reconcile));
    namespaces.addHandler(
        Handler.of(
            namespace -> {
              if (namespace.metadata().deletionTimestamp() != null) {
                controller.enqueue(namespace.name());
              }
            }));
    Informer<Pod> pods = runner.reads(CoreV1.PODS);
    pods.addHandler(
        new Handler<>() {
          @Override
          public void onAdd(Pod pod) {}

          @Override
          public void onUpdate(Pod before, Pod after) {}

          @Override
          public void onDelete(Pod last) {
            Namespace namespace = namespaces.get("", last.namespace());
            if (namespace != null && namespace.metadata().deletionTimestamp() != null) {
              controller.enqueue(last.namespace());
            }
          }
        });
    return runner.begin(controller::start);
  }

  private Result reconcile(String name) {
    Namespace namespace;
    try {
      namespace = source.get(CoreV1.NAMESPACES, "", name);
    } catch (ApiFailure e) {
      if (e.isNotFound()) {
        return Result.done();
      }
      throw e;
    }
    boolean ours = namespace.spec().finalizers().contains(FINALIZER);
    if (namespace.metadata().deletionTimestamp() == null || !ours) {
      return Result.done();
    }
    RemainingContent remains = empty(name);
    namespace =
        Conflicts.updateStatus(
            source,
            CoreV1.NAMESPACES,
            namespace,
            current ->
                current.withStatus(
                    current.status().toBuilder()
                        .phase("Terminating")
                        .conditions(
                            remains.conditions(
                                current.status().conditions(), context.clock().now()))
                        .build()));
    if (!remains.isEmpty()) {
      remains.failures().forEach(failure -> log.log(Level.WARNING, name + ": " + failure));
      return Result.retryAfter(RECHECK);
    }
    finish(namespace);
    return Result.done();
  }

  /** Deletes what there is; says what is left after that. Pods go before all else. */
  private RemainingContent empty(String namespace) {
    RemainingContent remains = new RemainingContent();
    empty(CoreV1.PODS, namespace, remains);
    if (!remains.isEmpty()) {
      return remains;
    }
    Set<String> emptied = new LinkedHashSet<>();
    for (ApiResource each : source.resources()) {
      Resource<?> resource = each.resource();
      boolean first = !each.view() && emptied.add(resource.qualifiedName());
      if (first
          && resource.namespaced()
          && each.can("list", "delete")
          && !resource.equals(CoreV1.PODS)) {
        empty(resource, namespace, remains);
      }
    }
    return remains;
  }

  private <T extends ApiObject> void empty(
      Resource<T> resource, String namespace, RemainingContent remains) {
    try {
      List<T> present = list(resource, namespace);
      if (present.isEmpty()) {
        return;
      }
      for (T object : present) {
        delete(resource, namespace, object.name());
      }
      for (T object : list(resource, namespace)) {
        remains.object(resource.plural() + "." + resource.group(), object.metadata().finalizers());
      }
    } catch (ApiFailure e) {
      remains.failure(String.valueOf(e.getMessage()));
    }
  }

  private <T extends ApiObject> List<T> list(Resource<T> resource, String namespace) {
    try {
      return source.list(resource, namespace, ListOptions.ALL).items();
    } catch (ApiFailure e) {
      // Not served, or nothing that can be listed: now, not for ever.
      if (e.isNotFound() || e.code() == 405) {
        return List.of();
      }
      throw e;
    }
  }

  private void delete(Resource<?> resource, String namespace, String name) {
    try {
      source.delete(resource, namespace, name, BACKGROUND);
    } catch (ApiFailure e) {
      if (!e.isNotFound() && e.code() != 405) {
        throw e;
      }
    }
  }

  /** The finalizers are changed through their own subresource; with the last one it is gone. */
  private void finish(Namespace namespace) {
    List<Json> others = new ArrayList<>();
    for (String finalizer : namespace.spec().finalizers()) {
      if (!finalizer.equals(FINALIZER)) {
        others.add(Json.of(finalizer));
      }
    }
    Json body =
        Json.Obj.builder()
            .put(
                "metadata",
                Json.Obj.of("resourceVersion", Json.of(namespace.metadata().resourceVersion())))
            .put("spec", Json.Obj.of("finalizers", new Json.Arr(others)))
            .build();
    try {
      source.patch(CoreV1.NAMESPACES, "", namespace.name(), "finalize", Source.Patch.merge(body));
    } catch (ApiFailure e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }
}
