package io.tiphys.server.cache;

import io.tiphys.api.ApiObject;
import io.tiphys.base.SortedTree;
import io.tiphys.store.Store;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What keeps one {@link ResourceCache} as the store has it: filled from a range, then changed by
 * every event. Until it is filled, and from when an event could not be applied until it is filled
 * anew, it is lost: the cache shows the state before and its watches see nothing. Used by the
 * cache's loop alone, but for {@link #filled}.
 */
final class ResourceFeed<S extends ApiObject> {
  private final ResourceCache<S> cache;
  private final String prefix;
  private final Map<String, Announced<?>> announced;
  private final CompletableFuture<Void> filled = new CompletableFuture<>();
  private volatile boolean lost = true;
  private long filledAt;

  ResourceFeed(ResourceCache<S> cache, Map<String, Announced<?>> announced) {
    this.cache = cache;
    this.announced = announced;
    prefix = StoreKeys.prefix(cache.resource());
  }

  ResourceCache<S> cache() {
    return cache;
  }

  /** Done when it has been filled for the first time. */
  CompletableFuture<Void> filled() {
    return filled;
  }

  boolean isLost() {
    return lost;
  }

  /** Something may have happened that it was not told. */
  void lose() {
    lost = true;
  }

  /** Reads the resource whole; should it be compacted meanwhile, from the beginning once more. */
  void fill(Store store) {
    while (!fillOnce(store)) {}
    lost = false;
    filled.complete(null);
  }

  private boolean fillOnce(Store store) {
    SortedTree<Cached<S>> tree = SortedTree.empty();
    String from = prefix;
    String end = StoreKeys.end(prefix);
    long revision = Store.NEWEST;
    while (true) {
      if (!(store.range(from, end, revision, CacheLimits.FILL_PAGE)
          instanceof Store.Range.Page page)) {
        return false;
      }
      revision = page.revision();
      for (Store.Entry entry : page.entries()) {
        String key = entry.key().substring(prefix.length());
        tree = tree.with(key, stored(key, entry));
      }
      if (page.remaining() == 0 || page.entries().isEmpty()) {
        filledAt = revision;
        cache.fill(tree, revision);
        return true;
      }
      from = page.entries().getLast().key() + "\0";
    }
  }

  /** Applies a change unless it is in what was read already, or will be read anew. */
  void apply(Store.Event event) {
    if (lost || event.revision() <= filledAt) {
      return;
    }
    lost = true;
    String key = event.key().substring(prefix.length());
    cache.apply(key, event.revision(), event.deleted() ? null : stored(key, event.entry()));
    lost = false;
  }

  @SuppressWarnings("unchecked") // an announcement lies under the key of its own resource
  private Cached<S> stored(String key, Store.Entry entry) {
    @Nullable Announced<?> expected = announced.get(entry.key());
    if (expected != null && Arrays.equals(expected.value(), entry.value())) {
      announced.remove(entry.key(), expected);
      return (Cached<S>) expected.at(entry.modRevision());
    }
    return Cached.ofStored(cache.resource().type(), key, entry.modRevision(), entry.value());
  }
}
