package io.tiphys.server.registry;

import io.tiphys.api.Resource;
import io.tiphys.server.cache.ResourceCache;
import io.tiphys.server.cache.WatchCache;
import io.tiphys.server.kinds.Registry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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

  /** Serves {@code next} from now on. Of what is kept otherwise than before the watches end. */
  public synchronized void serve(Registry next) throws InterruptedException {
    Set<Resource<?>> kept = new HashSet<>();
    for (Resource<?> stored : ResourceTable.storedResources(next)) {
      ResourceCache<?> present = cache.under(stored);
      if (present != null && !present.resource().equals(stored)) {
        cache.remove(present.resource());
        present = null;
      }
      if (present == null) {
        cache.add(stored);
      }
      kept.add(stored);
    }
    List<Resource<?>> gone = new ArrayList<>(ResourceTable.storedResources(current.registry()));
    current = ResourceTable.of(next, cache, current);
    for (Resource<?> stored : gone) {
      ResourceCache<?> present = kept.contains(stored) ? null : cache.under(stored);
      if (present != null && present.resource().equals(stored)) {
        cache.remove(stored);
      }
    }
  }
}
