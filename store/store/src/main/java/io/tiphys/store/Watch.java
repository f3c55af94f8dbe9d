package io.tiphys.store;

import io.tiphys.base.Lifecycle;
import io.tiphys.store.Store.Event;
import java.util.List;

/**
 * An open watch, read by one thread and closed by any. Every change is delivered exactly once, in
 * order of revisions. A reader slower than the writers loses nothing while history lasts: what no
 * longer fits into memory is read again from the store.
 */
public interface Watch extends Lifecycle {
  /** Blocks for what comes next. After anything but a {@link Batch} the watch is of no more use. */
  Next next() throws InterruptedException;

  /**
   * Wakes the reader, even if nothing in its range has changed: soon {@link #next} returns a batch
   * of the newest revision that {@link Store#readIndex} told before this, or of a later one.
   */
  void requestProgress();

  /** What a reader gets. */
  sealed interface Next {}

  /**
   * The next changes.
   *
   * @param events perhaps none; all of one transaction come in one batch
   * @param revision every change up to this one has now been delivered
   */
  record Batch(List<Event> events, long revision) implements Next {}

  /** The reader's place has been compacted: it must read the state anew. */
  record Compacted() implements Next {}

  /** The store cannot say what happened since the last batch; the reader must read anew. */
  record Lost(String reason) implements Next {}

  /** The watch or its store was closed. */
  record Closed() implements Next {}
}
