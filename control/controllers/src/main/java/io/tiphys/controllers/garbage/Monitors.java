package io.tiphys.controllers.garbage;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.ApiextensionsV1;
import io.tiphys.api.Resource;
import io.tiphys.base.Clock;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.Source;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRunner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The copies that feed the graph: one of each resource that the API serves, as definitions bring
 * them and take them away. Checked against syncMonitors in
 * pkg/controller/garbagecollector/graph_builder.go.
 */
final class Monitors {
  /** As upstream's initialSyncTimeout: a kind that cannot be listed must not hold up the others. */
  private static final Duration INITIAL_SYNC = Duration.ofSeconds(30);

  /** How often client-go's WaitForCacheSync looks. */
  private static final Duration LOOK = Duration.ofMillis(100);

  private final ControllerRunner runner;
  private final Source source;
  private final Clock clock;
  private final Kinds kinds;
  private final Graph graph;

  /** By the name of the resource. Guarded by this. */
  private final Map<String, Monitor<?>> monitors = new LinkedHashMap<>();

  private record Monitor<T extends ApiObject>(Resource<T> resource, Informer<T> informer) {
    /** Whether its objects still go by these names in the graph. */
    boolean isOf(Resource<?> served) {
      return resource.apiVersion().equals(served.apiVersion())
          && resource.kind().equals(served.kind())
          && resource.namespaced() == served.namespaced();
    }
  }

  Monitors(ControllerContext context, ControllerRunner runner, Kinds kinds, Graph graph) {
    this.runner = runner;
    this.source = context.source();
    this.clock = context.clock();
    this.kinds = kinds;
    this.graph = graph;
  }

  /**
   * Waits a while for the first lists, so that few owners must be asked for. Those that come later
   * do no harm: what the graph has not seen is asked for.
   */
  void awaitFirstLists() throws InterruptedException {
    long began = clock.nanoTime();
    while (!haveSynced() && clock.nanoTime() - began < INITIAL_SYNC.toNanos()) {
      clock.sleep(LOOK);
    }
  }

  private synchronized boolean haveSynced() {
    return monitors.values().stream().allMatch(monitor -> monitor.informer().hasSynced());
  }

  /** Follows what is served now, each in its best version, and nothing else. Waits for no list. */
  synchronized void follow() {
    Map<String, Resource<?>> served = new LinkedHashMap<>();
    kinds.watched().forEach(resource -> served.put(resource.qualifiedName(), resource));
    for (String name : List.copyOf(monitors.keySet())) {
      if (!served.containsKey(name)) {
        end(name);
      }
    }
    served.forEach(
        (name, resource) -> {
          Monitor<?> present = monitors.get(name);
          if (present == null) {
            monitors.put(name, monitor(resource));
          } else if (!present.isOf(resource)) {
            move(name, present, resource);
          }
        });
  }

  /** The finalizer of a definition sees to it that none of its objects is left when it is gone. */
  private void end(String name) {
    boolean undefined = isUndefined(name);
    Monitor<?> last = monitors.remove(name);
    if (last == null) {
      return;
    }
    runner.forgets(last.resource());
    if (undefined) {
      last.informer().list().forEach(object -> graph.gone(object.metadata().uid()));
    }
  }

  /** A definition that is there and serves no version keeps its objects. */
  private boolean isUndefined(String name) {
    try {
      source.get(ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS, "", name);
      return false;
    } catch (ApiFailure e) {
      if (e.isNotFound()) {
        return true;
      }
      throw e;
    }
  }

  /** What went between the end of the one copy and the first list of the other is asked for. */
  private void move(String name, Monitor<?> last, Resource<?> resource) {
    runner.forgets(last.resource());
    List<ApiObject> objects = new ArrayList<>(last.informer().list());
    objects.forEach(object -> graph.unseen(identity(resource, object)));
    monitors.put(name, monitor(resource));
  }

  private <T extends ApiObject> Monitor<T> monitor(Resource<T> resource) {
    Informer<T> informer = runner.reads(resource);
    informer.addHandler(
        new Handler<>() {
          @Override
          public void onAdd(T object) {
            graph.seen(identity(resource, object), null, object.metadata());
          }

          @Override
          public void onUpdate(T before, T after) {
            graph.seen(identity(resource, after), before.metadata(), after.metadata());
          }

          @Override
          public void onDelete(T last) {
            graph.gone(last.metadata().uid());
          }
        });
    return new Monitor<>(resource, informer);
  }

  private static Identity identity(Resource<?> resource, ApiObject object) {
    return new Identity(
        resource.apiVersion(),
        resource.kind(),
        object.namespace(),
        object.name(),
        object.metadata().uid());
  }
}
