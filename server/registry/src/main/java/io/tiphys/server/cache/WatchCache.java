package io.tiphys.server.cache;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectType;
import io.tiphys.api.Resource;
import io.tiphys.base.Clock;
import io.tiphys.base.Invariant;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.store.CompactedException;
import io.tiphys.store.Store;
import io.tiphys.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All objects of the store in memory, kept so by one watch of the store.
 *
 * <p>A thread of its own, the feed, takes the store's events in order, applies each to its {@link
 * ResourceCache} (which offers it to the watches) and then moves the cache's revision. A consistent
 * read asks the store for its revision, which is a number in memory, and waits until the cache has
 * reached it: the read then shows every write that returned before it began, the reader's own
 * included, and the store is never read.
 *
 * <p>A writer announces what it is about to write, so that the feed, when it meets those bytes
 * again, takes the writer's record instead of decoding a second one.
 */
public final class WatchCache implements Lifecycle {
  private static final Logger LOG = System.getLogger(WatchCache.class.getName());

  /** Everything that the API server keeps in the store lies below this. */
  private static final String PREFIX = "/registry/";

  /** The range of the watch is all keys that begin with a slash, so that no revision is missed. */
  private static final String WATCH_FROM = "/";

  private static final String WATCH_TO = "0";

  /** No revision: what was read is of no use. */
  private static final long COMPACTED = -1;

  private final Store store;
  private final Freshness freshness;
  private final Map<String, ResourceCache<?>> resources = new HashMap<>();
  private final Map<String, Announced<?>> announced = new ConcurrentHashMap<>();
  private Loops.@Nullable Loop feed;
  private volatile Store.Watch events;
  private volatile boolean closed;

  /** Whether events may have been lost, so that only the store knows what is true. */
  private boolean unsure;

  private WatchCache(Store store, Collection<Resource<?>> stored, Clock clock) {
    this.store = store;
    freshness = new Freshness(clock);
    for (Resource<?> resource : stored) {
      ResourceCache<?> empty = new ResourceCache<>(resource, clock, freshness::revision);
      boolean first = resources.put(resource.plural(), empty) == null;
      Invariant.check(first, "one stored kind below " + keyPrefix(resource));
    }
    long revision = fill();
    events = store.watch(WATCH_FROM, WATCH_TO, revision);
    freshness.advance(revision);
  }

  /**
   * Reads the whole store and follows it from there.
   *
   * @param stored the kinds the store keeps; keys of others are passed over
   */
  public static WatchCache open(
      Store store, Collection<Resource<?>> stored, Clock clock, Loops loops) {
    WatchCache cache = new WatchCache(store, stored, clock);
    cache.feed = loops.start("cache-feed", cache::feed);
    return cache;
  }

  /** Where the objects of a resource lie in the store. */
  public static String keyPrefix(Resource<?> resource) {
    return PREFIX + resource.plural() + "/";
  }

  @SuppressWarnings("unchecked") // resources are kept under their own name
  public <S extends ApiObject> ResourceCache<S> of(Resource<S> stored) {
    ResourceCache<?> found = resources.get(stored.plural());
    if (found == null || !found.resource().equals(stored)) {
      throw new IllegalStateException("broken invariant: cached: " + stored);
    }
    return (ResourceCache<S>) found;
  }

  /** The state of the store that the cache shows. */
  public long revision() {
    return freshness.revision();
  }

  /** The state of the store itself: every write that has returned is in it. */
  public long storeRevision() {
    return store.revision();
  }

  /** Whether a consistent read would be answered without waiting. */
  public boolean isCurrent() {
    return freshness.revision() >= store.revision();
  }

  /** Blocks until the cache shows every write that has returned. */
  public void awaitCurrent() throws InterruptedException {
    long target = store.revision();
    if (!freshness.await(target, CacheLimits.FRESHNESS_TIMEOUT)) {
      throw tooLarge(target);
    }
  }

  /** Blocks until the cache shows the store at {@code revision}, an unsigned number, or later. */
  public void awaitRevision(long revision) throws InterruptedException {
    // What is beyond the store's numbers is as far away as the last of them.
    long target = revision < 0 ? Long.MAX_VALUE : revision;
    if (!freshness.await(target, CacheLimits.FRESHNESS_TIMEOUT)) {
      throw tooLarge(revision);
    }
  }

  private ApiFailure tooLarge(long revision) {
    return Failures.tooLargeResourceVersion(revision, freshness.revision());
  }

  /** Says what is about to be written, before it is. */
  public <S extends ApiObject> Announced<S> announce(
      Resource<S> resource, String key, byte[] value, S record) {
    Announced<S> announcement = new Announced<>(resource.type(), key, value, record);
    announced.put(keyPrefix(resource) + key, announcement);
    return announcement;
  }

  /** Takes back an announcement: the write did not happen. */
  public void withdraw(Resource<?> resource, Announced<?> announcement) {
    announced.remove(keyPrefix(resource) + announcement.key(), announcement);
  }

  /** An entry that was read from the store rather than met in the feed; null for none. */
  public <S extends ApiObject> @Nullable Cached<S> read(
      Resource<S> resource, String key, Store.@Nullable Entry entry) {
    return entry == null
        ? null
        : Cached.ofStored(resource.type(), key, entry.modRevision(), entry.value());
  }

  /** Reads the whole store; should it be compacted meanwhile, from the beginning once more. */
  private long fill() {
    while (true) {
      Map<ResourceCache<?>, SortedTree<Cached<?>>> trees = new HashMap<>();
      long revision = read(trees);
      if (revision != COMPACTED) {
        for (ResourceCache<?> cache : resources.values()) {
          fill(cache, trees.getOrDefault(cache, SortedTree.empty()), revision);
        }
        return revision;
      }
    }
  }

  /** Reads one state into {@code trees} and returns its revision, or {@link #COMPACTED}. */
  private long read(Map<ResourceCache<?>, SortedTree<Cached<?>>> trees) {
    String from = WATCH_FROM;
    long revision = Store.NEWEST;
    while (true) {
      Store.Range range = store.range(from, WATCH_TO, revision, CacheLimits.FILL_PAGE);
      if (!(range instanceof Store.Range.Page page)) {
        return COMPACTED;
      }
      revision = page.revision();
      for (Store.Entry entry : page.entries()) {
        Located at = locate(entry.key());
        if (at != null) {
          Cached<?> object = stored(at.cache(), at.key(), entry);
          trees.merge(
              at.cache(),
              SortedTree.<Cached<?>>empty().with(at.key(), object),
              (tree, one) -> tree.with(at.key(), object));
        }
      }
      if (page.remaining() == 0 || page.entries().isEmpty()) {
        return revision;
      }
      from = page.entries().getLast().key() + "\0";
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // a tree was made of entries of the same resource
  private static void fill(ResourceCache<?> cache, SortedTree tree, long revision) {
    cache.fill(tree, revision);
  }

  /** What fails on the way is made good by the next run, which reads the store again. */
  private void feed() throws InterruptedException {
    while (!closed) {
      if (unsure) {
        refill();
        unsure = false;
      }
      unsure = true;
      try {
        List<Store.Event> batch = events.next();
        if (batch == null) {
          ended();
          return;
        }
        for (Store.Event event : batch) {
          apply(event);
        }
        freshness.advance(batch.getLast().entry().modRevision());
        unsure = false;
      } catch (CompactedException e) {
        LOG.log(Level.WARNING, "The cache fell behind the store and reads it again", e);
      }
    }
  }

  private void ended() {
    if (!closed) {
      throw new StoreException("the watch of the store has ended");
    }
  }

  /**
   * Starts over: all watches end once the new state is there, and their clients list again. Whoever
   * opens one meanwhile opens it over the old state and is ended with the others.
   */
  private void refill() {
    events.close();
    long revision = fill();
    events = store.watch(WATCH_FROM, WATCH_TO, revision);
    if (closed) {
      events.close();
    }
    freshness.advance(revision);
  }

  private void apply(Store.Event event) {
    Store.Entry entry = event.entry();
    Located at = locate(entry.key());
    if (at == null) {
      return;
    }
    if (event.deleted()) {
      at.cache().apply(at.key(), entry.modRevision(), null);
    } else {
      store(at.cache(), at.key(), entry);
    }
  }

  private <S extends ApiObject> void store(ResourceCache<S> cache, String key, Store.Entry entry) {
    cache.apply(key, entry.modRevision(), stored(cache, key, entry));
  }

  @SuppressWarnings("unchecked") // an announcement lies under the key of its own resource
  private <S extends ApiObject> Cached<S> stored(
      ResourceCache<S> cache, String key, Store.Entry entry) {
    Announced<?> expected = announced.get(entry.key());
    if (expected != null && Arrays.equals(expected.value(), entry.value())) {
      announced.remove(entry.key(), expected);
      return (Cached<S>) expected.at(entry.modRevision());
    }
    return Cached.ofStored(cache.resource().type(), key, entry.modRevision(), entry.value());
  }

  private @Nullable Located locate(String storeKey) {
    if (!storeKey.startsWith(PREFIX)) {
      return null;
    }
    int slash = storeKey.indexOf('/', PREFIX.length());
    if (slash < 0) {
      return null;
    }
    ResourceCache<?> cache = resources.get(storeKey.substring(PREFIX.length(), slash));
    return cache == null ? null : new Located(cache, storeKey.substring(slash + 1));
  }

  /** Ends the feed and all watches. */
  @Override
  public void close() {
    closed = true;
    events.close();
    freshness.close();
    resources.values().forEach(ResourceCache::close);
    if (feed != null) {
      feed.close();
    }
  }

  private record Located(ResourceCache<?> cache, String key) {}

  /** A write under way: its bytes and the record they were made of. */
  public static final class Announced<S extends ApiObject> {
    private final ObjectType<S> type;
    private final String key;
    private final byte[] value;
    private final S record;
    private @Nullable Cached<S> made;

    private Announced(ObjectType<S> type, String key, byte[] value, S record) {
      this.type = type;
      this.key = key;
      this.value = value;
      this.record = record;
    }

    String key() {
      return key;
    }

    byte[] value() {
      return value;
    }

    /** The written object; writer and feed get the same instance. */
    public synchronized Cached<S> at(long revision) {
      if (made == null || made.revision() != revision) {
        made = Cached.ofWritten(type, key, revision, value, record);
      }
      return made;
    }
  }
}
