package io.tiphys.controllers.resourcequota;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.ApiextensionsV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.ResourceQuota;
import io.tiphys.api.core.v1.ResourceQuotaStatus;
import io.tiphys.base.Lifecycle;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.ListOptions;
import io.tiphys.client.Source;
import io.tiphys.controllers.kit.Controller;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRunner;
import io.tiphys.controllers.kit.Result;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.quota.Amounts;
import io.tiphys.rules.quota.QuotaEvaluator;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts what is used of each quota: when the quota is new or bounds something else, when something
 * goes that counted, and every five minutes. Checked against pkg/controller/resourcequota.
 *
 * <p>Admission charges an object before it is stored. A count that comes in between misses it, and
 * would let another in its place. So what is used is only counted down a while after that was first
 * seen to be due, and never by what was charged since. Upstream takes that risk, and counts its
 * copies, where this asks the API.
 */
public final class ResourceQuotaController {
  /** As upstream's --concurrent-resource-quota-syncs. */
  private static final int WORKERS = 5;

  /** As upstream's --resource-quota-sync-period. */
  private static final Duration RESYNC = Duration.ofMinutes(5);

  /** As the period of upstream's Sync: how often to look what else is served. */
  private static final Duration DISCOVERY = Duration.ofSeconds(30);

  /** No object is on its way from admission to the store for so long, unless the disk stands. */
  private static final Duration SETTLED = Duration.ofMillis(500);

  /** What was on its way for longer than that, and missed, is found when this looks again. */
  private static final Duration AFTER_LOWERING = Duration.ofSeconds(15);

  private final ControllerContext context;
  private final Source source;
  private final Informer<ResourceQuota> quotas;
  private final Quotables quotables;
  private final Controller<Key> controller;

  /** Those that wait to be counted down, as they were when that was first seen. */
  private final Map<Key, Seen> waiting = new ConcurrentSkipListMap<>();

  private record Key(String namespace, String name) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::namespace).thenComparing(Key::name);

    static Key of(ResourceQuota quota) {
      return new Key(quota.namespace(), quota.name());
    }

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  private record Seen(String uid, Map<String, Quantity> used, Instant since) {}

  private ResourceQuotaController(ControllerContext context, ControllerRunner runner) {
    this.context = context;
    source = context.source();
    quotas = runner.reads(CoreV1.RESOURCEQUOTAS);
    controller =
        runner.holds(
            new Controller<>(
                "resourcequota", WORKERS, context.clock(), context.loops(), this::reconcile));
    quotables = new Quotables(context, runner, this::replenish);
  }

  /** Asks on a thread of its own what the API serves; nothing at start waits for this. */
  public static Lifecycle open(ControllerContext context) {
    ControllerRunner runner = new ControllerRunner("resourcequota controller", context);
    return runner.begin(
        () -> {
          ResourceQuotaController self = new ResourceQuotaController(context, runner);
          self.quotables.follow();
          self.quotas.addHandler(self.new Change());
          Controller<String> definitions =
              runner.holds(
                  new Controller<>(
                      "resourcequota-kinds",
                      1,
                      context.clock(),
                      context.loops(),
                      self::followDefinitions));
          runner
              .reads(ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS)
              .addHandler(Handler.of(_ -> definitions.enqueue("all")));
          definitions.enqueue("all");
          definitions.start();
          self.controller.start();
        });
  }

  /** A charge is no reason to count. */
  private final class Change implements Handler<ResourceQuota> {
    @Override
    public void onAdd(ResourceQuota quota) {
      controller.enqueue(Key.of(quota));
    }

    @Override
    public void onUpdate(ResourceQuota before, ResourceQuota after) {
      Map<String, Quantity> hard = after.spec().hard();
      boolean same =
          before.metadata().uid().equals(after.metadata().uid())
              && Amounts.same(before.spec().hard(), hard)
              && Amounts.same(after.status().hard(), hard);
      if (!same) {
        controller.enqueue(Key.of(after));
      }
    }

    @Override
    public void onDelete(ResourceQuota last) {
      controller.enqueue(Key.of(last));
    }
  }

  /** Many definitions that come at once are followed once; one may be served later than it came. */
  private Result followDefinitions(String all) {
    if (quotables.follow()) {
      quotas.list().forEach(quota -> controller.enqueue(Key.of(quota)));
    }
    return Result.retryAfter(DISCOVERY);
  }

  /** Something of a kind went, or counts otherwise than before. */
  private void replenish(Resource<?> resource, String namespace) {
    QuotaEvaluator evaluator = QuotaEvaluator.of(resource);
    for (ResourceQuota quota : quotas.list(namespace)) {
      if (!evaluator.matching(quota.status().hard().keySet()).isEmpty()) {
        controller.enqueue(Key.of(quota));
      }
    }
  }

  private Result reconcile(Key key) {
    ResourceQuota quota = find(key);
    if (quota == null) {
      return Result.done();
    }
    Map<String, Quantity> counted = count(quota);
    ResourceQuota now = find(key); // Who was charged while this counted is not to be overtaken.
    if (now == null) {
      return Result.done();
    }
    return now.metadata().uid().equals(quota.metadata().uid()) && now.spec().equals(quota.spec())
        ? tell(key, now, counted)
        : Result.retryAfter(SETTLED);
  }

  private @Nullable ResourceQuota find(Key key) {
    try {
      return source.get(CoreV1.RESOURCEQUOTAS, key.namespace(), key.name());
    } catch (ApiFailure e) {
      if (!e.isNotFound()) {
        throw e;
      }
      waiting.remove(key);
      return null;
    }
  }

  private Result tell(Key key, ResourceQuota quota, Map<String, Quantity> counted) {
    Map<String, Quantity> hard = quota.spec().hard();
    ResourceQuotaStatus status = quota.status();
    Map<String, Quantity> told = Amounts.only(status.used(), hard.keySet());
    Map<String, Quantity> used = new TreeMap<>(told);
    counted.forEach((name, amount) -> used.merge(name, amount, ResourceQuotaController::higher));
    Instant now = context.clock().now();
    boolean lowers = !Amounts.exceeding(told, counted).isEmpty();
    Seen seen = waiting.get(key);
    if (!lowers) {
      waiting.remove(key);
    } else if (seen == null || !seen.uid().equals(quota.metadata().uid())) {
      waiting.put(key, new Seen(quota.metadata().uid(), told, now));
    } else if (!now.isBefore(seen.since().plus(SETTLED))) {
      lower(used, counted, Amounts.subtract(told, seen.used()));
      waiting.remove(key);
    }
    if (!Amounts.same(status.hard(), hard) || !Amounts.same(status.used(), used)) {
      source.updateStatus(
          CoreV1.RESOURCEQUOTAS,
          quota.withStatus(ResourceQuotaStatus.builder().hard(hard).used(used).build()));
    }
    if (waiting.containsKey(key)) {
      return Result.retryAfter(SETTLED);
    }
    return Result.retryAfter(lowers ? AFTER_LOWERING : RESYNC);
  }

  /** Of what has been charged since the first sight, nobody knows whether it is counted. */
  private static void lower(
      Map<String, Quantity> used, Map<String, Quantity> counted, Map<String, Quantity> risen) {
    counted.forEach(
        (name, amount) -> {
          Quantity most = amount.add(risen.getOrDefault(name, Quantity.ZERO));
          used.computeIfPresent(name, (_, told) -> told.compareTo(most) > 0 ? most : told);
        });
  }

  private static Quantity higher(Quantity one, Quantity other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  /** What is used of each bounded thing that can be counted here. */
  private Map<String, Quantity> count(ResourceQuota quota) {
    Set<String> bounded = quota.spec().hard().keySet();
    Map<String, Quantity> counted = new TreeMap<>();
    for (Resource<?> resource : quotables.served()) {
      QuotaEvaluator evaluator = QuotaEvaluator.of(resource);
      Set<String> names = evaluator.matching(bounded);
      if (!names.isEmpty()) {
        Map<String, Quantity> sum = count(resource, evaluator, quota);
        names.forEach(name -> counted.put(name, sum.getOrDefault(name, Quantity.ZERO)));
      }
    }
    return counted;
  }

  private <T extends ApiObject> Map<String, Quantity> count(
      Resource<T> resource, QuotaEvaluator evaluator, ResourceQuota quota) {
    Map<String, Quantity> sum = new TreeMap<>();
    List<T> present = source.list(resource, quota.namespace(), ListOptions.ALL).items();
    for (T object : present) {
      boolean inScope =
          QuotaEvaluator.scopes(quota.spec()).stream()
              .allMatch(scope -> evaluator.isIn(scope, object));
      if (inScope) {
        evaluator
            .usage(object, context.clock().now())
            .forEach((name, amount) -> sum.merge(name, amount, Quantity::add));
      }
    }
    return sum;
  }
}
