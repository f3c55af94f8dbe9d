package io.tiphys.store.engine;

import io.tiphys.store.CompactedException;
import io.tiphys.store.Store.Event;
import java.util.List;

/** The changes a store still remembers, for watchers that memory no longer serves. */
public interface History {
  /** Watches at a revision before this one are refused. */
  long compactedRevision();

  /**
   * Looks at the next {@code limit} changes or fewer.
   *
   * @param after the first change looked at has the revision {@code after + 1}
   * @param upTo the last revision to look at
   * @throws CompactedException when {@code after} lies before the compacted revision
   */
  Slice changes(String from, String to, long after, long upTo, int limit);

  /**
   * A stretch of history.
   *
   * @param events the changes in the range asked for, in order
   * @param lastRevision the last revision looked at
   */
  record Slice(List<Event> events, long lastRevision) {}
}
