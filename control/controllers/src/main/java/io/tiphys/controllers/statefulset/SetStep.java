package io.tiphys.controllers.statefulset;

import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.controllers.kit.Pods;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is to be done for a set now; a pure function. Checked against
 * pkg/controller/statefulset/stateful_set_control.go, and for sets of 1.3 against its
 * pkg/controller/petset/pet_set.go.
 *
 * @param create ordinals to create
 * @param delete pods to delete
 */
record SetStep(List<Integer> create, List<Pod> delete) {

  /**
   * @param pods the set's own
   * @param revision the template's present revision
   */
  static SetStep of(StatefulSet set, List<Pod> pods, String revision, Instant now) {
    TreeMap<Integer, Pod> wanted = new TreeMap<>();
    TreeMap<Integer, Pod> surplus = new TreeMap<>();
    int first = Pets.first(set);
    int end = first + Pets.replicas(set);
    for (Pod pod : pods) {
      int ordinal = Pets.ordinal(set, pod);
      (ordinal >= first && ordinal < end ? wanted : surplus).put(ordinal, pod);
    }
    boolean parallel = set.spec().podManagementPolicy().equals("Parallel");
    List<Integer> create = new ArrayList<>();
    List<Pod> delete = new ArrayList<>();
    for (int ordinal = first; ordinal < end; ordinal++) {
      Pod pod = wanted.get(ordinal);
      if (pod == null) {
        create.add(ordinal);
      } else if (Pods.isTerminal(pod) && !Pods.isTerminating(pod)) {
        delete.add(pod);
      }
      boolean blocks = pod == null || !isSettled(set, pod, now);
      if (blocks && !parallel) {
        return new SetStep(create, delete);
      }
    }
    if (!parallel && wanted.values().stream().anyMatch(pod -> Pets.holdsUp(set, pod))) {
      return new SetStep(create, delete);
    }
    return shrinkOrUpdate(set, new SetStep(create, delete), wanted, surplus, revision, now);
  }

  private static boolean isSettled(StatefulSet set, Pod pod, Instant now) {
    return Pets.isHealthy(set, pod) && Pods.isAvailable(pod, set.spec().minReadySeconds(), now);
  }

  private static SetStep shrinkOrUpdate(
      StatefulSet set,
      SetStep step,
      TreeMap<Integer, Pod> wanted,
      TreeMap<Integer, Pod> surplus,
      String revision,
      Instant now) {
    boolean parallel = set.spec().podManagementPolicy().equals("Parallel");
    for (Map.Entry<Integer, Pod> entry : surplus.descendingMap().entrySet()) {
      if (!Pods.isTerminating(entry.getValue())) {
        step.delete.add(entry.getValue());
      }
      if (!parallel) {
        return step;
      }
    }
    boolean rolling = set.spec().updateStrategy().type().equals("RollingUpdate");
    if (!rolling || Pets.isPetSet(set) || !step.create.isEmpty() || !step.delete.isEmpty()) {
      return step;
    }
    var strategy = set.spec().updateStrategy().rollingUpdate();
    int partition = strategy == null || strategy.partition() == null ? 0 : strategy.partition();
    List<Map.Entry<Integer, Pod>> highest = new ArrayList<>(wanted.entrySet());
    highest.sort(Map.Entry.<Integer, Pod>comparingByKey(Comparator.reverseOrder()));
    for (Map.Entry<Integer, Pod> entry : highest) {
      Pod pod = entry.getValue();
      boolean old = !revision.equals(pod.metadata().labels().get(Pets.REVISION));
      if (old && entry.getKey() >= partition && !Pods.isTerminating(pod)) {
        step.delete.add(pod);
        return step;
      }
      if (!isSettled(set, pod, now)) {
        return step;
      }
    }
    return step;
  }
}
