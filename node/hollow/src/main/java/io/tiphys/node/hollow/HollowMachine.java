package io.tiphys.node.hollow;

import io.tiphys.api.core.v1.Pod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What runs on a hollow node, whether its agent is there or not. Thread-safe. */
public final class HollowMachine {
  private final int number;
  private final Map<String, Running> pods = new LinkedHashMap<>();
  private int addresses;

  /**
   * A pod whose containers have started.
   *
   * @param stopAt when they will have ended, once asked to; null until then
   */
  public record Running(
      String namespace,
      String name,
      String uid,
      String ip,
      Instant startedAt,
      @Nullable Instant stopAt) {
    boolean isOver(Instant now) {
      return stopAt != null && !stopAt.isAfter(now);
    }
  }

  /**
   * @param number of the machine, 0 to 255; its pods' addresses have it
   */
  public HollowMachine(int number) {
    this.number = number;
  }

  synchronized Running start(Pod pod, Instant now) {
    addresses++;
    String ip = "10.%d.%d.%d".formatted(number, addresses / 256 % 256, addresses % 256);
    Running started = new Running(pod.namespace(), pod.name(), pod.metadata().uid(), ip, now, null);
    pods.put(started.uid(), started);
    return started;
  }

  synchronized @Nullable Running find(String uid) {
    return pods.get(uid);
  }

  /** Asks it to end by then; who was asked before has been asked. */
  synchronized void stop(String uid, Instant at) {
    pods.computeIfPresent(
        uid,
        (_, pod) ->
            pod.stopAt() != null && pod.stopAt().isBefore(at)
                ? pod
                : new Running(pod.namespace(), pod.name(), uid, pod.ip(), pod.startedAt(), at));
  }

  synchronized void remove(String uid) {
    pods.remove(uid);
  }

  /** All pods whose containers have not ended. */
  public synchronized List<Running> running(Instant now) {
    List<Running> live = new ArrayList<>(pods.values());
    live.removeIf(pod -> pod.isOver(now));
    return live;
  }

  /** All pods it knows. */
  synchronized List<Running> known() {
    return List.copyOf(pods.values());
  }

  /** It lost its power: nothing runs any more. */
  public synchronized void clear() {
    pods.clear();
  }
}
