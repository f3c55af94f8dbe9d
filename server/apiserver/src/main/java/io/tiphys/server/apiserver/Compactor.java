package io.tiphys.server.apiserver;

import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.store.Store;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

/** Has the store forget what is older than five minutes; apiserver/pkg/storage/etcd3/compact.go. */
final class Compactor implements Lifecycle {
  /** Upstream's --etcd-compaction-interval: pages of a list stay consistent for so long. */
  private static final Duration INTERVAL = Duration.ofMinutes(5);

  private final Store store;
  private final Clock clock;
  private final Loops.Loop loop;
  private long lastSeen;
  private long lastDone;

  private Compactor(Store store, Clock clock, Loops loops) {
    this.store = store;
    this.clock = clock;
    lastSeen = store.readIndex().join();
    lastDone = clock.nanoTime();
    loop = loops.start("compactor", this::run);
  }

  static Compactor open(Store store, Clock clock, Loops loops) {
    return new Compactor(store, clock, loops);
  }

  private void run() throws InterruptedException, ExecutionException {
    while (true) {
      clock.sleep(INTERVAL.minusNanos(clock.nanoTime() - lastDone));
      store.compact(lastSeen);
      lastSeen = store.readIndex().get();
      lastDone = clock.nanoTime();
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
