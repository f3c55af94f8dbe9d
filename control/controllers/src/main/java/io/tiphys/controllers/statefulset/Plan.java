package io.tiphys.controllers.statefulset;

import io.tiphys.api.apps.v1.RollingUpdateStatefulSetStrategy;
import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.controllers.kit.Pods;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is to be done about a set now. In order: pods are made from the first ordinal up,
 * each after its predecessor is available, surplus ones deleted from the last down, and then those
 * of an old revision, from the last down too. In parallel: all at once. Checked against
 * updateStatefulSet in pkg/controller/statefulset/stateful_set_control.go.
 */
final class Plan {
  /** One thing to do. */
  sealed interface Step {
    record Create(int ordinal) implements Step {}

    record Delete(Pod pod) implements Step {}

    /** A pod lost what makes it a member: its labels or volumes. */
    record Repair(Pod pod) implements Step {}

    /** A pod that does not start may lack a claim that somebody deleted. */
    record EnsureClaims(Pod pod) implements Step {}
  }

  private final StatefulSet set;
  private final String updateRevision;
  private final Instant now;
  private final boolean pet;
  private final @Nullable Pod[] replicas;
  private final List<Pod> condemned = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();

  private Plan(StatefulSet set, List<Pod> pods, String updateRevision, Instant now) {
    this.set = set;
    this.updateRevision = updateRevision;
    this.now = now;
    this.pet = PetMode.is(set);
    this.replicas = new @Nullable Pod[Identity.wished(set)];
    int start = Identity.start(set);
    for (Pod pod : pods) {
      int ordinal = Identity.ordinal(set, pod.name());
      if (Identity.isInRange(set, ordinal)) {
        replicas[ordinal - start] = pod;
      } else if (ordinal >= 0) {
        condemned.add(pod);
      }
    }
    condemned.sort(
        Comparator.comparingInt((Pod pod) -> Identity.ordinal(set, pod.name())).reversed());
  }

  /**
   * @param pods what the set controls
   * @param updateRevision the revision of the set as it is wished
   */
  static List<Step> of(StatefulSet set, List<Pod> pods, String updateRevision, Instant now) {
    if (set.metadata().deletionTimestamp() != null) {
      return List.of();
    }
    Plan plan = new Plan(set, pods, updateRevision, now);
    if (set.spec().podManagementPolicy().equals("Parallel")) {
      plan.parallel();
    } else if (plan.replicasInOrder() && plan.condemnedInOrder()) {
      plan.update();
    }
    return plan.steps;
  }

  /** Returns whether all are there and well. */
  private boolean replicasInOrder() {
    for (int i = 0; i < replicas.length; i++) {
      Pod pod = replicas[i];
      if (pod == null) {
        steps.add(new Step.Create(Identity.start(set) + i));
        return false;
      }
      if (Pods.isTerminal(pod)) {
        delete(pod);
        return false;
      }
      ensureClaims(pod);
      if (!isHealthy(pod)) {
        return false;
      }
      repair(pod);
    }
    return true;
  }

  /** Returns whether there are none left. */
  private boolean condemnedInOrder() {
    if (condemned.isEmpty()) {
      return true;
    }
    Pod next = condemned.getFirst();
    boolean restHealthy = condemned.stream().skip(1).allMatch(this::isHealthy);
    // A pet waits for whoever is unwell, even itself; another set may shed an unhealthy last pod.
    if (restHealthy && (isHealthy(next) || !pet || Pods.isTerminal(next))) {
      delete(next);
    }
    return false;
  }

  /** Deletions first: their room may be what creations wait for. */
  private void parallel() {
    condemned.forEach(this::delete);
    for (Pod pod : replicas) {
      if (pod != null && Pods.isTerminal(pod)) {
        delete(pod);
      }
    }
    if (!steps.isEmpty()) {
      return;
    }
    for (int i = 0; i < replicas.length; i++) {
      Pod pod = replicas[i];
      if (pod == null) {
        steps.add(new Step.Create(Identity.start(set) + i));
      } else {
        ensureClaims(pod);
        repair(pod);
      }
    }
    if (steps.stream().noneMatch(Step.Create.class::isInstance)) {
      update();
    }
  }

  /**
   * The last pod of an old revision goes, well or not, once all after it are available. Upstream's
   * gate MaxUnavailableStatefulSet, by which an unhealthy pod would never be replaced, is off.
   */
  private void update() {
    if (set.spec().updateStrategy().type().equals("OnDelete")) {
      return;
    }
    RollingUpdateStatefulSetStrategy rolling = set.spec().updateStrategy().rollingUpdate();
    Integer partition = rolling == null ? null : rolling.partition();
    int first = partition == null ? 0 : partition;
    for (int i = replicas.length - 1; i >= first; i--) {
      Pod pod = replicas[i];
      if (pod == null) {
        return;
      }
      boolean leaves = pod.metadata().deletionTimestamp() != null;
      if (!leaves && !Identity.revision(pod).equals(updateRevision)) {
        delete(pod);
        return;
      }
      if (!isHealthy(pod)) {
        return;
      }
    }
  }

  private void delete(Pod pod) {
    if (pod.metadata().deletionTimestamp() == null) {
      steps.add(new Step.Delete(pod));
    }
  }

  private void ensureClaims(Pod pod) {
    if (pod.status().phase().equals("Pending") && !set.spec().volumeClaimTemplates().isEmpty()) {
      steps.add(new Step.EnsureClaims(pod));
    }
  }

  private void repair(Pod pod) {
    if (!Identity.matches(set, pod)) {
      steps.add(new Step.Repair(pod));
    }
  }

  private boolean isHealthy(Pod pod) {
    return pod.metadata().deletionTimestamp() == null
        && pod.status().phase().equals("Running")
        && Pods.isAvailable(pod, set.spec().minReadySeconds(), now)
        && (!pet || PetMode.isInitialized(pod));
  }
}
