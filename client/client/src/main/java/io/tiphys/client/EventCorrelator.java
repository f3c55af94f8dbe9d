package io.tiphys.client;

import io.tiphys.api.core.v1.Event;
import io.tiphys.api.core.v1.ObjectReference;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a talkative component from flooding the API: the same event again raises a count, events
 * that differ by their message alone become one, and a source may say only so much about an object.
 * Checked against client-go/tools/record/events_cache.go. Not thread-safe.
 */
final class EventCorrelator {
  /** As upstream; the objects last spoken of, the others are forgotten. */
  private static final int MAX_ENTRIES = 4096;

  /** Similar events within the interval before they are written as one. */
  private static final int AGGREGATE_AFTER = 10;

  private static final Duration AGGREGATE_INTERVAL = Duration.ofMinutes(10);

  /** What a source may say about an object at once, and how soon it may say more. */
  private static final double SPAM_BURST = 25;

  private static final double SPAM_PER_SECOND = 1.0 / 300;

  private final Map<String, Similar> similar = recent();
  private final Map<String, Event> written = recent();
  private final Map<String, Bucket> buckets = recent();

  /** Messages seen with all else equal. */
  private static final class Similar {
    final Set<String> messages = new LinkedHashSet<>();
    Instant last = Instant.EPOCH;
  }

  private static final class Bucket {
    double tokens = SPAM_BURST;
    Instant filledAt;

    Bucket(Instant now) {
      filledAt = now;
    }

    boolean take(Instant now) {
      double seconds = Duration.between(filledAt, now).toMillis() / 1000.0;
      tokens = Math.min(SPAM_BURST, tokens + Math.max(0, seconds) * SPAM_PER_SECOND);
      filledAt = now;
      if (tokens < 1) {
        return false;
      }
      tokens--;
      return true;
    }
  }

  /**
   * The event to write: with a count above 1 it is the next count of one written before. Null when
   * it is too much.
   */
  @Nullable Event correlate(Event event, Instant now) {
    Similar group = similar.computeIfAbsent(similarKey(event), _ -> new Similar());
    if (Duration.between(group.last, now).compareTo(AGGREGATE_INTERVAL) > 0) {
      group.messages.clear();
    }
    group.last = now;
    Event observed = event;
    String key = fullKey(event);
    if (group.messages.contains(event.message()) || group.messages.size() + 1 < AGGREGATE_AFTER) {
      group.messages.add(event.message());
    } else {
      observed = combined(event, now);
      key = similarKey(event);
    }
    Event before = written.get(key);
    if (before != null) {
      observed =
          observed.toBuilder()
              .metadata(observed.metadata().withName(before.metadata().name()))
              .firstTimestamp(before.firstTimestamp())
              .count(before.count() + 1)
              .build();
    }
    written.put(key, observed);
    Bucket bucket = buckets.computeIfAbsent(sourceKey(event), _ -> new Bucket(now));
    return bucket.take(now) ? observed : null;
  }

  private static Event combined(Event event, Instant now) {
    return event.toBuilder()
        .message("(combined from similar events): " + event.message())
        .firstTimestamp(now)
        .lastTimestamp(now)
        .count(1)
        .build();
  }

  private static String sourceKey(Event event) {
    ObjectReference about = event.involvedObject();
    return String.join(
        "\n",
        event.source().component(),
        event.source().host(),
        about.kind(),
        about.namespace(),
        about.name(),
        about.uid(),
        about.apiVersion(),
        event.type_());
  }

  private static String similarKey(Event event) {
    return String.join(
        "\n",
        sourceKey(event),
        event.reason(),
        event.reportingComponent(),
        event.reportingInstance());
  }

  private static String fullKey(Event event) {
    return String.join(
        "\n", similarKey(event), event.involvedObject().fieldPath(), event.message());
  }

  private static <V> Map<String, V> recent() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > MAX_ENTRIES;
      }
    };
  }
}
