package io.tiphys.store.engine;

import io.tiphys.base.Invariant;
import io.tiphys.base.Lifecycle;
import io.tiphys.store.CompactedException;
import io.tiphys.store.KeyOrder;
import io.tiphys.store.Store.Event;
import io.tiphys.store.Store.Watch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
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

  /** Changes looked at in one step by a reader that is behind: keeps the lock short. */
  private static final int STEP = 256;

  private final ReentrantLock lock = new ReentrantLock();
  private final RecentEvents recent = new RecentEvents(RECENT_EVENTS, RECENT_BYTES);
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
  }

  /** Publishes changes, one per revision, following on those published before. */
  public void publish(List<Event> events) {
    lock.lock();
    try {
      for (Event event : events) {
        recent.add(event);
        published = event.entry().modRevision();
        for (Watcher watcher : watchers) {
          watcher.offer(event);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Opens a watch; see {@link io.tiphys.store.Store#watch}. */
  public Watch watch(String from, String to, long afterRevision) {
    lock.lock();
    try {
      var watcher = new Watcher(from, to, afterRevision);
      if (!closed) {
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
    private Queue<Event> buffer = new ArrayDeque<>();
    private long bufferedBytes;
    private boolean live;

    /** While behind: every change up to this revision was delivered, buffered or not asked for. */
    private long position;

    private Watcher(String from, String to, long afterRevision) {
      this.from = from;
      this.to = to;
      this.position = afterRevision;
      this.live = afterRevision >= published;
    }

    @Override
    public @Nullable List<Event> next() throws InterruptedException {
      while (true) {
        long after;
        long upTo;
        lock.lockInterruptibly();
        try {
          List<Event> events = awaitEvents();
          if (!watchers.contains(this)) {
            return null;
          }
          if (!events.isEmpty()) {
            return events;
          }
          after = position;
          upTo = published;
        } finally {
          lock.unlock();
        }
        List<Event> events = readHistory(after, upTo);
        if (!events.isEmpty()) {
          return events;
        }
      }
    }

    /** Returns no events when closed or when the next ones are to be read from history. */
    private List<Event> awaitEvents() throws InterruptedException {
      while (watchers.contains(this)) {
        if (!buffer.isEmpty()) {
          return drain();
        }
        if (live) {
          changed.await();
        } else if (position >= published) {
          live = true;
        } else if (recent.holds(position + 1)) {
          List<Event> events = readRecent();
          if (!events.isEmpty()) {
            return events;
          }
        } else {
          break;
        }
      }
      return List.of();
    }

    private List<Event> drain() {
      List<Event> events = List.copyOf(buffer);
      buffer = new ArrayDeque<>();
      bufferedBytes = 0;
      return events;
    }

    private List<Event> readRecent() {
      if (position < history.compactedRevision()) {
        throw new CompactedException(history.compactedRevision());
      }
      List<Event> events = new ArrayList<>();
      long end = Math.min(published, position + STEP);
      while (position < end) {
        Event event = recent.get(++position);
        if (wants(event)) {
          events.add(event);
        }
      }
      return events;
    }

    private List<Event> readHistory(long after, long upTo) {
      History.Slice slice = history.changes(from, to, after, upTo, STEP);
      Invariant.check(slice.lastRevision() > after, "history has every change not compacted");
      lock.lock();
      try {
        position = slice.lastRevision();
        return slice.events();
      } finally {
        lock.unlock();
      }
    }

    /** Called by the publisher for every change. */
    private void offer(Event event) {
      long revision = event.entry().modRevision();
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
        return;
      }
      buffer.add(event);
      bufferedBytes += size;
      changed.signal();
    }

    private boolean wants(Event event) {
      return KeyOrder.contains(from, to, event.entry().key());
    }

    @Override
    public void close() {
      lock.lock();
      try {
        watchers.remove(this);
        buffer = new ArrayDeque<>();
        changed.signal();
      } finally {
        lock.unlock();
      }
    }
  }
}
