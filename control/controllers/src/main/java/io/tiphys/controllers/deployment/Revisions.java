package io.tiphys.controllers.deployment;

import io.tiphys.api.apps.v1.ReplicaSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a Deployment writes into the annotations of its ReplicaSets: revisions, for {@code kubectl
 * rollout history}, and sizes. Checked against pkg/controller/deployment/util/deployment_util.go.
 */
final class Revisions {
  static final String REVISION = "deployment.kubernetes.io/revision";
  private static final String HISTORY = "deployment.kubernetes.io/revision-history";
  private static final String DESIRED = "deployment.kubernetes.io/desired-replicas";
  private static final String MAX = "deployment.kubernetes.io/max-replicas";

  private static final Set<String> NOT_COPIED =
      Set.of(
          "kubectl.kubernetes.io/last-applied-configuration",
          REVISION,
          HISTORY,
          DESIRED,
          MAX,
          "deprecated.deployment.rollback.to");

  /** As upstream: about a hundred revisions. */
  private static final int MAX_HISTORY_CHARS = 2000;

  private Revisions() {}

  /** 0 without one, -1 if it is no number. */
  static long of(ReplicaSet set) {
    String revision = set.metadata().annotations().get(REVISION);
    return revision == null ? 0 : number(revision);
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException _) {
      return -1;
    }
  }

  /** The revision that a set gets which becomes the current one. */
  static long next(OwnedReplicaSets family) {
    return 1
        + family.old().stream().mapToLong(Revisions::of).map(r -> Math.max(0, r)).max().orElse(0);
  }

  /** The Deployment's size when the set was last scaled; negative if unknown. */
  static int desired(ReplicaSet set) {
    return size(set, DESIRED);
  }

  /** The most pods the Deployment might have had then; negative if unknown. */
  static int max(ReplicaSet set) {
    return size(set, MAX);
  }

  private static int size(ReplicaSet set, String annotation) {
    String size = set.metadata().annotations().get(annotation);
    long number = size == null ? -1 : number(size);
    return number > Integer.MAX_VALUE ? -1 : (int) number;
  }

  static boolean knowsSize(OwnedReplicaSets family, ReplicaSet set) {
    return desired(set) == family.wished() && max(set) == family.wished() + family.maxSurge();
  }

  static Map<String, String> withSize(OwnedReplicaSets family, Map<String, String> annotations) {
    Map<String, String> sized = new LinkedHashMap<>(annotations);
    sized.put(DESIRED, String.valueOf(family.wished()));
    sized.put(MAX, String.valueOf(family.wished() + family.maxSurge()));
    return sized;
  }

  /**
   * The annotations of the current set: the Deployment's own, and a revision above all others. A
   * set that is current again keeps its former revisions as history.
   */
  static Map<String, String> ofCurrent(OwnedReplicaSets family, Map<String, String> before) {
    Map<String, String> annotations = new LinkedHashMap<>(before);
    family
        .deployment()
        .metadata()
        .annotations()
        .forEach(
            (key, value) -> {
              if (!NOT_COPIED.contains(key)) {
                annotations.put(key, value);
              }
            });
    String was = before.get(REVISION);
    long had = was == null || was.isEmpty() ? 0 : number(was);
    long next = next(family);
    if (had >= 0 && had < next) {
      annotations.put(REVISION, String.valueOf(next));
      if (was != null) {
        annotations.put(HISTORY, history(before.getOrDefault(HISTORY, ""), was));
      }
    }
    return annotations;
  }

  private static String history(String before, String revision) {
    List<String> revisions = new ArrayList<>();
    if (!before.isEmpty()) {
      revisions.addAll(Arrays.asList(before.split(",", -1)));
    }
    revisions.add(revision);
    while (revisions.size() > 1 && String.join(",", revisions).length() > MAX_HISTORY_CHARS) {
      revisions.removeFirst();
    }
    return String.join(",", revisions);
  }
}
