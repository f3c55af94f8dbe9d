package io.tiphys.client;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.base.Backoff;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.meta.selector.Selector;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A local copy of a resource, kept up to date by list and watch, that tells handlers of changes.
 * Got from {@link Informers}, which shares one among all who ask.
 *
 * <p>When the API no longer has the version it would go on from (410), it lists again and tells
 * what differs; on any other failure it waits, longer each time, and goes on from where it was.
 */
public final class Informer<T extends ApiObject> implements Lister<T>, Lifecycle {
  private static final Logger log = System.getLogger(Informer.class.getName());

  /** Upstream waits 0.8 s at first; in one process the API is back sooner. */
  private static final Backoff BACKOFF =
      new Backoff(Duration.ofMillis(100), 2, 1, Duration.ofSeconds(30));

  /** As in client-go: a watch that ends sooner, without an event, counts as a failure. */
  private static final Duration SHORTEST_WATCH = Duration.ofSeconds(1);

  /** As in client-go's pager: large enough to be few, small enough to be built in one go. */
  private static final int PAGE = 500;

  private static final int GONE = 410;

  private final Source source;
  private final Resource<T> resource;
  private final String fieldSelector;
  private final Clock clock;
  private final RandomGenerator random;
  private final Loops loops;
  private final ObjectCache<T> cache = new ObjectCache<>();

  /** Open when nobody needs to wait for the first list any more: it is in, or never will be. */
  private final CountDownLatch settled = new CountDownLatch(1);

  private volatile boolean synced;

  /** Held while the copy changes and handlers are told, so that a new handler misses nothing. */
  private final ReentrantLock telling = new ReentrantLock();

  private final List<Handler<T>> handlers = new ArrayList<>();
  private final ReentrantLock state = new ReentrantLock();
  private Loops.@Nullable Loop loop;
  private @Nullable WatchStream<T> watch;
  private volatile boolean closed;

  /** The version the copy has reached; empty to list. Only the loop knows it. */
  private String version = "";

  Informer(
      Source source,
      Resource<T> resource,
      String fieldSelector,
      Clock clock,
      RandomGenerator random,
      Loops loops) {
    this.source = source;
    this.resource = resource;
    this.fieldSelector = fieldSelector;
    this.clock = clock;
    this.random = random;
    this.loops = loops;
  }

  /** Adds an index: the keys that an object is to be found by. */
  public void addIndex(String name, Function<T, ? extends Collection<String>> keys) {
    cache.addIndex(name, keys);
  }

  /** Adds a handler; it is told of the objects already here as additions, before this returns. */
  public void addHandler(Handler<T> handler) {
    telling.lock();
    try {
      handlers.add(handler);
      cache.list().forEach(object -> tell(() -> handler.onAdd(object)));
    } finally {
      telling.unlock();
    }
  }

  Resource<T> resource() {
    return resource;
  }

  /** Whether the first list has been told to the handlers. */
  public boolean hasSynced() {
    return synced;
  }

  /**
   * Blocks until {@link #hasSynced}.
   *
   * @throws InterruptedException also when it is closed before: then there never will be a copy
   */
  public void awaitSync() throws InterruptedException {
    settled.await();
    if (!synced) {
      throw new InterruptedException("closed");
    }
  }

  /** Blocks until the first list is in or the informer is closed. */
  void awaitSettled() throws InterruptedException {
    settled.await();
  }

  @Override
  public @Nullable T get(String namespace, String name) {
    return cache.get(namespace, name);
  }

  @Override
  public List<T> list() {
    return cache.list();
  }

  @Override
  public List<T> list(String namespace) {
    return cache.list(namespace);
  }

  @Override
  public List<T> list(String namespace, Selector labels) {
    return cache.list(namespace, labels);
  }

  @Override
  public List<T> byIndex(String index, String key) {
    return cache.byIndex(index, key);
  }

  /** Begins to list and watch, once. */
  void start() {
    state.lock();
    try {
      if (loop == null && !closed) {
        loop = loops.start("informer", resource.toString(), this::run);
      }
    } finally {
      state.unlock();
    }
  }

  @Override
  public void close() {
    Loops.Loop running;
    state.lock();
    try {
      closed = true;
      running = loop;
      if (watch != null) {
        watch.close();
      }
    } finally {
      state.unlock();
    }
    settled.countDown();
    if (running != null) {
      running.close();
    }
  }

  /** Whatever fails, the next run goes on from the version that the copy has reached. */
  private void run() throws InterruptedException {
    int hasty = 0;
    while (!closed) {
      if (version.isEmpty()) {
        version = replace();
      }
      long opened = clock.nanoTime();
      String reached = follow(version);
      // A watch that brings nothing and ends at once, again and again, must not become a busy
      // loop. One that ends after a quiet while is as it should be.
      boolean nothing =
          reached.equals(version) && clock.nanoTime() - opened < SHORTEST_WATCH.toNanos();
      hasty = nothing ? hasty + 1 : 0;
      version = reached;
      if (hasty > 0 && !closed) {
        clock.sleep(BACKOFF.delay(hasty, random));
      }
    }
  }

  /** Lists everything, makes the copy equal to it, and returns the list's version. */
  private String replace() {
    List<T> present = new ArrayList<>();
    ObjectList<T> page;
    String next = "";
    do {
      page = source.list(resource, "", new ListOptions("", fieldSelector, "", PAGE, next));
      present.addAll(page.items());
      next = page.continueToken();
    } while (!next.isEmpty());
    telling.lock();
    try {
      Set<ObjectKey> gone = cache.keys();
      present.forEach(object -> gone.remove(ObjectKey.of(object)));
      gone.forEach(this::removed);
      present.forEach(this::present);
    } finally {
      telling.unlock();
    }
    synced = true;
    settled.countDown();
    return page.resourceVersion();
  }

  /**
   * Follows the changes after {@code version}; returns the version reached, empty to list again.
   */
  private String follow(String version) throws InterruptedException {
    WatchStream<T> stream;
    try {
      stream = open(version);
    } catch (ApiFailure e) {
      return againUnlessGone(e);
    }
    String reached = version;
    try (stream) {
      for (WatchEvent<T> event = stream.next(); event != null; event = stream.next()) {
        switch (event) {
          case WatchEvent.Added<T>(var object) -> reached = changed(object);
          case WatchEvent.Modified<T>(var object) -> reached = changed(object);
          case WatchEvent.Deleted<T>(var object) -> {
            telling.lock();
            try {
              removed(ObjectKey.of(object));
            } finally {
              telling.unlock();
            }
            reached = object.metadata().resourceVersion();
          }
          case WatchEvent.Bookmark<T>(var bookmark) -> reached = bookmark;
          case WatchEvent.Failed<T>(var failure) -> {
            return againUnlessGone(failure);
          }
        }
      }
    }
    return reached;
  }

  private static String againUnlessGone(ApiFailure failure) {
    if (failure.status().code() == GONE) {
      return "";
    }
    throw failure;
  }

  private WatchStream<T> open(String version) throws InterruptedException {
    WatchStream<T> stream =
        source.watch(resource, "", new WatchOptions("", fieldSelector, version));
    state.lock();
    try {
      watch = stream;
      if (closed) {
        stream.close();
        throw new InterruptedException("closed");
      }
    } finally {
      state.unlock();
    }
    return stream;
  }

  private String changed(T object) {
    telling.lock();
    try {
      present(object);
    } finally {
      telling.unlock();
    }
    return object.metadata().resourceVersion();
  }

  private void present(T object) {
    T before = cache.put(object);
    if (before == null) {
      tellAll(handler -> handler.onAdd(object));
    } else if (!before.metadata().uid().equals(object.metadata().uid())) {
      tellAll(handler -> handler.onDelete(before));
      tellAll(handler -> handler.onAdd(object));
    } else if (!before.metadata().resourceVersion().equals(object.metadata().resourceVersion())) {
      tellAll(handler -> handler.onUpdate(before, object));
    }
  }

  private void removed(ObjectKey key) {
    T before = cache.remove(key);
    if (before != null) {
      tellAll(handler -> handler.onDelete(before));
    }
  }

  private void tellAll(Consumer<Handler<T>> message) {
    handlers.forEach(handler -> tell(() -> message.accept(handler)));
  }

  /** A handler's fault is its own; the others and the copy go on. */
  private void tell(Runnable message) {
    try {
      message.run();
    } catch (RuntimeException | Error e) {
      log.log(Level.ERROR, "a handler of " + resource + " failed", e);
    }
  }
}
