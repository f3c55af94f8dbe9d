package io.tiphys.controllers.deployment;

import io.tiphys.api.apps.v1.Deployment;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.meta.v1.ObjectMeta;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A Deployment and the ReplicaSets it controls. Checked against
 * pkg/controller/deployment/util/deployment_util.go.
 *
 * @param current the set of the wished template; null as long as there is none
 * @param old all others, the oldest first
 */
record OwnedReplicaSets(Deployment deployment, @Nullable ReplicaSet current, List<ReplicaSet> old) {
  static final String HASH = "pod-template-hash";

  static final Comparator<ReplicaSet> OLDEST_FIRST =
      Comparator.comparing(
              (ReplicaSet set) ->
                  set.metadata().creationTimestamp() == null
                      ? Instant.MAX
                      : set.metadata().creationTimestamp())
          .thenComparing(ReplicaSet::name);

  OwnedReplicaSets {
    old = List.copyOf(old);
  }

  /** Of several sets of the wished template the oldest is the current one. */
  static OwnedReplicaSets of(Deployment deployment, List<ReplicaSet> sets) {
    List<ReplicaSet> old = new ArrayList<>(sets);
    old.sort(OLDEST_FIRST);
    PodTemplateSpec wished = withoutHash(deployment.spec().template());
    ReplicaSet current = null;
    for (ReplicaSet set : old) {
      if (withoutHash(set.spec().template()).equals(wished)) {
        current = set;
        break;
      }
    }
    old.remove(current);
    return new OwnedReplicaSets(deployment, current, old);
  }

  static boolean sameTemplate(PodTemplateSpec one, PodTemplateSpec other) {
    return withoutHash(one).equals(withoutHash(other));
  }

  private static PodTemplateSpec withoutHash(PodTemplateSpec template) {
    ObjectMeta meta = template.metadata();
    if (!meta.labels().containsKey(HASH)) {
      return template;
    }
    Map<String, String> labels = new LinkedHashMap<>(meta.labels());
    labels.remove(HASH);
    return template.withMetadata(meta.withLabels(labels));
  }

  OwnedReplicaSets withCurrent(ReplicaSet set) {
    return new OwnedReplicaSets(deployment, set, old);
  }

  /** The old ones and then the current one. */
  List<ReplicaSet> all() {
    List<ReplicaSet> all = new ArrayList<>(old);
    if (current != null) {
      all.add(current);
    }
    return all;
  }

  /** Those that wish for pods. */
  static List<ReplicaSet> active(List<ReplicaSet> sets) {
    return sets.stream().filter(set -> wished(set) > 0).toList();
  }

  static int sum(List<ReplicaSet> sets, ToIntFunction<ReplicaSet> count) {
    return sets.stream().mapToInt(count).sum();
  }

  static int wished(ReplicaSet set) {
    Integer replicas = set.spec().replicas();
    return replicas == null ? 1 : replicas;
  }

  int wished() {
    Integer replicas = deployment.spec().replicas();
    return replicas == null ? 1 : replicas;
  }

  boolean isRolling() {
    return deployment.spec().strategy().type().equals("RollingUpdate");
  }

  int maxSurge() {
    return isRolling() ? Fenceposts.of(deployment, wished()).surge() : 0;
  }

  int maxUnavailable() {
    return isRolling() && wished() > 0
        ? Math.min(wished(), Fenceposts.of(deployment, wished()).unavailable())
        : 0;
  }
}
