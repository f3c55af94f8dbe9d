package io.tiphys.server.admission.quota;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.core.v1.ResourceQuota;
import io.tiphys.base.Clock;
import io.tiphys.rules.quota.Amounts;
import io.tiphys.rules.quota.QuotaEvaluator;
import io.tiphys.server.admission.AdmissionRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where requests of some namespaces are charged, one after another.
 *
 * <p>Each charge is a write of the quota, and a hundred creators of one namespace would overtake
 * one another a hundred times. So whoever comes first charges all who wait with it, in one write;
 * the others find that it is done. Other servers and the controller write the same quotas: who is
 * overtaken by them looks at the quotas anew. Checked against checkQuotas of
 * apiserver/pkg/admission/plugin/resourcequota/controller.go.
 */
final class ChargingDesk {
  /** As upstream: who is overtaken so often gives up. */
  private static final int MAX_RETRIES = 3;

  private final QuotaAccess access;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final ConcurrentLinkedQueue<Waiter> waiting = new ConcurrentLinkedQueue<>();

  ChargingDesk(QuotaAccess access, Clock clock) {
    this.access = access;
    this.clock = clock;
  }

  /** A request that waits for its outcome. Guarded by the lock once it waits. */
  private static final class Waiter {
    final AdmissionRequest request;
    final QuotaEvaluator evaluator;
    boolean done;

    /** Nobody waits any more for what becomes of it. */
    volatile boolean gone;

    @Nullable RuntimeException refusal;

    Waiter(AdmissionRequest request, QuotaEvaluator evaluator) {
      this.request = request;
      this.evaluator = evaluator;
    }

    void finish(@Nullable RuntimeException outcome) {
      done = true;
      refusal = outcome;
    }
  }

  /**
   * Charges the quotas of the namespace.
   *
   * @throws ApiFailure if one of them is exceeded
   */
  void charge(AdmissionRequest request, QuotaEvaluator evaluator) throws InterruptedException {
    Waiter own = new Waiter(request, evaluator);
    waiting.add(own);
    try {
      lock.lockInterruptibly();
      try {
        while (!own.done) {
          serveAllOfOneNamespace();
        }
      } finally {
        lock.unlock();
      }
    } catch (InterruptedException e) {
      own.gone = true;
      waiting.remove(own);
      throw e;
    }
    if (own.refusal != null) {
      throw own.refusal;
    }
  }

  private void serveAllOfOneNamespace() throws InterruptedException {
    Waiter first = waiting.peek();
    if (first == null) {
      return;
    }
    String namespace = first.request.namespace();
    List<Waiter> batch =
        waiting.stream().filter(each -> each.request.namespace().equals(namespace)).toList();
    waiting.removeAll(batch);
    try {
      serve(batch, access.present(namespace), MAX_RETRIES);
    } catch (RuntimeException failure) {
      batch.stream().filter(each -> !each.done).forEach(each -> each.finish(failure));
    } catch (InterruptedException e) {
      batch.stream().filter(each -> !each.done).forEach(this::putBack);
      throw e;
    } catch (Error e) {
      batch.stream()
          .filter(each -> !each.done)
          .forEach(each -> each.finish(ApiFailure.timeout("the quota was not charged")));
      throw e;
    }
  }

  /** Those who still wait lead themselves. */
  private void putBack(Waiter waiter) {
    waiting.add(waiter);
    if (waiter.gone) {
      waiting.remove(waiter);
    }
  }

  private void serve(List<Waiter> batch, List<ResourceQuota> quotas, int retries)
      throws InterruptedException {
    Instant now = clock.now();
    List<ResourceQuota> charged = quotas;
    for (Waiter waiter : batch) {
      if (!waiter.done) {
        charged = decide(waiter, charged, now);
      }
    }
    List<String> overtaken = new ArrayList<>();
    ApiFailure last = null;
    for (int i = 0; i < quotas.size(); i++) {
      ResourceQuota quota = charged.get(i);
      if (Amounts.same(quotas.get(i).status().used(), quota.status().used())) {
        continue;
      }
      try {
        access.charge(quota);
      } catch (ApiFailure failure) {
        overtaken.add(quota.name());
        last = failure;
      }
    }
    if (overtaken.isEmpty() || retries == 0) {
      ApiFailure outcome = last;
      batch.stream().filter(each -> !each.done).forEach(each -> each.finish(outcome));
      return;
    }
    // The other quotas have been charged already.
    List<ResourceQuota> anew =
        access.present(batch.getFirst().request.namespace()).stream()
            .filter(quota -> overtaken.contains(quota.name()))
            .toList();
    serve(batch, anew, retries - 1);
  }

  /** The quotas after one more request; those who need no write are done. */
  private static List<ResourceQuota> decide(
      Waiter waiter, List<ResourceQuota> quotas, Instant now) {
    List<ResourceQuota> charged;
    try {
      charged = new QuotaDecision(waiter.request, waiter.evaluator, now).charge(quotas);
    } catch (ApiFailure refusal) {
      waiter.finish(refusal);
      return quotas;
    }
    if (waiter.request.dryRun() || charged.equals(quotas)) {
      waiter.finish(null);
      return quotas;
    }
    return charged;
  }
}
