package io.tiphys.store.engine;

import io.tiphys.store.CompactedException;
import io.tiphys.store.Store.Event;
import java.util.List;

/** The changes a store still remembers, for watchers that memory no longer serves. */
public interface History {
  /**
   * Whether changes after {@code revision} may have been forgotten: who stands there is refused.
   */
  boolean isCompacted(long revision);

  /**
   * Looks at the next changes, at some hundred of them or so.
   *
   * @param after the first change looked at is the first after this revision
   * @param upTo the last revision to look at; there is one
   * @throws CompactedException when changes after {@code after} have been forgotten
   */
  Slice changes(String from, String to, long after, long upTo) throws InterruptedException;

  /**
   * A stretch of history.
   *
   * @param events the changes in the range asked for, in order
   * @param lastRevision everything up to this revision was looked at; larger than {@code after}
   */
  record Slice(List<Event> events, long lastRevision) {}
}
