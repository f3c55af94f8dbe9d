package io.tiphys.store.engine;

import io.tiphys.base.Invariant;
import io.tiphys.store.Store.Entry;
import io.tiphys.store.Store.Event;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The youngest events, one per revision without a gap, bounded by number and bytes: new ones push
 * out the oldest. Not thread-safe.
 */
final class RecentEvents {
  private final @Nullable Event[] slots;
  private final long maxBytes;
  private long first = 1;
  private long next = 1;
  private long bytes;

  RecentEvents(int maxCount, long maxBytes) {
    this.slots = new Event[maxCount];
    this.maxBytes = maxBytes;
  }

  void add(Event event) {
    long revision = event.entry().modRevision();
    if (first == next) {
      first = revision;
      next = revision;
    }
    Invariant.check(revision == next, "changes are published without a gap");
    if (next - first == slots.length) {
      dropFirst();
    }
    slots[slot(next++)] = event;
    bytes += size(event);
    while (bytes > maxBytes) {
      dropFirst();
    }
  }

  /** Whether the event of {@code revision} is held. */
  boolean holds(long revision) {
    return first <= revision && revision < next;
  }

  Event get(long revision) {
    return Objects.requireNonNull(slots[slot(revision)]);
  }

  private void dropFirst() {
    bytes -= size(get(first));
    slots[slot(first++)] = null;
  }

  private int slot(long revision) {
    return (int) (revision % slots.length);
  }

  /** The bytes an event keeps alive: keys, values and a rough surcharge for object headers. */
  static long size(Event event) {
    return size(event.entry()) + size(event.previous());
  }

  private static long size(@Nullable Entry entry) {
    return entry == null ? 0 : entry.value().length + entry.key().length() + 64L;
  }
}
