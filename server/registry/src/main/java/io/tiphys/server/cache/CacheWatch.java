package io.tiphys.server.cache;

import io.tiphys.api.ApiObject;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.server.cache.CachedEvent.Bookmark;
import io.tiphys.server.cache.CachedEvent.Changed;
import io.tiphys.server.cache.CachedEvent.Kind;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Iterator;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An open watch of one resource, read by one thread. First come the events it starts with (present
 * objects, or changes it has missed), then changes as they happen, in order and each exactly once.
 * A reader so slow that its buffer overflows finds the watch ended.
 *
 * @param <S> the stored kind
 * @param <T> the kind shown
 */
public final class CacheWatch<S extends ApiObject, T extends ApiObject> implements Lifecycle {
  private final Form<S, T> form;
  private final Selection<T> selection;
  private final ResourceCache<S> cache;
  private final Clock clock;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();

  /** Guarded by {@link #lock}. */
  private final ArrayDeque<CachedEvent<T>> waiting = new ArrayDeque<>();

  private boolean overflowed;
  private boolean closed;
  private boolean bookmarkDue;
  private Clock.@Nullable Timer bookmarkTimer;

  /** Changes up to this revision are not for this watch, whenever they happen. */
  private final long after;

  /** Where the events after the initial ones begin; set before the watch is handed out. */
  private long startRevision;

  /** Read only by the watch's own thread. */
  private Iterator<CachedEvent<T>> initial;

  /**
   * @param after what the client has seen already, or says it has: perhaps from another server that
   *     is ahead of this one
   */
  CacheWatch(
      ResourceCache<S> cache, Form<S, T> form, Selection<T> selection, long after, Clock clock) {
    this.after = after;
    this.cache = cache;
    this.form = form;
    this.selection = selection;
    this.clock = clock;
    initial = Collections.emptyIterator();
  }

  Selection<T> selection() {
    return selection;
  }

  /** Sets what the watch starts with; before it is handed to its reader. */
  void startWith(Iterator<CachedEvent<T>> events, long revision, boolean bookmarks) {
    initial = events;
    startRevision = revision;
    if (bookmarks) {
      armBookmark();
    }
  }

  /**
   * Blocks for the next event.
   *
   * @return null when the watch was closed, or its reader was too slow
   */
  public @Nullable CachedEvent<T> next() throws InterruptedException {
    if (initial.hasNext()) {
      return initial.next();
    }
    lock.lockInterruptibly();
    try {
      while (true) {
        CachedEvent<T> event = waiting.poll();
        if (event != null) {
          return event;
        }
        if (closed || overflowed) {
          return null;
        }
        if (bookmarkDue) {
          bookmarkDue = false;
          armBookmark();
          return new Bookmark<>(deliveredRevision(), false);
        }
        arrived.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The next event if there is one at hand; null otherwise. */
  public @Nullable CachedEvent<T> poll() {
    if (initial.hasNext()) {
      return initial.next();
    }
    lock.lock();
    try {
      return waiting.poll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether no more events will come: it was closed, or its reader was too slow. */
  public boolean hasEnded() {
    lock.lock();
    try {
      return closed || overflowed;
    } finally {
      lock.unlock();
    }
  }

  /** Called by the cache for every change that may concern this watch. */
  void offer(Change<S> change) {
    CachedEvent<T> event = change.revision() <= after ? null : see(change);
    if (event == null) {
      return;
    }
    lock.lock();
    try {
      if (closed || overflowed) {
        return;
      }
      if (waiting.size() >= CacheLimits.WATCH_BUFFER) {
        overflowed = true;
        waiting.clear();
      } else {
        waiting.add(event);
      }
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  /** What the change looks like through the selection: an object may enter or leave it. */
  @Nullable CachedEvent<T> see(Change<S> change) {
    Cached<T> before = shown(change.before());
    Cached<T> after = shown(change.after());
    if (after != null) {
      return new Changed<>(before == null ? Kind.ADDED : Kind.MODIFIED, after);
    }
    return before == null ? null : new Changed<>(Kind.DELETED, before.deletedAt(change.revision()));
  }

  /** The name of an indexed field, apart from fields of the same name of other kinds. */
  String fieldIdentity(Selection.FieldValue<?> field) {
    return form.type().gvk() + " " + field.field();
  }

  /** What a stored object has in the field this watch is sorted by. */
  String indexValue(Cached<S> stored) {
    Selection.FieldValue<T> index = selection.index();
    return index == null ? "" : index.read().apply(stored.as(form).record());
  }

  private @Nullable Cached<T> shown(@Nullable Cached<S> stored) {
    if (stored == null || !form.shows(stored)) {
      return null;
    }
    Cached<T> object = stored.as(form);
    return selection.matches(object) ? object : null;
  }

  /**
   * The revision up to which everything was delivered. The queue is empty here and the cache moves
   * its revision only after it has offered a change; the lock keeps offers out meanwhile, so a
   * change at or before that revision cannot still be on its way.
   */
  private long deliveredRevision() {
    return Math.max(startRevision, cache.dispatchedRevision());
  }

  private void armBookmark() {
    bookmarkTimer = clock.schedule(CacheLimits.BOOKMARK_PERIOD, this::bookmark);
  }

  private void bookmark() {
    lock.lock();
    try {
      bookmarkDue = true;
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    cache.forget(this);
    lock.lock();
    try {
      closed = true;
      if (bookmarkTimer != null) {
        bookmarkTimer.cancel();
      }
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }
}
