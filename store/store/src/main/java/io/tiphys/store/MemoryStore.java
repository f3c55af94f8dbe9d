package io.tiphys.store;

import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.store.engine.ChangeFeed;
import io.tiphys.store.engine.Expirations;
import io.tiphys.store.engine.History;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The store in memory, for ephemeral clusters and tests.
 *
 * <p>Every key holds its versions as a chain from the newest to the oldest. A writer puts a version
 * in front of the chain and then raises the revision; a reader takes the revision first and skips
 * what is newer, so readers need no lock and block nobody. Compaction cuts the ends off chains; a
 * reader looks afterwards whether its revision was compacted meanwhile.
 */
public final class MemoryStore implements Store {
  private static final byte[] NO_VALUE = {};

  /** Changes forgotten while holding the writers' lock once: some tens of microseconds. */
  private static final int COMPACTION_STEP = 256;

  private final ConcurrentNavigableMap<String, Version> newest =
      new ConcurrentSkipListMap<>(KeyOrder.COMPARATOR);
  private final ConcurrentNavigableMap<Long, Event> log = new ConcurrentSkipListMap<>();
  private final ReentrantLock writing = new ReentrantLock();
  private final Closer closer = new Closer();
  private final ChangeFeed feed = closer.add(new ChangeFeed(new LogHistory(), 1));
  private final Expirations expirations;
  private volatile long revision = 1;
  private volatile long compacted;
  private volatile boolean closed;

  public MemoryStore(Clock clock) {
    expirations = closer.add(new Expirations(clock, this::delete));
  }

  @Override
  public long revision() {
    return revision;
  }

  @Override
  public long compactedRevision() {
    return compacted;
  }

  @Override
  public Outcome put(
      String key,
      byte[] value,
      long expected,
      @Nullable Duration timeToLive,
      List<Condition> conditions) {
    KeyOrder.checked(key);
    writing.lock();
    try {
      checkOpen();
      Version before = newest.get(key);
      Entry current = before == null ? null : before.live();
      if (!matches(current, expected)) {
        return new Outcome.Conflict(current);
      }
      for (Condition condition : conditions) {
        Version other = newest.get(condition.key());
        Entry found = other == null ? null : other.live();
        if (!condition.holds(found)) {
          return new Outcome.Unmet(condition, found);
        }
      }
      long next = revision + 1;
      var entry = new Entry(key, value, current == null ? next : current.createRevision(), next);
      commit(new Version(false, entry, before), new Event(false, entry, current));
      expirations.set(key, next, timeToLive);
      return new Outcome.Committed(next, current);
    } finally {
      writing.unlock();
    }
  }

  @Override
  public Outcome delete(String key, long expected) {
    KeyOrder.checked(key);
    writing.lock();
    try {
      checkOpen();
      Version before = newest.get(key);
      Entry current = before == null ? null : before.live();
      if (current == null || !matches(current, expected)) {
        return new Outcome.Conflict(current);
      }
      long next = revision + 1;
      var entry = new Entry(key, NO_VALUE, current.createRevision(), next);
      commit(new Version(true, entry, before), new Event(true, entry, current));
      expirations.set(key, next, null);
      return new Outcome.Committed(next, current);
    } finally {
      writing.unlock();
    }
  }

  private static boolean matches(@Nullable Entry current, long expected) {
    return expected == ANY || expected == (current == null ? ABSENT : current.modRevision());
  }

  private void commit(Version version, Event event) {
    newest.put(version.entry.key(), version);
    log.put(version.entry.modRevision(), event);
    revision = version.entry.modRevision();
    feed.publish(List.of(event));
  }

  @Override
  public @Nullable Entry get(String key) {
    checkOpen();
    while (true) {
      long at = revision;
      Version version = newest.get(key);
      Entry entry = version == null ? null : version.liveAt(at);
      if (at >= compacted) {
        return entry;
      }
    }
  }

  @Override
  public Range range(String from, String to, long revision, int limit) {
    checkOpen();
    while (true) {
      long current = this.revision;
      long at = revision == NEWEST ? current : revision;
      if (at > current) {
        return new Range.Future(current);
      }
      Range.Page page = read(from, to, at, limit);
      long forgotten = compacted;
      if (at >= forgotten) {
        return page;
      }
      if (revision != NEWEST) {
        return new Range.Compacted(forgotten);
      }
    }
  }

  private Range.Page read(String from, String to, long at, int limit) {
    List<Entry> entries = new ArrayList<>();
    long remaining = 0;
    if (KeyOrder.compare(from, to) < 0) {
      for (Version version : newest.subMap(from, to).values()) {
        Entry entry = version.liveAt(at);
        if (entry != null && (limit == 0 || entries.size() < limit)) {
          entries.add(entry);
        } else if (entry != null) {
          remaining++;
        }
      }
    }
    return new Range.Page(List.copyOf(entries), at, remaining);
  }

  @Override
  public Watch watch(String from, String to, long afterRevision) {
    checkOpen();
    return feed.watch(from, to, afterRevision);
  }

  @Override
  public void compact(long revision) {
    long from = raiseCompacted(revision);
    while (from < revision) {
      from = forget(from, Math.min(revision, from + COMPACTION_STEP));
    }
  }

  /** Returns the revision up to which versions were forgotten before. */
  private long raiseCompacted(long to) {
    writing.lock();
    try {
      checkOpen();
      if (to > revision) {
        throw new StoreException("revision " + to + " is a future one: the last is " + revision);
      }
      long before = compacted;
      compacted = Math.max(before, to);
      return before;
    } finally {
      writing.unlock();
    }
  }

  private long forget(long after, long upTo) {
    writing.lock();
    try {
      var changes = log.subMap(after, false, upTo, true);
      for (Event event : changes.values()) {
        forgetVersionsBefore(event.entry().key(), upTo);
      }
      changes.clear();
      return upTo;
    } finally {
      writing.unlock();
    }
  }

  /** Keeps of a key what is visible at {@code at} or later. */
  private void forgetVersionsBefore(String key, long at) {
    Version newer = null;
    Version version = newest.get(key);
    while (version != null && version.entry.modRevision() > at) {
      newer = version;
      version = version.older;
    }
    if (version == null) {
      return;
    }
    version.older = null;
    if (version.deleted && newer == null) {
      newest.remove(key);
    } else if (version.deleted && newer != null) {
      newer.older = null;
    }
  }

  @Override
  public void close() {
    writing.lock();
    try {
      closed = true;
    } finally {
      writing.unlock();
    }
    closer.close();
  }

  private void checkOpen() {
    if (closed) {
      throw StoreException.closed();
    }
  }

  /** A link of a key's chain. */
  private static final class Version {
    private final boolean deleted;
    private final Entry entry;

    /** Read without a lock: a reader that misses a cut finds more than it needs. */
    private volatile @Nullable Version older;

    private Version(boolean deleted, Entry entry, @Nullable Version older) {
      this.deleted = deleted;
      this.entry = entry;
      this.older = older;
    }

    private @Nullable Entry live() {
      return deleted ? null : entry;
    }

    private @Nullable Entry liveAt(long revision) {
      Version version = this;
      while (version != null && version.entry.modRevision() > revision) {
        version = version.older;
      }
      return version == null ? null : version.live();
    }
  }

  private final class LogHistory implements History {
    @Override
    public long compactedRevision() {
      return compacted;
    }

    @Override
    public Slice changes(String from, String to, long after, long upTo, int limit) {
      List<Event> events = new ArrayList<>();
      long last = after;
      for (Event event : log.subMap(after, false, upTo, true).values()) {
        if (last - after == limit) {
          break;
        }
        last = event.entry().modRevision();
        if (KeyOrder.contains(from, to, event.entry().key())) {
          events.add(event);
        }
      }
      if (after < compacted) {
        throw new CompactedException(compacted);
      }
      return new Slice(events, last);
    }
  }
}
