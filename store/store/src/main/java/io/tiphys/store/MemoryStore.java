package io.tiphys.store;

import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.SortedTree;
import io.tiphys.store.engine.ChangeFeed;
import io.tiphys.store.engine.Expirations;
import io.tiphys.store.engine.History;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The store in memory, for ephemeral clusters and tests.
 *
 * <p>A state is an immutable tree, so readers need no lock and block nobody, and a {@link #fork} is
 * the copy of a reference. What happened is a log of changes that know what was there before; now
 * and then a state is kept in it, and a past state is the next one kept with the changes undone
 * that lie between.
 */
public final class MemoryStore implements Store {
  /** Transactions between states that are kept: undoing so many takes some microseconds. */
  private static final int STATES_APART = 64;

  /** Events of history handed to a watcher at once. */
  private static final int STEP = 256;

  private final Clock clock;
  private final ConcurrentNavigableMap<Long, Change> log = new ConcurrentSkipListMap<>();
  private final ReentrantLock writing = new ReentrantLock();
  private final Closer closer = new Closer();
  private final ChangeFeed feed;
  private final Expirations expirations;
  private volatile State current;
  private volatile long compacted;
  private volatile boolean closed;

  /** Guarded by {@link #writing}. */
  private int sinceKept;

  public MemoryStore(Clock clock) {
    this(
        clock,
        new State(1, SortedTree.empty(KeyOrder.COMPARATOR), SortedTree.empty(KeyOrder.COMPARATOR)));
    compacted = 0;
  }

  private MemoryStore(Clock clock, State state) {
    this.clock = clock;
    current = state;
    compacted = state.revision;
    feed = closer.add(new ChangeFeed(new LogHistory(), state.revision));
    expirations = closer.add(new Expirations(clock, this::delete));
    state.mortal.values().forEach(this::expire);
  }

  /**
   * Another store that begins with this one's newest state and goes its own way; what happened
   * before is compacted there.
   */
  public MemoryStore fork(Clock clock) {
    return new MemoryStore(clock, current);
  }

  @Override
  public CompletableFuture<Long> readIndex() {
    return CompletableFuture.completedFuture(current.revision);
  }

  @Override
  public OptionalLong revisionAtHand() {
    return OptionalLong.of(current.revision);
  }

  @Override
  public Outcome commit(Txn txn) {
    writing.lock();
    try {
      checkOpen();
      State before = current;
      for (Compare compare : txn.compares()) {
        Entry found = before.entries.get(compare.key());
        if (!compare.holds(found)) {
          return new Outcome.Conflict(compare, found);
        }
      }
      var made = new Making(before);
      txn.puts().forEach(made::put);
      txn.deletes().forEach(made::delete);
      if (made.events.isEmpty()) {
        return new Outcome.Committed(before.revision);
      }
      commit(made);
      return new Outcome.Committed(made.revision);
    } finally {
      writing.unlock();
    }
  }

  private void commit(Making made) {
    State after = new State(made.revision, made.entries, made.mortal);
    boolean keep = ++sinceKept == STATES_APART;
    sinceKept = keep ? 0 : sinceKept;
    log.put(made.revision, new Change(made.events, made.before, keep ? after.entries : null));
    current = after;
    feed.publish(made.events, made.revision);
    for (Event event : made.events) {
      Lifetime lifetime = after.mortal.get(event.key());
      if (lifetime == null) {
        expirations.set(event.key(), made.revision, null);
      } else {
        expire(lifetime);
      }
    }
  }

  private void expire(Lifetime lifetime) {
    Duration left = Duration.between(clock.now(), lifetime.end);
    expirations.set(lifetime.key, lifetime.revision, left.isNegative() ? Duration.ZERO : left);
  }

  @Override
  public @Nullable Entry get(String key) {
    checkOpen();
    return current.entries.get(key);
  }

  @Override
  public Range range(String from, String to, long revision, int limit) {
    checkOpen();
    State now = current;
    if (revision == NEWEST || revision == now.revision) {
      return page(now.entries, from, to, now.revision, limit);
    }
    if (revision > now.revision) {
      return new Range.Future();
    }
    SortedTree<Entry> past = past(now, revision);
    return revision < compacted ? new Range.Compacted() : page(past, from, to, revision, limit);
  }

  /** The state at a revision; of no use if that is compacted by now. */
  private SortedTree<Entry> past(State now, long revision) {
    SortedTree<Entry> state = now.entries;
    List<Change> later = new ArrayList<>();
    for (Change change : log.subMap(revision, false, now.revision, true).values()) {
      later.add(change);
      if (change.after != null) {
        state = change.after;
        break;
      }
    }
    for (Change change : later.reversed()) {
      state = change.undo(state);
    }
    return state;
  }

  private static Range.Page page(
      SortedTree<Entry> state, String from, String to, long at, int limit) {
    if (KeyOrder.compare(from, to) >= 0) {
      return new Range.Page(List.of(), at, 0);
    }
    List<Entry> entries = new ArrayList<>();
    state.scan(
        from,
        to,
        entry -> {
          entries.add(entry);
          return entries.size() != limit;
        });
    long remaining = limit == 0 ? 0 : state.count(from, to) - entries.size();
    return new Range.Page(List.copyOf(entries), at, remaining);
  }

  @Override
  public Watch watch(String from, String to, long afterRevision) {
    checkOpen();
    return feed.watch(from, to, afterRevision);
  }

  @Override
  public void compact(long revision) {
    writing.lock();
    try {
      checkOpen();
      if (revision > current.revision) {
        throw new StoreException(
            "revision " + revision + " is a future one: the last is " + current.revision);
      }
      compacted = Math.max(compacted, revision);
    } finally {
      writing.unlock();
    }
    log.headMap(revision, true).clear();
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

  /**
   * Everything there is at one revision.
   *
   * @param mortal those keys that end
   */
  private record State(long revision, SortedTree<Entry> entries, SortedTree<Lifetime> mortal) {}

  /**
   * A key that ends.
   *
   * @param revision the write that gave it its time to live
   */
  private record Lifetime(String key, long revision, Instant end) {}

  /**
   * One transaction.
   *
   * @param before what each event's key had held
   * @param after the state it led to, where that is kept
   */
  private record Change(
      List<Event> events, List<@Nullable Entry> before, @Nullable SortedTree<Entry> after) {
    SortedTree<Entry> undo(SortedTree<Entry> state) {
      SortedTree<Entry> undone = state;
      for (int i = 0; i < events.size(); i++) {
        String key = events.get(i).key();
        Entry had = before.get(i);
        undone = had == null ? undone.without(key) : undone.with(key, had);
      }
      return undone;
    }
  }

  /** A transaction in the making. */
  private final class Making {
    private final long revision;
    private final List<Event> events = new ArrayList<>(1);
    private final List<@Nullable Entry> before = new ArrayList<>(1);
    private SortedTree<Entry> entries;
    private SortedTree<Lifetime> mortal;

    private Making(State state) {
      revision = state.revision + 1;
      entries = state.entries;
      mortal = state.mortal;
    }

    private void put(Put put) {
      String key = put.key();
      Entry had = entries.get(key);
      var entry =
          new Entry(key, put.value(), had == null ? revision : had.createRevision(), revision);
      entries = entries.with(key, entry);
      Duration life = put.timeToLive();
      mortal =
          life == null
              ? mortal.without(key)
              : mortal.with(key, new Lifetime(key, revision, end(life)));
      events.add(Event.put(entry));
      before.add(had);
    }

    private Instant end(Duration life) {
      Instant now = clock.now();
      return life.compareTo(Duration.between(now, Instant.MAX)) > 0 ? Instant.MAX : now.plus(life);
    }

    private void delete(String key) {
      Entry had = entries.get(key);
      if (had != null) {
        entries = entries.without(key);
        mortal = mortal.without(key);
        events.add(Event.deletion(key, revision));
        before.add(had);
      }
    }
  }

  private final class LogHistory implements History {
    @Override
    public boolean isCompacted(long revision) {
      return revision < compacted;
    }

    @Override
    public Slice changes(String from, String to, long after, long upTo) {
      List<Event> events = new ArrayList<>();
      long last = after;
      int looked = 0;
      for (Map.Entry<Long, Change> next : log.subMap(after, false, upTo, true).entrySet()) {
        if (looked++ == STEP) {
          break;
        }
        last = next.getKey();
        for (Event event : next.getValue().events) {
          if (KeyOrder.contains(from, to, event.key())) {
            events.add(event);
          }
        }
      }
      if (after < compacted) {
        throw new CompactedException();
      }
      return new Slice(events, looked > STEP ? last : upTo);
    }
  }
}
