package io.tiphys.server.hall;

import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.store.Store;
import io.tiphys.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** Has the store forget what is older than five minutes; apiserver/pkg/storage/etcd3/compact.go. */
final class Compactor implements Lifecycle {
  private static final Logger LOG = System.getLogger(Compactor.class.getName());

  /** Upstream's --etcd-compaction-interval: pages of a list stay consistent for so long. */
  private static final Duration INTERVAL = Duration.ofMinutes(5);

  private final Store store;
  private final Clock clock;
  private long lastSeen;
  private boolean closed;
  private Clock.Timer timer;

  private Compactor(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
    lastSeen = store.revision();
    timer = clock.schedule(INTERVAL, this::compact);
  }

  static Compactor open(Store store, Clock clock) {
    return new Compactor(store, clock);
  }

  private synchronized void compact() {
    if (closed) {
      return;
    }
    try {
      store.compact(lastSeen);
      lastSeen = store.revision();
    } catch (StoreException e) {
      LOG.log(Level.WARNING, "The store could not be compacted; trying again later", e);
    }
    timer = clock.schedule(INTERVAL, this::compact);
  }

  @Override
  public synchronized void close() {
    closed = true;
    timer.cancel();
  }
}
