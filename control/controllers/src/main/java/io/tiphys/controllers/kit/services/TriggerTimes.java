package io.tiphys.controllers.kit.services;

import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.client.ObjectKey;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * When that happened which made the endpoints of a service change: the earliest of the changes
 * since the last look. Proxies measure by it how long a change is under way. Checked against
 * endpointslice/util/trigger_time_tracker.go. Thread-safe as long as one thread at a time asks
 * about a service.
 */
public final class TriggerTimes {
  private static final String ANNOTATION = "endpoints.kubernetes.io/last-change-trigger-time";

  /** What was there at the last look at each service. */
  private final Map<ObjectKey, Seen> seen = new ConcurrentSkipListMap<>();

  private record Seen(@Nullable Instant service, Map<String, Instant> pods) {}

  /**
   * To be asked at every look at the service, whether something is written then or not.
   *
   * @param pods all that the service selects
   * @return null if nothing that is dated has changed
   */
  public @Nullable Instant of(Service service, Collection<Pod> pods) {
    Instant created = service.metadata().creationTimestamp();
    Map<String, Instant> times = new LinkedHashMap<>();
    for (Pod pod : pods) {
      Instant turned = turnedReady(pod);
      if (turned != null) {
        times.put(pod.name(), turned);
      }
    }
    Seen before = seen.put(ObjectKey.of(service), new Seen(created, times));
    if (before == null) {
      return created;
    }
    return Stream.concat(
            Stream.ofNullable(created).filter(time -> isLater(time, before.service)),
            times.entrySet().stream()
                .filter(pod -> isLater(pod.getValue(), before.pods.get(pod.getKey())))
                .map(Map.Entry::getValue))
        .min(Instant::compareTo)
        .orElse(null);
  }

  private static boolean isLater(Instant time, @Nullable Instant before) {
    return before == null || time.isAfter(before);
  }

  /** When the pod last became ready or ceased to be. */
  private static @Nullable Instant turnedReady(Pod pod) {
    return pod.status().conditions().stream()
        .filter(condition -> condition.type().equals("Ready"))
        .map(PodCondition::lastTransitionTime)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /** The service is gone. */
  public void forget(ObjectKey service) {
    seen.remove(service);
  }

  /** The metadata with this time, or without any. */
  public static ObjectMeta with(ObjectMeta meta, @Nullable Instant time) {
    Map<String, String> annotations = new LinkedHashMap<>(meta.annotations());
    if (time == null) {
      annotations.remove(ANNOTATION);
    } else {
      annotations.put(ANNOTATION, time.toString());
    }
    return meta.withAnnotations(annotations);
  }
}
