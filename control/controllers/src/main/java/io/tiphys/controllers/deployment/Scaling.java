package io.tiphys.controllers.deployment;

import io.tiphys.api.apps.v1.ReplicaSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides about the sizes of a Deployment's ReplicaSets. Checked against rolling.go, recreate.go
 * and scale in sync.go of pkg/controller/deployment.
 */
final class Scaling {
  private Scaling() {}

  /** A set's new size; the same size means that only its annotations are out of date. */
  record Scale(ReplicaSet set, int to) {}

  private static List<Scale> ifNeeded(ReplicaSet set, int to) {
    return OwnedReplicaSets.wished(set) == to ? List.of() : List.of(new Scale(set, to));
  }

  /** How many pods the current set should have while rolling, now that it has {@code has}. */
  static int currentSize(OwnedReplicaSets family, int has) {
    if (!family.isRolling()) {
      return family.wished();
    }
    // Not the surge of the fenceposts' fallback: that one is about what may be missing.
    int all = OwnedReplicaSets.sum(family.old(), OwnedReplicaSets::wished) + has;
    int most = family.wished() + family.maxSurge();
    return all >= most ? has : has + Math.min(most - all, family.wished() - has);
  }

  /** A step of a rolling update: the current set grows, as far as the surge lets it. */
  static List<Scale> rollUp(OwnedReplicaSets family, ReplicaSet current) {
    int has = OwnedReplicaSets.wished(current);
    return ifNeeded(current, has > family.wished() ? family.wished() : currentSize(family, has));
  }

  /**
   * A step of a rolling update: old sets shrink, what is unhealthy first, as far as enough pods
   * stay available. Unavailable pods of the current set count as if they were missing already.
   */
  static List<Scale> rollDown(OwnedReplicaSets family, ReplicaSet current) {
    List<ReplicaSet> old = OwnedReplicaSets.active(family.old());
    int minAvailable = family.wished() - family.maxUnavailable();
    int unavailable = OwnedReplicaSets.wished(current) - current.status().availableReplicas();
    int most =
        OwnedReplicaSets.sum(family.all(), OwnedReplicaSets::wished) - minAvailable - unavailable;
    if (old.isEmpty() || most <= 0) {
      return List.of();
    }
    Map<ReplicaSet, Integer> sizes = new LinkedHashMap<>();
    int cleaned = 0;
    for (ReplicaSet set : old) {
      int unhealthy = Math.max(0, OwnedReplicaSets.wished(set) - set.status().availableReplicas());
      int less = Math.min(most - cleaned, unhealthy);
      sizes.put(set, OwnedReplicaSets.wished(set) - less);
      cleaned += less;
    }
    int spare = OwnedReplicaSets.sum(old, Scaling::lasting) + lasting(current) - minAvailable;
    for (ReplicaSet set : old) {
      int less = Math.clamp(spare, 0, sizes.getOrDefault(set, 0));
      sizes.merge(set, -less, Integer::sum);
      spare -= less;
    }
    List<Scale> scales = new ArrayList<>();
    sizes.forEach((set, size) -> scales.addAll(ifNeeded(set, size)));
    return scales;
  }

  /**
   * The available pods that a set will keep. Upstream counts those too that it is yet to remove,
   * and takes too many while a status is late.
   */
  private static int lasting(ReplicaSet set) {
    return Math.min(OwnedReplicaSets.wished(set), set.status().availableReplicas());
  }

  /** The first step of Recreate: no old set keeps pods. */
  static List<Scale> recreateDown(OwnedReplicaSets family) {
    return OwnedReplicaSets.active(family.old()).stream().map(set -> new Scale(set, 0)).toList();
  }

  /** The last step of Recreate: the current set gets them all. */
  static List<Scale> recreateUp(OwnedReplicaSets family, ReplicaSet current) {
    return ifNeeded(current, family.wished());
  }

  /** Whether the Deployment's size has changed since its sets were last scaled. */
  static boolean isScalingEvent(OwnedReplicaSets family) {
    return OwnedReplicaSets.active(family.all()).stream()
        .map(Revisions::desired)
        .anyMatch(desired -> desired >= 0 && desired != family.wished());
  }

  /**
   * Spreads a new size over the sets in proportion to theirs, so that scaling neither hastens nor
   * reverses a rollout.
   */
  static List<Scale> proportional(OwnedReplicaSets family) {
    List<ReplicaSet> active = OwnedReplicaSets.active(family.all());
    if (active.size() <= 1) {
      ReplicaSet only = active.isEmpty() ? latest(family) : active.getFirst();
      return only == null ? List.of() : ifNeeded(only, family.wished());
    }
    if (isSaturated(family)) {
      return recreateDown(family);
    }
    if (!family.isRolling()) {
      return List.of();
    }
    int allowed = family.wished() > 0 ? family.wished() + family.maxSurge() : 0;
    int toAdd = allowed - OwnedReplicaSets.sum(active, OwnedReplicaSets::wished);
    Comparator<ReplicaSet> order =
        Comparator.comparing(OwnedReplicaSets::wished, Comparator.reverseOrder());
    order =
        order.thenComparing(
            toAdd > 0 ? OwnedReplicaSets.OLDEST_FIRST.reversed() : OwnedReplicaSets.OLDEST_FIRST);
    List<ReplicaSet> ordered = active.stream().sorted(order).toList();
    int[] sizes = new int[ordered.size()];
    int added = 0;
    for (int i = 0; i < sizes.length; i++) {
      int share = share(family, ordered.get(i), toAdd, added);
      sizes[i] = OwnedReplicaSets.wished(ordered.get(i)) + share;
      added += share;
    }
    if (toAdd != 0) {
      sizes[0] = Math.max(0, sizes[0] + toAdd - added);
    }
    List<Scale> scales = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      ReplicaSet set = ordered.get(i);
      if (sizes[i] != OwnedReplicaSets.wished(set) || !Revisions.knowsSize(family, set)) {
        scales.add(new Scale(set, sizes[i]));
      }
    }
    return scales;
  }

  private static @org.jspecify.annotations.Nullable ReplicaSet latest(OwnedReplicaSets family) {
    if (family.current() != null) {
      return family.current();
    }
    return family.old().isEmpty() ? null : family.old().getLast();
  }

  private static boolean isSaturated(OwnedReplicaSets family) {
    ReplicaSet current = family.current();
    return current != null
        && OwnedReplicaSets.wished(current) == family.wished()
        && Revisions.desired(current) == family.wished()
        && current.status().availableReplicas() == family.wished();
  }

  private static int share(OwnedReplicaSets family, ReplicaSet set, int toAdd, int added) {
    if (toAdd == 0 || toAdd == added) {
      return 0;
    }
    int fraction = fraction(family, set);
    return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added);
  }

  private static int fraction(OwnedReplicaSets family, ReplicaSet set) {
    int has = OwnedReplicaSets.wished(set);
    if (family.wished() == 0) {
      return -has;
    }
    int before = Revisions.max(set);
    if (before <= 0) {
      // Somebody removed the annotation: the pods there are will have to do.
      before = family.deployment().status().replicas();
    }
    if (before == 0) {
      return 0;
    }
    double size = (double) has * (family.wished() + family.maxSurge()) / before;
    return (int) Math.round(size) - has;
  }
}
