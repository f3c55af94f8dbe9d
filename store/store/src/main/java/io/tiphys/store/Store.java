package io.tiphys.store;

import io.tiphys.base.Lifecycle;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A multi-version key-value store, after etcd's model: every committed transaction gets a revision
 * larger than all before it (not always the next number); every key remembers the revisions at
 * which it was created and last changed; older revisions stay readable until they are compacted.
 *
 * <p>Several processes may use one store. What returned {@link Outcome.Committed} survives any
 * crash (except in the in-memory form) and is seen by every read that begins afterwards, wherever.
 * What threw may or may not have happened, but never half. Keys are compared as unsigned bytes of
 * their UTF-8 form. Thread-safe.
 */
public interface Store extends Lifecycle {
  /** Expected revision of a key that must not exist. */
  long ABSENT = 0;

  /** Revision to read the newest state at. */
  long NEWEST = 0;

  /** Writes and deletions of one transaction: etcd's --max-txn-ops. */
  int MAX_CHANGES = 128;

  /**
   * A revision that is not older than any write that returned before the question: who reads a
   * state of this revision or a later one reads consistently. Those who ask while an answer is on
   * its way share the next one. Fails with {@link StoreException}.
   */
  CompletableFuture<Long> readIndex();

  /** What {@link #readIndex} would say, when the store knows it without asking anyone. */
  OptionalLong revisionAtHand();

  /**
   * Makes all changes in one instant if everything holds that they are to depend on.
   *
   * @throws StoreException when the changes could not be made durable (full disk, closed store), or
   *     {@link StoreException.Reason#UNKNOWN} when nobody can say whether they were
   */
  Outcome commit(Txn txn);

  /** Writes a key if its last change was at {@code expected}; {@link #ABSENT}: if it is new. */
  default Outcome put(String key, byte[] value, long expected) {
    return commit(
        new Txn(
            List.of(new Compare(key, expected)), List.of(new Put(key, value, null)), List.of()));
  }

  /** Deletes a key if its last change was at {@code expected}. */
  default Outcome delete(String key, long expected) {
    return commit(new Txn(List.of(new Compare(key, expected)), List.of(), List.of(key)));
  }

  /** The newest entry, or null. */
  @Nullable Entry get(String key);

  /**
   * The entries with {@code from <= key < to}, in order.
   *
   * @param revision the state to read, so that all pages of one reading show one state; {@link
   *     #NEWEST} for the newest
   * @param limit the largest number of entries; 0 for all
   */
  Range range(String from, String to, long revision, int limit);

  /**
   * Opens a watch over {@code from <= key < to} that begins with the first change after {@code
   * afterRevision}. A revision that lies in the future is waited for.
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

  /**
   * A key's value.
   *
   * @param value never modified by anyone after it was handed over
   */
  record Entry(String key, byte[] value, long createRevision, long modRevision) {}

  /**
   * What must hold of a key for a transaction to happen.
   *
   * @param modRevision the key's last change; {@link #ABSENT}: it must not exist
   */
  record Compare(String key, long modRevision) {
    /** Whether it holds when the key has {@code current}. */
    public boolean holds(@Nullable Entry current) {
      return modRevision == (current == null ? ABSENT : current.modRevision());
    }
  }

  /**
   * A key to be written.
   *
   * @param timeToLive the key is deleted, as by a write of its own, after this time (or somewhat
   *     later, with others of its age) unless it is written again; null: never
   */
  record Put(String key, byte[] value, @Nullable Duration timeToLive) {}

  /**
   * A few changes that happen together or not at all. Deleting what does not exist changes nothing;
   * who must know compares.
   *
   * @param compares looked at in this order
   */
  record Txn(List<Compare> compares, List<Put> puts, List<String> deletes) {
    /**
     * @throws IllegalArgumentException for more than {@link #MAX_CHANGES}, for none, for a key that
     *     is changed twice or that no store can hold
     */
    public Txn {
      compares = List.copyOf(compares);
      puts = List.copyOf(puts);
      deletes = List.copyOf(deletes);
      int changes = puts.size() + deletes.size();
      if (changes == 0 || changes > MAX_CHANGES || compares.size() > MAX_CHANGES) {
        throw new IllegalArgumentException("a transaction of " + changes + " changes");
      }
      compares.forEach(compare -> KeyOrder.checked(compare.key()));
      Set<String> changed = changes == 1 ? Set.of() : HashSet.newHashSet(changes);
      puts.forEach(put -> check(put.key(), changes, changed));
      deletes.forEach(key -> check(key, changes, changed));
    }

    /** Writes a key whatever it holds. */
    public static Txn put(String key, byte[] value, @Nullable Duration timeToLive) {
      return new Txn(List.of(), List.of(new Put(key, value, timeToLive)), List.of());
    }

    /** Deletes a key whatever it holds. */
    public static Txn delete(String key) {
      return new Txn(List.of(), List.of(), List.of(key));
    }

    private static void check(String key, int changes, Set<String> changed) {
      if (!KeyOrder.checked(key).isEmpty() && changes > 1 && !changed.add(key)) {
        throw new IllegalArgumentException("a key changed twice in a transaction: " + key);
      }
    }
  }

  /** What became of a transaction. */
  sealed interface Outcome {
    /**
     * @param revision that of all its changes; that of the store when nothing was to be changed
     */
    record Committed(long revision) implements Outcome {}

    /**
     * Nothing was changed.
     *
     * @param compare the first that did not hold
     * @param current what its key holds instead, or null when it does not exist
     */
    record Conflict(Compare compare, @Nullable Entry current) implements Outcome {}
  }

  /** What a range read found. */
  sealed interface Range {
    /**
     * @param revision the state that was read
     * @param remaining how many more entries follow after {@code limit}
     */
    record Page(List<Entry> entries, long revision, long remaining) implements Range {}

    /** The revision asked for is compacted. */
    record Compacted() implements Range {}

    /** The revision asked for lies in the future. */
    record Future() implements Range {}
  }

  /**
   * One change.
   *
   * @param entry for a deletion: the key with an empty value and the deletion's revision
   */
  record Event(boolean deleted, Entry entry) {
    private static final byte[] NO_VALUE = {};

    public static Event put(Entry entry) {
      return new Event(false, entry);
    }

    public static Event deletion(String key, long revision) {
      return new Event(true, new Entry(key, NO_VALUE, ABSENT, revision));
    }

    public String key() {
      return entry.key();
    }

    public long revision() {
      return entry.modRevision();
    }
  }
}
