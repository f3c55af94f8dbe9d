package io.tiphys.controllers.endpointslice;

import io.tiphys.api.discovery.v1.EndpointSlice;
import io.tiphys.client.ObjectKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What we wrote and the copy may not show yet. Without it a service that changes twice in a row
 * would get a second slice while the first is on its way. Checked against
 * endpointslice/util/endpointslice_tracker.go, which waits instead of remembering.
 */
final class SliceTracker {
  private final Map<ObjectKey, Entry> entries = new LinkedHashMap<>();

  /**
   * @param slice null if it was deleted
   */
  private record Entry(ObjectKey service, long version, @Nullable EndpointSlice slice) {}

  synchronized void wrote(ObjectKey service, EndpointSlice slice) {
    entries.put(ObjectKey.of(slice), new Entry(service, version(slice), slice));
  }

  synchronized void deleted(ObjectKey service, EndpointSlice slice) {
    entries.put(ObjectKey.of(slice), new Entry(service, Long.MAX_VALUE, null));
  }

  /** The copy shows the slice in this version. */
  synchronized void seen(EndpointSlice slice) {
    Entry entry = entries.get(ObjectKey.of(slice));
    if (entry != null && entry.version <= version(slice)) {
      entries.remove(ObjectKey.of(slice));
    }
  }

  /** The copy shows the slice no more. */
  synchronized void gone(EndpointSlice slice) {
    entries.remove(ObjectKey.of(slice));
  }

  /** What we wrote of this service was not what is there: believe the copy again. */
  synchronized void forget(ObjectKey service) {
    entries.values().removeIf(entry -> entry.service.equals(service));
  }

  /** The slices of a service as the copy will show them when all we wrote has come. */
  synchronized List<EndpointSlice> over(ObjectKey service, Collection<EndpointSlice> shown) {
    List<EndpointSlice> result = new ArrayList<>();
    Map<ObjectKey, EndpointSlice> newer = new LinkedHashMap<>();
    entries.forEach(
        (key, entry) -> {
          if (entry.service.equals(service) && entry.slice != null) {
            newer.put(key, entry.slice);
          }
        });
    for (EndpointSlice slice : shown) {
      Entry entry = entries.get(ObjectKey.of(slice));
      if (entry == null || entry.version <= version(slice)) {
        result.add(slice);
        newer.remove(ObjectKey.of(slice));
      }
    }
    result.addAll(newer.values());
    return result;
  }

  private static long version(EndpointSlice slice) {
    return Long.parseLong(slice.metadata().resourceVersion());
  }
}
