package io.tiphys.store;

import io.tiphys.base.Lifecycle;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A multi-version key-value store, after etcd's model: one counter, the revision, grows by one with
 * every committed write; every key remembers the revisions at which it was created and last
 * changed; older revisions stay readable until they are compacted.
 *
 * <p>A write that returned {@link Outcome.Committed} survives any crash (except in the in-memory
 * form); one that did not return, or threw, may or may not have happened, but never half. Keys are
 * compared as unsigned bytes of their UTF-8 form. Thread-safe.
 */
public interface Store extends Lifecycle {
  /** The revision of the last committed write; 1 for a store that was never written. */
  long revision();

  /** Revisions before this one can no longer be read; 0 when nothing was compacted. */
  long compactedRevision();

  /**
   * Writes {@code value} if the key's last change was at {@code expected}.
   *
   * @param expected {@link #ABSENT}: the key must not exist; {@link #ANY}: no condition
   * @param timeToLive the key is deleted, as by a write of its own, after this time (and soon after
   *     it) unless it is written again; null: never
   * @param conditions what must hold of other keys, in the same instant
   * @throws StoreException when the write could not be made durable (full disk, closed store)
   */
  Outcome put(
      String key,
      byte[] value,
      long expected,
      @Nullable Duration timeToLive,
      List<Condition> conditions);

  /** Writes without conditions on other keys. */
  default Outcome put(String key, byte[] value, long expected, @Nullable Duration timeToLive) {
    return put(key, value, expected, timeToLive, List.of());
  }

  /**
   * Deletes the key if its last change was at {@code expected}. Deleting an absent key with {@link
   * #ANY} is a {@link Outcome.Conflict} with no current entry.
   */
  Outcome delete(String key, long expected);

  /** The newest entry, or null. */
  @Nullable Entry get(String key);

  /**
   * The entries with {@code from <= key < to}, in order.
   *
   * @param revision the state to read; {@link #NEWEST} for the newest
   * @param limit the largest number of entries; 0 for all
   */
  Range range(String from, String to, long revision, int limit);

  /**
   * Opens a watch over {@code from <= key < to} that begins with the first change after {@code
   * afterRevision}. It is served exactly when a range at {@code afterRevision} is: below {@link
   * #compactedRevision} the first {@link Watch#next} throws {@link CompactedException}. A revision
   * that lies in the future is waited for.
   */
  Watch watch(String from, String to, long afterRevision);

  /**
   * Forgets what only revisions before {@code revision} can see. Those revisions are out of reach
   * when this returns; their space may be given back later. Never blocks writers for long. Does
   * nothing for a revision that is compacted already.
   *
   * @throws StoreException when {@code revision} lies in the future
   */
  void compact(long revision);

  /** Expected revision of a key that must not exist. */
  long ABSENT = 0;

  /** No expectation. */
  long ANY = -1;

  /** Revision to read the newest state at. */
  long NEWEST = 0;

  /**
   * A key's value.
   *
   * @param value never modified by anyone after it was handed over
   */
  record Entry(String key, byte[] value, long createRevision, long modRevision) {}

  /**
   * What must hold of another key for a write to happen.
   *
   * @param modRevision the key's last change; {@link #ABSENT}: it must not exist
   */
  record Condition(String key, long modRevision) {
    /** Whether it holds when the key has {@code current}. */
    public boolean holds(@Nullable Entry current) {
      return modRevision == (current == null ? ABSENT : current.modRevision());
    }
  }

  /** What became of a write. */
  sealed interface Outcome {
    /**
     * @param previous the entry that was replaced or deleted
     */
    record Committed(long revision, @Nullable Entry previous) implements Outcome {}

    /**
     * @param current what the key holds instead, or null when it does not exist
     */
    record Conflict(@Nullable Entry current) implements Outcome {}

    /**
     * A condition on another key did not hold; nothing was written.
     *
     * @param current what that key holds, or null when it does not exist
     */
    record Unmet(Condition condition, @Nullable Entry current) implements Outcome {}
  }

  /** What a range read found. */
  sealed interface Range {
    /**
     * @param revision the state that was read
     * @param remaining how many more entries follow after {@code limit}
     */
    record Page(List<Entry> entries, long revision, long remaining) implements Range {}

    /** The revision asked for is compacted. */
    record Compacted(long compactedRevision) implements Range {}

    /** The revision asked for lies in the future. */
    record Future(long currentRevision) implements Range {}
  }

  /**
   * One change.
   *
   * @param entry for a deletion: the key with an empty value and the deletion's revision
   * @param previous the entry before, or null when the key was created
   */
  record Event(boolean deleted, Entry entry, @Nullable Entry previous) {}

  /**
   * An open watch, read by one thread and closed by any. Every change is delivered exactly once, in
   * order of revisions. A reader slower than the writers loses nothing while history lasts: what no
   * longer fits into memory is read again from the store.
   */
  interface Watch extends Lifecycle {
    /**
     * Blocks for the next batch of events; a batch never splits a revision.
     *
     * @return null when the watch or the store is closed
     * @throws CompactedException when the reader's place is gone; the watch is of no further use
     */
    @Nullable List<Event> next() throws InterruptedException;
  }
}
