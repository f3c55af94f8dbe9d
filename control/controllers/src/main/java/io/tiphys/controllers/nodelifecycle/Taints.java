package io.tiphys.controllers.nodelifecycle;

import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.NodeCondition;
import io.tiphys.api.core.v1.Taint;
import io.tiphys.api.core.v1.Toleration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which taints a node's state calls for, and what they do to pods. Checked against
 * pkg/controller/nodelifecycle/node_lifecycle_controller.go and
 * pkg/controller/tainteviction/taint_eviction.go.
 */
final class Taints {
  static final String NOT_READY = "node.kubernetes.io/not-ready";
  static final String UNREACHABLE = "node.kubernetes.io/unreachable";
  static final String UNSCHEDULABLE = "node.kubernetes.io/unschedulable";
  static final String NO_SCHEDULE = "NoSchedule";
  static final String NO_EXECUTE = "NoExecute";

  /** By condition and its status. */
  private static final Map<String, Map<String, String>> OF_CONDITION =
      Map.of(
          "Ready", Map.of("False", NOT_READY, "Unknown", UNREACHABLE),
          "MemoryPressure", Map.of("True", "node.kubernetes.io/memory-pressure"),
          "DiskPressure", Map.of("True", "node.kubernetes.io/disk-pressure"),
          "PIDPressure", Map.of("True", "node.kubernetes.io/pid-pressure"),
          "NetworkUnavailable", Map.of("True", "node.kubernetes.io/network-unavailable"));

  private static final Set<String> MANAGED = managed();

  /** What a node's readiness may call for. */
  private static final Set<String> UNREADY = Set.of(NOT_READY, UNREACHABLE);

  private Taints() {}

  private static Set<String> managed() {
    Set<String> keys = new LinkedHashSet<>(List.of(UNSCHEDULABLE));
    OF_CONDITION.values().forEach(byStatus -> keys.addAll(byStatus.values()));
    return Collections.unmodifiableSet(keys);
  }

  /** The node's taints with those of effect NoSchedule as its conditions call for. */
  static List<Taint> scheduling(Node node, Instant now) {
    Set<String> wanted = new LinkedHashSet<>();
    for (NodeCondition condition : node.status().conditions()) {
      String key = OF_CONDITION.getOrDefault(condition.type(), Map.of()).get(condition.status());
      if (key != null) {
        wanted.add(key);
      }
    }
    if (node.spec().unschedulable()) {
      wanted.add(UNSCHEDULABLE);
    }
    return with(node.spec().taints(), NO_SCHEDULE, MANAGED, wanted, now);
  }

  /**
   * The node's taints with that of effect NoExecute that its readiness calls for.
   *
   * @param mayBegin whether a node that has none yet may get one now
   */
  static List<Taint> executing(Node node, boolean mayBegin, Instant now) {
    boolean has =
        node.spec().taints().stream()
            .anyMatch(taint -> UNREADY.contains(taint.key()) && taint.effect().equals(NO_EXECUTE));
    Set<String> wanted =
        switch (Health.ready(node)) {
          case "True" -> Set.of();
          case "False" -> Set.of(NOT_READY);
          default -> Set.of(UNREACHABLE);
        };
    if (!has && !mayBegin) {
      return node.spec().taints();
    }
    return with(node.spec().taints(), NO_EXECUTE, UNREADY, wanted, now);
  }

  /** The taints of before; of those managed with this effect, only the wanted ones. */
  private static List<Taint> with(
      Collection<Taint> before,
      String effect,
      Set<String> managed,
      Set<String> wanted,
      Instant now) {
    List<Taint> after = new ArrayList<>();
    Set<String> missing = new LinkedHashSet<>(wanted);
    for (Taint taint : before) {
      boolean ours = taint.effect().equals(effect) && managed.contains(taint.key());
      if (!ours || wanted.contains(taint.key())) {
        after.add(taint);
      }
      if (ours) {
        missing.remove(taint.key());
      }
    }
    missing.forEach(key -> after.add(new Taint(key, "", effect, now)));
    return after;
  }

  static List<Taint> noExecute(@Nullable Node node) {
    return node == null
        ? List.of()
        : node.spec().taints().stream().filter(taint -> taint.effect().equals(NO_EXECUTE)).toList();
  }

  /**
   * How long a pod with these tolerations may stay; empty for ever.
   *
   * @param taints of effect NoExecute
   */
  static Optional<Duration> stay(List<Taint> taints, List<Toleration> tolerations) {
    long shortest = Long.MAX_VALUE;
    for (Taint taint : taints) {
      Toleration used = null;
      for (Toleration toleration : tolerations) {
        if (tolerates(toleration, taint)) {
          used = toleration;
          break;
        }
      }
      if (used == null) {
        return Optional.of(Duration.ZERO);
      }
      Long seconds = used.tolerationSeconds();
      if (seconds != null) {
        shortest = Math.min(shortest, Math.max(0, seconds));
      }
    }
    return shortest == Long.MAX_VALUE
        ? Optional.empty()
        : Optional.of(Duration.ofSeconds(shortest));
  }

  static boolean tolerates(Toleration toleration, Taint taint) {
    boolean effect = toleration.effect().isEmpty() || toleration.effect().equals(taint.effect());
    boolean key = toleration.key().isEmpty() || toleration.key().equals(taint.key());
    return effect
        && key
        && (toleration.operator().equals("Exists")
            || (toleration.value().equals(taint.value())
                && (toleration.operator().isEmpty() || toleration.operator().equals("Equal"))));
  }
}
