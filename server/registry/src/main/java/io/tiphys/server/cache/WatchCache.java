package io.tiphys.server.cache;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.store.Store;
import io.tiphys.store.StoreException;
import io.tiphys.store.Watch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * All objects of the store in memory, kept so by one watch of the store.
 *
 * <p>A loop of its own takes the store's events in order, hands each to the {@link ResourceFeed} of
 * its resource (which changes its {@link ResourceCache}, which offers it to the watches) and then
 * moves the cache's revision. A consistent read asks the store how far it has come and waits until
 * the cache is there: the read then shows every write that returned before it began, here or at
 * another server, and no object is read from the store.
 *
 * <p>A writer announces what it is about to write, so that the feed, when it meets those bytes
 * again, takes the writer's record instead of decoding a second one.
 */
public final class WatchCache implements Lifecycle {
  private static final Logger LOG = System.getLogger(WatchCache.class.getName());

  private final Store store;
  private final Clock clock;
  private final Freshness freshness;
  private final Map<String, ResourceFeed<?>> feeds = new ConcurrentHashMap<>();
  private final Map<String, Announced<?>> announced = new ConcurrentHashMap<>();
  private Loops.@Nullable Loop loop;
  private volatile @Nullable Watch events;
  private volatile boolean closed;

  /** How far the store has come with the last batch; the cache, once no feed is lost. */
  private long delivered;

  private WatchCache(Store store, Collection<Resource<?>> stored, Clock clock) {
    this.store = store;
    this.clock = clock;
    freshness = new Freshness(clock);
    stored.forEach(this::register);
    follow();
    settle();
  }

  /**
   * Reads the whole store and follows it from there.
   *
   * @param stored the kinds the store keeps to begin with; keys of others are passed over
   */
  public static WatchCache open(
      Store store, Collection<Resource<?>> stored, Clock clock, Loops loops) {
    WatchCache cache = new WatchCache(store, stored, clock);
    cache.loop = loops.start("cache-feed", cache::run);
    return cache;
  }

  /** Follows one more resource; returns when its objects are there. */
  public <S extends ApiObject> ResourceCache<S> add(Resource<S> stored)
      throws InterruptedException {
    CompletableFuture<Void> filled = register(stored).filled().copy();
    Clock.Timer deadline = clock.schedule(CacheLimits.FILL_TIMEOUT, () -> filled.cancel(false));
    wakeLoop();
    try {
      filled.get();
      return of(stored);
    } catch (CancellationException | ExecutionException e) {
      remove(stored);
      throw ApiFailure.serverTimeout(stored.qualifiedName(), "list", 1);
    } finally {
      deadline.cancel();
    }
  }

  /** Forgets a resource and ends its watches; what the store has of it stays there. */
  public void remove(Resource<?> stored) {
    ResourceFeed<?> feed = feeds.remove(StoreKeys.prefix(stored));
    if (feed != null) {
      feed.cache().close();
    }
  }

  private <S extends ApiObject> ResourceFeed<S> register(Resource<S> stored) {
    var feed =
        new ResourceFeed<>(new ResourceCache<>(stored, clock, freshness::revision), announced);
    if (feeds.putIfAbsent(StoreKeys.prefix(stored), feed) != null) {
      throw new IllegalStateException(
          "broken invariant: one kind below " + StoreKeys.prefix(stored));
    }
    return feed;
  }

  /** What is kept under the keys of a resource, whatever it is like; null for nothing. */
  public @Nullable ResourceCache<?> under(Resource<?> stored) {
    ResourceFeed<?> found = feeds.get(StoreKeys.prefix(stored));
    return found == null ? null : found.cache();
  }

  @SuppressWarnings("unchecked") // resources are kept under their own name
  public <S extends ApiObject> ResourceCache<S> of(Resource<S> stored) {
    ResourceFeed<?> found = feeds.get(StoreKeys.prefix(stored));
    if (found == null || !found.cache().resource().equals(stored)) {
      throw new IllegalStateException("broken invariant: cached: " + stored);
    }
    return (ResourceCache<S>) found.cache();
  }

  /** The state of the store that the cache shows. */
  public long revision() {
    return freshness.revision();
  }

  /** The state of the store itself: every write that has returned is in it. */
  public long storeRevision() throws InterruptedException {
    OptionalLong known = store.revisionAtHand();
    if (known.isPresent()) {
      return known.getAsLong();
    }
    try {
      return store.readIndex().get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StoreException failure
          ? StoreFailures.of(failure)
          : ApiFailure.internalError(e);
    } catch (StoreException e) {
      throw StoreFailures.of(e);
    }
  }

  /** Whether a consistent read would be answered without waiting or asking. */
  public boolean isCurrent() {
    OptionalLong known = store.revisionAtHand();
    return known.isPresent() && freshness.revision() >= known.getAsLong();
  }

  /** Whether every resource is as the store has it, as far as the cache has come. */
  public boolean isWhole() {
    return freshness.revision() > 0 && feeds.values().stream().noneMatch(ResourceFeed::isLost);
  }

  /** Blocks until the cache shows every write that has returned. */
  public void awaitCurrent() throws InterruptedException {
    awaitRevision(storeRevision());
  }

  /** Blocks until the cache shows the store at {@code revision}, an unsigned number, or later. */
  public void awaitRevision(long revision) throws InterruptedException {
    // What is beyond the store's numbers is as far away as the last of them.
    long target = revision < 0 ? Long.MAX_VALUE : revision;
    if (freshness.revision() >= target) {
      return;
    }
    // Where others write too, what led there may be nothing that the watch would tell by itself.
    Clock.Timer progress =
        store.revisionAtHand().isPresent()
            ? () -> {}
            : clock.schedule(CacheLimits.PROGRESS_PATIENCE, this::wakeLoop);
    try {
      if (!freshness.await(target, CacheLimits.FRESHNESS_TIMEOUT)) {
        throw Failures.tooLargeResourceVersion(revision, freshness.revision());
      }
    } finally {
      progress.cancel();
    }
  }

  private void wakeLoop() {
    Watch watch = events;
    if (watch != null) {
      watch.requestProgress();
    }
  }

  /** Says what is about to be written, before it is. */
  public <S extends ApiObject> Announced<S> announce(
      Resource<S> resource, String key, byte[] value, S record) {
    Announced<S> announcement = new Announced<>(resource.type(), key, value, record);
    announced.put(StoreKeys.prefix(resource) + key, announcement);
    return announcement;
  }

  /** Takes back an announcement: the write did not happen. */
  public void withdraw(Resource<?> resource, Announced<?> announcement) {
    announced.remove(StoreKeys.prefix(resource) + announcement.key(), announcement);
  }

  /** An entry that was read from the store rather than met in the feed; null for none. */
  public <S extends ApiObject> @Nullable Cached<S> read(
      Resource<S> resource, String key, Store.@Nullable Entry entry) {
    return entry == null
        ? null
        : Cached.ofStored(resource.type(), key, entry.modRevision(), entry.value());
  }

  /** What fails on the way is made good by the next run: what is lost is read again. */
  private void run() throws InterruptedException {
    while (!closed) {
      follow();
      settle();
      switch (next(following())) {
        case Watch.Batch batch -> apply(batch);
        case Watch.Compacted _ -> lose("fell behind the store");
        case Watch.Lost(String reason) -> lose("lost the store's watch (" + reason + ")");
        case Watch.Closed _ -> ended();
      }
    }
  }

  /** A watch that breaks is of no more use, whatever broke it. */
  private Watch.Next next(Watch watch) throws InterruptedException {
    try {
      return watch.next();
    } catch (RuntimeException e) {
      unfollow();
      throw e;
    }
  }

  private void unfollow() {
    Watch watch = events;
    events = null;
    if (watch != null) {
      watch.close();
    }
  }

  private Watch following() {
    Watch watch = events;
    if (watch == null) {
      throw new IllegalStateException("broken invariant: the store is watched");
    }
    return watch;
  }

  /** Watches the store unless it is watched: what is read after this is followed. */
  private void follow() {
    if (events != null) {
      return;
    }
    feeds.values().forEach(ResourceFeed::lose);
    long from = store.readIndex().join();
    delivered = Math.max(delivered, from);
    Watch watch = store.watch(StoreKeys.ROOT, StoreKeys.END, from);
    events = watch;
    if (closed) {
      watch.close();
    }
  }

  /**
   * Fills the feeds that are lost, each for itself: one that cannot be filled keeps no other from
   * it. Then the cache is as far as what it was told, unless something would be shown as it was.
   */
  private void settle() {
    RuntimeException failure = null;
    boolean current = true;
    for (ResourceFeed<?> feed : feeds.values()) {
      try {
        if (feed.isLost()) {
          feed.fill(store);
        }
      } catch (RuntimeException e) {
        failure = e;
        current &= !feed.filled().isDone(); // nobody reads yet what was never filled
      }
    }
    if (current && delivered > freshness.revision()) {
      freshness.advance(delivered);
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void apply(Watch.Batch batch) {
    RuntimeException failure = null;
    for (Store.Event event : batch.events()) {
      ResourceFeed<?> feed = feeds.get(StoreKeys.prefixOf(event.key()));
      try {
        if (feed != null) {
          feed.apply(event);
        }
      } catch (RuntimeException e) {
        failure = e; // only this feed is lost, the others go on
      }
    }
    delivered = Math.max(delivered, batch.revision());
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * Starts over: the watches of each resource end once its new state is there, and their clients
   * list again. Whoever opens one meanwhile opens it over the old state and is ended with the
   * others.
   */
  private void lose(String why) {
    LOG.log(Level.WARNING, "The cache {0} and reads it again", why);
    unfollow();
  }

  private void ended() {
    if (!closed) {
      unfollow();
      throw new StoreException("the watch of the store has ended");
    }
  }

  /** Ends the feed and all watches. */
  @Override
  public void close() {
    closed = true;
    Watch watch = events;
    if (watch != null) {
      watch.close();
    }
    freshness.close();
    feeds.values().forEach(feed -> feed.cache().close());
    if (loop != null) {
      loop.close();
    }
  }
}
