package io.tiphys.controllers.resourcequota;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.base.Clock;
import io.tiphys.client.ApiResource;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.Source;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRunner;
import io.tiphys.rules.quota.Amounts;
import io.tiphys.rules.quota.QuotaEvaluator;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The resources of which quotas can bound the number, and who is told when one of their objects
 * goes or counts otherwise. Checked against GetQuotableResources and resource_quota_monitor.go of
 * pkg/controller/resourcequota, and pkg/quota/v1/install.
 */
final class Quotables {
  private final Source source;
  private final Clock clock;
  private final ControllerRunner runner;
  private final Listener listener;

  /** The copies that are followed, by the name of the resource. Guarded by this. */
  private final Map<String, Informer<?>> followed = new LinkedHashMap<>();

  private volatile List<Resource<?>> served = List.of();

  /** Hears that something of a resource is used no longer, or otherwise. */
  @FunctionalInterface
  interface Listener {
    void changed(Resource<?> resource, String namespace);
  }

  Quotables(ControllerContext context, ControllerRunner runner, Listener listener) {
    source = context.source();
    clock = context.clock();
    this.runner = runner;
    this.listener = listener;
  }

  /** All of them, each in its best version. */
  List<Resource<?>> served() {
    return served;
  }

  /**
   * Follows what is served now.
   *
   * @return whether that is something else than before
   */
  synchronized boolean follow() {
    Map<String, Resource<?>> found = new LinkedHashMap<>();
    for (ApiResource each : source.resources()) {
      Resource<?> resource = each.resource();
      boolean quotable =
          resource.namespaced()
              && !each.view()
              && each.can("create", "list", "watch", "delete")
              && QuotaEvaluator.counts(resource);
      if (quotable) {
        found.putIfAbsent(resource.qualifiedName(), resource);
      }
    }
    followed.forEach(
        (name, informer) -> {
          if (!found.containsKey(name)) {
            runner.leaves(informer);
          }
        });
    followed.keySet().retainAll(found.keySet());
    found.forEach((name, resource) -> follow(name, resource));
    List<Resource<?>> before = served;
    served = List.copyOf(found.values());
    return !served.equals(before);
  }

  private <T extends ApiObject> void follow(String name, Resource<T> resource) {
    Informer<T> informer = runner.reads(resource);
    Informer<?> before = followed.put(name, informer);
    if (before == informer) {
      return;
    }
    if (before != null) {
      runner.leaves(before);
    }
    informer.addHandler(new Change<>(resource));
  }

  /** Tells what may free something. */
  private final class Change<T extends ApiObject> implements Handler<T> {
    private final Resource<T> resource;
    private final QuotaEvaluator evaluator;

    Change(Resource<T> resource) {
      this.resource = resource;
      evaluator = QuotaEvaluator.of(resource);
    }

    @Override
    public void onAdd(T object) {}

    @Override
    public void onUpdate(T before, T after) {
      Instant now = clock.now();
      boolean same =
          Amounts.same(evaluator.usage(before, now), evaluator.usage(after, now))
              && evaluator.countsAlike(before, after);
      if (!same) {
        listener.changed(resource, after.namespace());
      }
    }

    @Override
    public void onDelete(T last) {
      listener.changed(resource, last.namespace());
    }
  }
}
