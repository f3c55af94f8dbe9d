package io.tiphys.store.engine;

import io.tiphys.store.Store.Event;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The youngest events in order of their revisions, bounded by number and bytes: new ones push out
 * the oldest. Not thread-safe.
 */
final class RecentEvents {
  private final @Nullable Event[] slots;
  private final long maxBytes;

  /** Places of the oldest event and of the next one: they only grow, and wrap in {@link #slots}. */
  private long first;

  private long next;
  private long bytes;

  /** Every event after this revision is held. */
  private long completeAfter;

  /**
   * @param revision the last one before the first event
   */
  RecentEvents(int maxCount, long maxBytes, long revision) {
    this.slots = new Event[maxCount];
    this.maxBytes = maxBytes;
    this.completeAfter = revision;
  }

  void add(Event event) {
    if (next - first == slots.length) {
      dropFirst();
    }
    slots[slot(next++)] = event;
    bytes += size(event);
    while (bytes > maxBytes) {
      dropFirst();
    }
  }

  /** Forgets everything: what follows {@code revision} comes next. */
  void startAt(long revision) {
    while (first < next) {
      dropFirst();
    }
    completeAfter = revision;
  }

  /** Whether every event after {@code revision} is held. */
  boolean completeAfter(long revision) {
    return revision >= completeAfter;
  }

  /** The place of the first event after {@code revision}; {@link #end} when there is none. */
  long placeAfter(long revision) {
    long low = first;
    long high = next;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (get(middle).revision() <= revision) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The place that the next event will have. */
  long end() {
    return next;
  }

  Event get(long place) {
    return Objects.requireNonNull(slots[slot(place)]);
  }

  private void dropFirst() {
    Event oldest = get(first);
    bytes -= size(oldest);
    completeAfter = oldest.revision();
    slots[slot(first++)] = null;
  }

  private int slot(long place) {
    return (int) (place % slots.length);
  }

  /** The bytes an event keeps alive: key, value and a rough surcharge for object headers. */
  static long size(Event event) {
    return event.entry().value().length + event.key().length() + 64L;
  }
}
