package io.tiphys.server.cache;

import io.tiphys.api.ApiObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened to the objects of one resource lately, bounded by age, number and bytes. A client
 * whose place lies before it must list again. Not thread-safe.
 */
final class History<S extends ApiObject> {
  private final ArrayDeque<Change<S>> changes = new ArrayDeque<>();

  /** Of the versions that only the history still holds. */
  private long bytes;

  /** {@link #changes} holds every change after this revision. */
  private long completeAfter;

  /** Forgets everything: the state at {@code revision} is the first that is known. */
  void startAt(long revision) {
    changes.clear();
    bytes = 0;
    completeAfter = revision;
  }

  void add(Change<S> change) {
    changes.add(change);
    bytes += bytes(change);
    trim(change.nanoTime());
  }

  private void trim(long now) {
    while (exceeds(CacheLimits.MAX_HISTORY, CacheLimits.MAX_HISTORY_BYTES)
        || (exceeds(CacheLimits.MIN_HISTORY, CacheLimits.MIN_HISTORY_BYTES)
            && now - changes.getFirst().nanoTime() >= CacheLimits.FRESH.toNanos())) {
      Change<S> oldest = changes.removeFirst();
      bytes -= bytes(oldest);
      completeAfter = oldest.revision();
    }
  }

  private boolean exceeds(int number, long size) {
    return changes.size() > number || (bytes > size && !changes.isEmpty());
  }

  /** What became of the object afterwards is held by the next change, or is the present one. */
  private static long bytes(Change<?> change) {
    Cached<?> before = change.before();
    return before == null ? 0 : before.json().length;
  }

  /** Every change after this revision is known. */
  long completeAfter() {
    return completeAfter;
  }

  /** The changes after {@code revision}, the oldest first. */
  List<Change<S>> after(long revision) {
    List<Change<S>> newestFirst = new ArrayList<>();
    Iterator<Change<S>> descending = changes.descendingIterator();
    while (descending.hasNext()) {
      Change<S> change = descending.next();
      if (change.revision() <= revision) {
        break;
      }
      newestFirst.add(change);
    }
    return newestFirst.reversed();
  }

  /** The first change after {@code revision}; null when there is none. */
  @Nullable Change<S> firstAfter(long revision) {
    for (Change<S> change : changes) {
      if (change.revision() > revision) {
        return change;
      }
    }
    return null;
  }
}
