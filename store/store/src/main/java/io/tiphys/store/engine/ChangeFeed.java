package io.tiphys.store.engine;

import io.tiphys.base.Invariant;
import io.tiphys.base.Lifecycle;
import io.tiphys.store.CompactedException;
import io.tiphys.store.KeyOrder;
import io.tiphys.store.Store.Event;
import io.tiphys.store.StoreException;
import io.tiphys.store.Watch;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hands committed changes to watchers, each exactly once and in order.
 *
 * <p>The difficulty is the reader that is slower than the writers. An unbounded buffer would eat
 * the memory, a blocking one would stop the writers, a lossy one would break the contract. So a
 * watcher is in one of two states:
 *
 * <pre>
 *          buffer full: forget nothing that is buffered, note the place
 *   live ──────────────────────────────────────────────────────────────▶ behind
 *    ▲   changes are put into its bounded buffer                           │ reads recent events,
 *    └─────────────────────────────────────────────────────────────────────┘ else {@link History}
 *                 its place has reached the last published change
 * </pre>
 *
 * <p>The change of state happens under the lock that publishing takes too, so that no change falls
 * between the two. Reading history happens outside it.
 */
public final class ChangeFeed implements Lifecycle {
  /**
   * Events kept in memory so that a watch from a recent revision reads no disk: some seconds of a
   * busy cluster, which is how long a client takes to come back after a broken connection.
   */
  private static final int RECENT_EVENTS = 4096;

  /** What the recent events may hold on to: a small part of the store's 30 MB. */
  private static final long RECENT_BYTES = 4L << 20;

  /** Events waiting for one live reader: several group commits; a reader further back is slow. */
  private static final int BUFFERED_EVENTS = 512;

  /** Bytes waiting for one live reader; most of them are shared with the recent events. */
  private static final long BUFFERED_BYTES = 1L << 20;

  /** Recent events looked at in one step by a reader that is behind: keeps the lock short. */
  private static final int STEP = 256;

  private final ReentrantLock lock = new ReentrantLock();
  private final RecentEvents recent;
  private final Set<Watcher> watchers = new LinkedHashSet<>();
  private final History history;
  private long published;
  private boolean closed;

  /**
   * @param published the last revision committed before the feed began
   */
  public ChangeFeed(History history, long published) {
    this.history = history;
    this.published = published;
    recent = new RecentEvents(RECENT_EVENTS, RECENT_BYTES, published);
  }

  /**
   * Publishes changes, following on those published before.
   *
   * @param events all events of whole transactions, in order of their revisions
   * @param revision how far the store has come with them
   */
  public void publish(List<Event> events, long revision) {
    lock.lock();
    try {
      for (Event event : events) {
        recent.add(event);
        for (Watcher watcher : watchers) {
          watcher.offer(event);
        }
      }
      if (revision > published) {
        published = revision;
        watchers.forEach(Watcher::progressed);
      }
    } finally {
      lock.unlock();
    }
  }

  /** What led to {@code revision} is lost: all watches end, new ones may begin there. */
  public void restart(long revision) {
    lock.lock();
    try {
      published = Math.max(published, revision);
      recent.startAt(published);
      List.copyOf(watchers).forEach(watcher -> watcher.end(new Watch.Compacted()));
    } finally {
      lock.unlock();
    }
  }

  /** How far the store has come, as the watchers know it. */
  public long published() {
    lock.lock();
    try {
      return published;
    } finally {
      lock.unlock();
    }
  }

  /** Opens a watch; see {@link io.tiphys.store.Store#watch}. */
  public Watch watch(String from, String to, long afterRevision) {
    lock.lock();
    try {
      var watcher = new Watcher(from, to, afterRevision);
      if (closed) {
        watcher.end(new Watch.Closed());
      } else {
        watchers.add(watcher);
      }
      return watcher;
    } finally {
      lock.unlock();
    }
  }

  /** Ends all watches. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      List.copyOf(watchers).forEach(Watcher::close);
    } finally {
      lock.unlock();
    }
  }

  /** One reader. All fields are guarded by the feed's lock. */
  private final class Watcher implements Watch {
    private final String from;
    private final String to;
    private final Condition changed = lock.newCondition();
    private ArrayDeque<Event> buffer = new ArrayDeque<>();
    private long bufferedBytes;
    private boolean live;

    /** While behind: every change up to this revision was delivered, buffered or not asked for. */
    private long position;

    /** The revision of the last batch. */
    private long delivered;

    private boolean progressWanted;

    /** How it ended; null while it goes on. */
    private @Nullable Next end;

    private Watcher(String from, String to, long afterRevision) {
      this.from = from;
      this.to = to;
      this.position = afterRevision;
      this.delivered = afterRevision;
      this.live = afterRevision >= published;
    }

    @Override
    public Next next() throws InterruptedException {
      while (true) {
        long after;
        long upTo;
        lock.lockInterruptibly();
        try {
          Next next = awaitNext();
          if (next != null) {
            return next;
          }
          after = position;
          upTo = published;
        } finally {
          lock.unlock();
        }
        readHistory(after, upTo);
      }
    }

    /** Returns null when the next events are to be read from history. */
    private @Nullable Next awaitNext() throws InterruptedException {
      while (true) {
        if (end != null) {
          return end;
        }
        if (!buffer.isEmpty()) {
          return drain();
        }
        if (position >= published) {
          live = true;
        }
        if (live) {
          if (progressWanted && published >= delivered) {
            return batch(List.of(), published);
          }
          changed.await();
        } else if (!recent.completeAfter(position)) {
          return null;
        } else if (history.isCompacted(position)) {
          end(new Compacted());
        } else {
          readRecent();
        }
      }
    }

    private Batch drain() {
      List<Event> events = List.copyOf(buffer);
      buffer = new ArrayDeque<>();
      bufferedBytes = 0;
      return batch(events, live ? published : position);
    }

    private Batch batch(List<Event> events, long revision) {
      progressWanted = false;
      delivered = Math.max(delivered, revision);
      return new Batch(events, revision);
    }

    /** Moves on by some recent events, those of a revision together. */
    private void readRecent() {
      long place = recent.placeAfter(position);
      for (int looked = 0; place < recent.end(); looked++, place++) {
        Event event = recent.get(place);
        if (looked >= STEP && event.revision() > position) {
          return;
        }
        position = event.revision();
        if (wants(event)) {
          buffer(event);
        }
      }
      position = published;
    }

    private void readHistory(long after, long upTo) throws InterruptedException {
      try {
        History.Slice slice = history.changes(from, to, after, upTo);
        Invariant.check(slice.lastRevision() > after, "history has every change not compacted");
        lock.lock();
        try {
          position = slice.lastRevision();
          slice.events().forEach(this::buffer);
        } finally {
          lock.unlock();
        }
      } catch (CompactedException _) {
        end(new Compacted());
      } catch (StoreException e) {
        boolean closing = e.reason() == StoreException.Reason.CLOSED;
        end(closing ? new Closed() : new Lost(String.valueOf(e.getMessage())));
      }
    }

    /** Called by the publisher for every change. */
    private void offer(Event event) {
      long revision = event.revision();
      if (!live || revision <= position || !wants(event)) {
        return;
      }
      long size = RecentEvents.size(event);
      boolean full =
          buffer.size() == BUFFERED_EVENTS
              || (!buffer.isEmpty() && bufferedBytes + size > BUFFERED_BYTES);
      if (full) {
        live = false;
        position = revision - 1;
        // A batch never splits a transaction: what is buffered of this one is read again.
        while (!buffer.isEmpty() && buffer.getLast().revision() == revision) {
          bufferedBytes -= RecentEvents.size(buffer.removeLast());
        }
        return;
      }
      buffer(event);
      changed.signal();
    }

    private void buffer(Event event) {
      buffer.add(event);
      bufferedBytes += RecentEvents.size(event);
    }

    private void progressed() {
      if (progressWanted) {
        changed.signal();
      }
    }

    private boolean wants(Event event) {
      return KeyOrder.contains(from, to, event.key());
    }

    @Override
    public void requestProgress() {
      lock.lock();
      try {
        progressWanted = true;
        changed.signal();
      } finally {
        lock.unlock();
      }
    }

    private void end(Next how) {
      lock.lock();
      try {
        if (end == null) {
          end = how;
        }
        watchers.remove(this);
        buffer = new ArrayDeque<>();
        changed.signal();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      end(new Closed());
    }
  }
}
