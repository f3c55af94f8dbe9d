package io.tiphys.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.store.Store.Condition;
import io.tiphys.store.Store.Entry;
import io.tiphys.store.Store.Event;
import io.tiphys.store.Store.Outcome;
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
 * Writes that become durable together: each is decided against the database and those before it in
 * the group, gets its revision and leaves in the batch what is to be written. Nothing of it is
 * visible to anyone until the batch is on the disk.
 */
final class Group implements AutoCloseable {
  private final Instant now;
  private final WriteBatch batch = new WriteBatch();
  private final Map<String, Version> changed = new HashMap<>();
  private final Map<String, @Nullable Entry> others = new HashMap<>();
  private final List<Event> events = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();
  private final Map<String, Lifetime> lifetimes = new HashMap<>();
  private long revision;

  /**
   * @param revision the last one given so far
   */
  Group(long revision, Instant now) {
    this.revision = revision;
    this.now = now;
  }

  void add(Write write, Cursor cursor) throws RocksDBException {
    byte[] versions = Layout.versionsOf(write.key());
    Version before = changed.get(write.key());
    if (before == null) {
      before = cursor.version(versions, Long.MAX_VALUE);
    }
    Entry current = Version.live(before);
    if (!write.matches(current)) {
      outcomes.add(new Outcome.Conflict(current));
      return;
    }
    for (Condition condition : write.conditions()) {
      Entry found = other(condition.key(), cursor);
      if (!condition.holds(found)) {
        outcomes.add(new Outcome.Unmet(condition, found));
        return;
      }
    }
    revision++;
    Version after = write.version(current, revision);
    batch.put(Layout.version(versions, revision), after.encode());
    batch.put(Layout.log(revision), write.key().getBytes(UTF_8));
    addLifetime(write, before);
    changed.put(write.key(), after);
    events.add(new Event(after.deleted(), after.entry(), current));
    outcomes.add(new Outcome.Committed(revision, current));
  }

  /** What a key of a condition holds; most writes of a group ask for the same one. */
  private @Nullable Entry other(String key, Cursor cursor) throws RocksDBException {
    Version here = changed.get(key);
    if (here != null) {
      return Version.live(here);
    }
    if (!others.containsKey(key)) {
      others.put(key, Version.live(cursor.version(Layout.versionsOf(key), Long.MAX_VALUE)));
    }
    return others.get(key);
  }

  private void addLifetime(Write write, @Nullable Version before) throws RocksDBException {
    if (write.timeToLive() != null) {
      var lifetime = Lifetime.from(now, write.key(), revision, write.timeToLive());
      batch.put(Layout.mortal(write.key()), lifetime.encode());
      lifetimes.put(write.key(), lifetime);
    } else if (before != null && before.mortal()) {
      batch.delete(Layout.mortal(write.key()));
      lifetimes.remove(write.key());
    }
  }

  WriteBatch batch() {
    return batch;
  }

  /** What changed, in the order of revisions. */
  List<Event> events() {
    return events;
  }

  /** What became of each write, in the order they were added. */
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
