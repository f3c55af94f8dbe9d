package io.tiphys.server.cache;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.SortedTree;
import io.tiphys.server.cache.CachedEvent.Bookmark;
import io.tiphys.server.cache.CachedEvent.Changed;
import io.tiphys.server.cache.CachedEvent.Kind;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one stored resource, what happened to them lately, and who watches them.
 *
 * <p>Readers take the current {@link Snapshot} without a lock. One lock orders changes and the
 * opening of watches: a watch is registered in the same step in which its initial events are
 * chosen, so no change is missed or seen twice. Lock order: this lock, then a watch's own.
 */
public final class ResourceCache<S extends ApiObject> {
  private final Resource<S> resource;
  private final Clock clock;
  private final LongSupplier dispatched;
  private final Form<S, S> storedForm;

  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by {@link #lock}. */
  private final History<S> history = new History<>();

  /** Guarded by {@link #lock}. */
  private final Watchers<S> watchers = new Watchers<>();

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  private volatile Snapshot<S> current = new Snapshot<>(SortedTree.empty(), 0);

  ResourceCache(Resource<S> resource, Clock clock, LongSupplier dispatched) {
    this.resource = resource;
    this.clock = clock;
    this.dispatched = dispatched;
    storedForm = Form.stored(resource.type());
  }

  public Resource<S> resource() {
    return resource;
  }

  /** Shows objects as they are stored. */
  public Form<S, S> storedForm() {
    return storedForm;
  }

  /**
   * Takes over the state that the store had at {@code revision}. Watches that are open miss what
   * led there, so they end, in the same step: none can be opened over the old state any more, and
   * one that is opened afterwards begins with the new one.
   */
  void fill(SortedTree<Cached<S>> objects, long revision) {
    List<CacheWatch<S, ?>> open;
    lock.lock();
    try {
      current = new Snapshot<>(objects, revision);
      history.startAt(revision);
      open = watchers.all();
      listeners.forEach(Runnable::run);
    } finally {
      lock.unlock();
    }
    open.forEach(CacheWatch::close);
  }

  /**
   * Applies one write and offers it to the watches.
   *
   * @param after null when the object was deleted
   */
  void apply(String key, long revision, @Nullable Cached<S> after) {
    lock.lock();
    try {
      SortedTree<Cached<S>> objects = current.tree();
      Cached<S> before = objects.get(key);
      if (before == null && after == null) {
        return;
      }
      Change<S> change = new Change<>(revision, before, after, clock.nanoTime(), objects);
      SortedTree<Cached<S>> changed =
          after == null ? objects.without(key) : objects.with(key, after);
      current = new Snapshot<>(changed, revision);
      history.add(change);
      watchers.offer(change);
      listeners.forEach(Runnable::run);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Has {@code action} run after every change, from when {@link #current} shows it. The action is
   * quick and never fails.
   */
  public Lifecycle onChange(Runnable action) {
    listeners.add(action);
    return () -> listeners.remove(action);
  }

  /**
   * The newest state the cache has. Its revision is that of the whole store, as far as the cache
   * has come, so that it names the newest state in which this one was true.
   */
  public Snapshot<S> current() {
    long store = dispatched.getAsLong();
    Snapshot<S> now = current;
    return now.revision() >= store ? now : new Snapshot<>(now.tree(), store);
  }

  /** The newest entry, without a snapshot around it. */
  public @Nullable Cached<S> get(String key) {
    return current.get(key);
  }

  /** The state at {@code revision}, which the cache has reached; null when it is forgotten. */
  @Nullable Snapshot<S> at(long revision) {
    lock.lock();
    try {
      if (revision < history.completeAfter()) {
        return null;
      }
      Change<S> next = history.firstAfter(revision);
      return new Snapshot<>(next == null ? current.tree() : next.stateBefore(), revision);
    } finally {
      lock.unlock();
    }
  }

  /** Opens a watch of changes after {@code revision}. */
  public <T extends ApiObject> CacheWatch<S, T> watchAfter(
      Form<S, T> form, Selection<T> selection, long revision, boolean bookmarks) {
    CacheWatch<S, T> watch = new CacheWatch<>(this, form, selection, revision, clock);
    List<Change<S>> missed;
    lock.lock();
    try {
      if (revision < history.completeAfter()) {
        throw ApiFailure.expired(
            "too old resource version: " + revision + " (" + history.completeAfter() + ")");
      }
      missed = history.after(revision);
      watchers.add(watch);
    } finally {
      lock.unlock();
    }
    Iterator<CachedEvent<T>> seen =
        missed.stream().map(watch::see).filter(Objects::nonNull).iterator();
    watch.startWith(seen, revision, bookmarks);
    return watch;
  }

  /**
   * Opens a watch that begins with all present objects as {@link Kind#ADDED}.
   *
   * @param atLeast the revision the cache has reached for this reader
   * @param endBookmark a bookmark follows the present objects
   */
  public <T extends ApiObject> CacheWatch<S, T> watchFromPresent(
      Form<S, T> form,
      Selection<T> selection,
      long atLeast,
      boolean bookmarks,
      boolean endBookmark) {
    CacheWatch<S, T> watch = new CacheWatch<>(this, form, selection, 0, clock);
    Snapshot<S> present;
    lock.lock();
    try {
      present = current();
      watchers.add(watch);
    } finally {
      lock.unlock();
    }
    long revision = Math.max(atLeast, present.revision());
    List<Cached<T>> objects = select(present, form, selection);
    Iterator<CachedEvent<T>> added =
        new InitialEvents<>(objects.iterator(), endBookmark ? revision : InitialEvents.NO_BOOKMARK);
    watch.startWith(added, revision, bookmarks);
    return watch;
  }

  private static <S extends ApiObject, T extends ApiObject> List<Cached<T>> select(
      Snapshot<S> snapshot, Form<S, T> form, Selection<T> selection) {
    List<Cached<T>> objects = new ArrayList<>();
    snapshot.scan(
        selection.from(),
        selection.to(),
        stored -> {
          if (form.shows(stored)) {
            Cached<T> object = stored.as(form);
            if (selection.matches(object)) {
              objects.add(object);
            }
          }
          return true;
        });
    return objects;
  }

  long dispatchedRevision() {
    return dispatched.getAsLong();
  }

  void forget(CacheWatch<S, ?> watch) {
    lock.lock();
    try {
      watchers.remove(watch);
    } finally {
      lock.unlock();
    }
  }

  /** Ends all watches. */
  void close() {
    List<CacheWatch<S, ?>> open;
    lock.lock();
    try {
      open = watchers.all();
    } finally {
      lock.unlock();
    }
    open.forEach(CacheWatch::close);
  }

  private static final class InitialEvents<T extends ApiObject>
      implements Iterator<CachedEvent<T>> {
    static final long NO_BOOKMARK = -1;

    private final Iterator<Cached<T>> objects;
    private long bookmark;

    InitialEvents(Iterator<Cached<T>> objects, long bookmark) {
      this.objects = objects;
      this.bookmark = bookmark;
    }

    @Override
    public boolean hasNext() {
      return objects.hasNext() || bookmark != NO_BOOKMARK;
    }

    @Override
    public CachedEvent<T> next() {
      if (objects.hasNext()) {
        return new Changed<>(Kind.ADDED, objects.next());
      }
      CachedEvent<T> end = new Bookmark<>(bookmark, true);
      bookmark = NO_BOOKMARK;
      return end;
    }
  }
}
