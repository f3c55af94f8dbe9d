package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoordinationV1;
import io.tiphys.api.coordination.v1.Lease;
import io.tiphys.client.Fence;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.cache.StoreKeys;
import io.tiphys.server.cache.WatchCache;
import io.tiphys.store.Store;
import io.tiphys.store.Store.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * Has a leader's write happen only while it leads: the transaction compares the lease too, so that
 * whoever was stopped between asking and writing changes nothing once another one leads.
 */
final class Fencing {
  /** A lease is renewed every two seconds: nobody meets so many renewals with one write. */
  private static final int MAX_RENEWALS = 100;

  private final WatchCache cache;

  Fencing(WatchCache cache) {
    this.cache = cache;
  }

  /** What writes a transaction. */
  @FunctionalInterface
  interface Commit {
    Outcome run(Store.Txn txn);
  }

  /** Writes within the fence, again when the lease has merely been renewed meanwhile. */
  Outcome commit(Fence fence, Store.Txn txn, Commit commit) throws InterruptedException {
    for (int attempt = 0; attempt < MAX_RENEWALS; attempt++) {
      Store.Compare held = condition(fence);
      Outcome outcome = commit.run(with(held, txn));
      if (!(outcome instanceof Outcome.Conflict conflict) || !conflict.compare().equals(held)) {
        return outcome;
      }
      cache.awaitCurrent();
    }
    throw refused(fence);
  }

  private Store.Compare condition(Fence fence) {
    Cached<Lease> lease =
        cache.of(CoordinationV1.LEASES).get(fence.namespace() + "/" + fence.lease());
    if (lease == null || !fence.holds(lease.record().spec())) {
      throw refused(fence);
    }
    return new Store.Compare(
        StoreKeys.prefix(CoordinationV1.LEASES) + lease.key(), lease.revision());
  }

  private static Store.Txn with(Store.Compare held, Store.Txn txn) {
    List<Store.Compare> compares = new ArrayList<>();
    compares.add(held);
    compares.addAll(txn.compares());
    return new Store.Txn(compares, txn.puts(), txn.deletes());
  }

  private static ApiFailure refused(Fence fence) {
    return ApiFailure.conflict(CoordinationV1.LEASES, fence.lease(), fence.refusal());
  }
}
