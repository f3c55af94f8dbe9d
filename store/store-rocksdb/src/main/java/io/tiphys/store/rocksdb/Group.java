package io.tiphys.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.store.Store.Compare;
import io.tiphys.store.Store.Entry;
import io.tiphys.store.Store.Event;
import io.tiphys.store.Store.Outcome;
import io.tiphys.store.Store.Put;
import io.tiphys.store.Store.Txn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Transactions that become durable together: each is decided against the database and those before
 * it in the group, gets its revision and leaves in the batch what is to be written. Nothing of it
 * is visible to anyone until the batch is on the disk.
 */
final class Group implements AutoCloseable {
  private final Instant now;
  private final Cursor cursor;
  private final WriteBatch batch = new WriteBatch();

  /** What keys hold that were looked at or changed; most transactions compare the same few. */
  private final Map<String, @Nullable Version> versions = new HashMap<>();

  private final List<Event> events = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();
  private final Map<String, Lifetime> lifetimes = new HashMap<>();
  private long revision;

  /**
   * @param revision the last one given so far
   * @param cursor of the database as it is before this group; used while transactions are added
   */
  Group(long revision, Instant now, Cursor cursor) {
    this.revision = revision;
    this.now = now;
    this.cursor = cursor;
  }

  void add(Txn txn) throws RocksDBException {
    for (Compare compare : txn.compares()) {
      Entry found = Version.live(version(compare.key()));
      if (!compare.holds(found)) {
        outcomes.add(new Outcome.Conflict(compare, found));
        return;
      }
    }
    int before = events.size();
    for (Put put : txn.puts()) {
      put(put, revision + 1, events.size() - before);
    }
    for (String key : txn.deletes()) {
      delete(key, revision + 1, events.size() - before);
    }
    if (events.size() > before) {
      revision++;
    }
    outcomes.add(new Outcome.Committed(revision));
  }

  private @Nullable Version version(String key) throws RocksDBException {
    if (!versions.containsKey(key)) {
      versions.put(key, cursor.version(Layout.versionsOf(key), Long.MAX_VALUE));
    }
    return versions.get(key);
  }

  private void put(Put put, long at, int index) throws RocksDBException {
    String key = put.key();
    Version before = version(key);
    Entry current = Version.live(before);
    long created = current == null ? at : current.createRevision();
    var entry = new Entry(key, put.value(), created, at);
    change(new Version(entry, false, put.timeToLive() != null), index);
    setLifetime(key, at, put.timeToLive(), before);
    events.add(Event.put(entry));
  }

  private void delete(String key, long at, int index) throws RocksDBException {
    Version before = version(key);
    if (Version.live(before) != null) {
      Event event = Event.deletion(key, at);
      change(new Version(event.entry(), true, false), index);
      setLifetime(key, at, null, before);
      events.add(event);
    }
  }

  private void change(Version after, int index) throws RocksDBException {
    String key = after.entry().key();
    long at = after.entry().modRevision();
    batch.put(Layout.version(Layout.versionsOf(key), at), after.encode());
    batch.put(Layout.log(at, index), key.getBytes(UTF_8));
    versions.put(key, after);
  }

  private void setLifetime(
      String key, long at, @Nullable Duration timeToLive, @Nullable Version before)
      throws RocksDBException {
    if (timeToLive != null) {
      var lifetime = Lifetime.from(now, key, at, timeToLive);
      batch.put(Layout.mortal(key), lifetime.encode());
      lifetimes.put(key, lifetime);
    } else if (before != null && before.mortal()) {
      batch.delete(Layout.mortal(key));
      lifetimes.remove(key);
    }
  }

  WriteBatch batch() {
    return batch;
  }

  /** What changed, in the order of revisions. */
  List<Event> events() {
    return events;
  }

  /** What became of each transaction, in the order they were added. */
  List<Outcome> outcomes() {
    return outcomes;
  }

  /** Those changed keys that end. */
  Collection<Lifetime> lifetimes() {
    return lifetimes.values();
  }

  @Override
  public void close() {
    batch.close();
  }
}
