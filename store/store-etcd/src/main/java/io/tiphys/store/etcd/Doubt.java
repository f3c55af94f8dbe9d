package io.tiphys.store.etcd;

import io.tiphys.store.CompactedException;
import io.tiphys.store.Store;
import io.tiphys.store.Store.Compare;
import io.tiphys.store.Store.Entry;
import io.tiphys.store.Store.Event;
import io.tiphys.store.Store.Outcome;
import io.tiphys.store.Store.Put;
import io.tiphys.store.Store.Txn;
import io.tiphys.store.StoreException;
import io.tiphys.store.engine.History;
import io.tiphys.store.etcd.grpc.GrpcException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What became of a transaction of which no answer came. One that compares a key it changes can
 * happen only once, so it is simply tried again; if it then does not hold, the key's history says
 * whether the first try was the reason. One that makes a key is looked for first: somebody may have
 * deleted the key since, and then a second try would make it anew.
 */
final class Doubt {
  private final EtcdHistory history;
  private final Function<String, @Nullable Entry> reader;

  Doubt(EtcdHistory history, Function<String, @Nullable Entry> reader) {
    this.history = history;
    this.reader = reader;
  }

  /** Whether a second try can do no harm. */
  static boolean canBeRepeated(Txn txn) {
    return guard(txn).isPresent();
  }

  /**
   * Whether others can make its condition hold again, by deleting what it made: then a second try
   * might make it anew.
   */
  static boolean isUndoneByOthers(Txn txn) {
    return guard(txn).filter(guard -> guard.modRevision() == Store.ABSENT).isPresent();
  }

  /**
   * Looks for a transaction that makes a key.
   *
   * @param before a revision before the first try
   * @param now a revision after it
   */
  OptionalLong find(Txn txn, long before, long now) {
    String key = guard(txn).orElseThrow().key();
    Put wanted = put(txn, key);
    try {
      long after = before;
      while (after < now) {
        History.Slice slice = history.changes(key, key + "\0", after, now);
        for (Event event : slice.events()) {
          if (isOurs(event, wanted)) {
            return OptionalLong.of(event.revision());
          }
        }
        after = slice.lastRevision();
      }
      return OptionalLong.empty();
    } catch (CompactedException e) {
      throw new StoreException(
          StoreException.Reason.UNKNOWN, "etcd: what became of a write is forgotten", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(StoreException.Reason.UNKNOWN, "interrupted", e);
    }
  }

  /** A comparison of a key that the transaction changes. */
  private static Optional<Compare> guard(Txn txn) {
    return txn.compares().stream().filter(compare -> changes(txn, compare.key())).findFirst();
  }

  private static boolean changes(Txn txn, String key) {
    return put(txn, key) != null || txn.deletes().contains(key);
  }

  private static @Nullable Put put(Txn txn, String key) {
    return txn.puts().stream().filter(put -> put.key().equals(key)).findFirst().orElse(null);
  }

  /**
   * Looks for an earlier try behind a conflict.
   *
   * @param before a revision before the first try
   */
  Outcome settle(Txn txn, Outcome.Conflict conflict, long before) {
    Compare guard = guard(txn).orElseThrow();
    Entry now = reader.apply(guard.key());
    if (guard.holds(now) || (now != null && now.modRevision() <= before)) {
      return conflict; // nothing has happened to the key since the first try
    }
    Put wanted = put(txn, guard.key());
    try {
      long last = now == null ? 0 : now.modRevision();
      // A deletion may be older than the first try: it is looked for from the guard's revision on.
      long after = now == null ? guard.modRevision() : Math.max(before, guard.modRevision());
      for (Event event : history.changesOf(guard.key(), after, last)) {
        if (event.revision() > before && isOurs(event, wanted)) {
          return new Outcome.Committed(event.revision());
        }
      }
      return conflict;
    } catch (GrpcException | StoreException e) {
      throw new StoreException(
          StoreException.Reason.UNKNOWN, "etcd: what became of a write cannot be found out", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(StoreException.Reason.UNKNOWN, "interrupted", e);
    }
  }

  private static boolean isOurs(Event event, @Nullable Put wanted) {
    return wanted == null
        ? event.deleted()
        : !event.deleted() && Arrays.equals(event.entry().value(), wanted.value());
  }
}
