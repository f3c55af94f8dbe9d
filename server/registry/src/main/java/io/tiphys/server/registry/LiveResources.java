package io.tiphys.server.registry;

import io.tiphys.server.cache.WatchCache;
import io.tiphys.server.kinds.Registry;

/**
 * What is served now: one reference to an immutable table. A request takes the table once and goes
 * on with it, whatever is served to those who come after it.
 */
public final class LiveResources {
  private final WatchCache cache;
  private volatile ResourceTable current;

  LiveResources(Registry registry, WatchCache cache) {
    this.cache = cache;
    current = ResourceTable.of(registry, cache, null);
  }

  public ResourceTable current() {
    return current;
  }

  public Registry registry() {
    return current.registry();
  }

  /** Serves {@code next} from now on. */
  public synchronized void serve(Registry next) {
    current = ResourceTable.of(next, cache, current);
  }
}
