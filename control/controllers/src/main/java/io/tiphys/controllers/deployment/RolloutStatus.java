package io.tiphys.controllers.deployment;

import static io.tiphys.controllers.deployment.Conditions.PROGRESSING;

import io.tiphys.api.apps.v1.Deployment;
import io.tiphys.api.apps.v1.DeploymentCondition;
import io.tiphys.api.apps.v1.DeploymentStatus;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.apps.v1.ReplicaSetCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a rollout is. Checked against progress.go and calculateStatus in sync.go of
 * pkg/controller/deployment.
 */
final class RolloutStatus {
  static final String TIMED_OUT = "ProgressDeadlineExceeded";
  static final String COMPLETE = "NewReplicaSetAvailable";

  /** As upstream: a second more, so that the deadline has passed when it is looked at. */
  private static final Duration SKEW = Duration.ofSeconds(1);

  private RolloutStatus() {}

  /** No deadline at all, or one nobody will live to see, means that progress is not watched. */
  static boolean hasDeadline(Deployment deployment) {
    Integer deadline = deployment.spec().progressDeadlineSeconds();
    return deadline != null && deadline != Integer.MAX_VALUE;
  }

  /** The numbers, and whether enough pods are available. */
  static DeploymentStatus counted(OwnedReplicaSets family, Instant now) {
    List<ReplicaSet> all = family.all();
    int available = OwnedReplicaSets.sum(all, set -> set.status().availableReplicas());
    ReplicaSet current = family.current();
    DeploymentStatus before = family.deployment().status();
    DeploymentCondition condition =
        available >= family.wished() - family.maxUnavailable()
            ? Conditions.condition(
                Conditions.AVAILABLE,
                "True",
                "MinimumReplicasAvailable",
                "Deployment has minimum availability.",
                now)
            : Conditions.condition(
                Conditions.AVAILABLE,
                "False",
                "MinimumReplicasUnavailable",
                "Deployment does not have minimum availability.",
                now);
    return DeploymentStatus.builder()
        .observedGeneration(family.deployment().metadata().generation())
        .replicas(OwnedReplicaSets.sum(all, set -> set.status().replicas()))
        .updatedReplicas(current == null ? 0 : current.status().replicas())
        .readyReplicas(OwnedReplicaSets.sum(all, set -> set.status().readyReplicas()))
        .availableReplicas(available)
        .unavailableReplicas(
            Math.max(0, OwnedReplicaSets.sum(all, OwnedReplicaSets::wished) - available))
        .terminatingReplicas(terminating(all))
        .collisionCount(before.collisionCount())
        .conditions(Conditions.with(before.conditions(), condition))
        .build();
  }

  private static @Nullable Integer terminating(List<ReplicaSet> sets) {
    int sum = 0;
    for (ReplicaSet set : sets) {
      Integer terminating = set.status().terminatingReplicas();
      if (terminating != null) {
        sum += terminating;
      } else if (set.status().observedGeneration() != 0) {
        return null;
      }
    }
    return sum;
  }

  /** The numbers, and whether it goes on, is over, or is stuck. */
  static DeploymentStatus of(OwnedReplicaSets family, Instant now) {
    Deployment deployment = family.deployment();
    DeploymentStatus status = counted(family, now);
    List<DeploymentCondition> conditions = status.conditions();
    DeploymentCondition before = Conditions.find(conditions, PROGRESSING);
    boolean over =
        status.replicas() == status.updatedReplicas()
            && before != null
            && before.reason().equals(COMPLETE);
    if (!hasDeadline(deployment)) {
      conditions = Conditions.without(conditions, PROGRESSING);
    } else if (!over) {
      conditions = progress(family, status, before, now);
    }
    DeploymentCondition failure = failure(family);
    return status.withConditions(
        failure == null
            ? Conditions.without(conditions, Conditions.REPLICA_FAILURE)
            : Conditions.with(conditions, failure));
  }

  private static List<DeploymentCondition> progress(
      OwnedReplicaSets family,
      DeploymentStatus status,
      @Nullable DeploymentCondition before,
      Instant now) {
    List<DeploymentCondition> conditions = status.conditions();
    ReplicaSet current = family.current();
    String subject =
        current == null
            ? "Deployment \"" + family.deployment().name() + "\""
            : "ReplicaSet \"" + current.name() + "\"";
    if (isComplete(family, status)) {
      String message = subject + " has successfully progressed.";
      return Conditions.with(
          conditions, Conditions.condition(PROGRESSING, "True", COMPLETE, message, now));
    }
    if (isProgressing(family.deployment().status(), status)) {
      DeploymentCondition condition =
          Conditions.condition(
              PROGRESSING, "True", "ReplicaSetUpdated", subject + " is progressing.", now);
      if (before != null && before.status().equals("True")) {
        condition = condition.withLastTransitionTime(before.lastTransitionTime());
      }
      // Even for the same reason: its time of update is what the deadline counts from.
      return Conditions.with(Conditions.without(conditions, PROGRESSING), condition);
    }
    if (hasTimedOut(family.deployment(), before, now)) {
      String message = subject + " has timed out progressing.";
      return Conditions.with(
          conditions, Conditions.condition(PROGRESSING, "False", TIMED_OUT, message, now));
    }
    return conditions;
  }

  /** Everything wished for is there, up to date and available, and nothing else is. */
  static boolean isComplete(OwnedReplicaSets family, DeploymentStatus status) {
    int wished = family.wished();
    return status.updatedReplicas() == wished
        && status.replicas() == wished
        && status.availableReplicas() == wished
        && status.observedGeneration() >= family.deployment().metadata().generation();
  }

  private static boolean isProgressing(DeploymentStatus before, DeploymentStatus after) {
    int oldBefore = before.replicas() - before.updatedReplicas();
    int oldAfter = after.replicas() - after.updatedReplicas();
    return after.updatedReplicas() > before.updatedReplicas()
        || oldAfter < oldBefore
        || after.readyReplicas() > before.readyReplicas()
        || after.availableReplicas() > before.availableReplicas();
  }

  private static boolean hasTimedOut(
      Deployment deployment, @Nullable DeploymentCondition before, Instant now) {
    if (before == null || before.reason().equals(COMPLETE)) {
      return false;
    }
    return before.reason().equals(TIMED_OUT) || deadline(deployment, before, now).isBefore(now);
  }

  private static Instant deadline(
      Deployment deployment, DeploymentCondition progressing, Instant now) {
    Integer seconds = deployment.spec().progressDeadlineSeconds();
    Instant since = progressing.lastUpdateTime() == null ? now : progressing.lastUpdateTime();
    return since.plusSeconds(seconds == null ? 0 : seconds);
  }

  /** When to look whether the deadline has passed; null if there is nothing to wait for. */
  static @Nullable Duration untilDeadline(
      OwnedReplicaSets family, DeploymentStatus status, Instant now) {
    Deployment deployment = family.deployment();
    DeploymentCondition progressing = Conditions.find(status.conditions(), PROGRESSING);
    if (!hasDeadline(deployment)
        || progressing == null
        || isComplete(family, status)
        || progressing.reason().equals(TIMED_OUT)) {
      return null;
    }
    Duration left = Duration.between(now, deadline(deployment, progressing, now));
    return (left.isNegative() ? Duration.ZERO : left).plus(SKEW);
  }

  /** The current set's failure before any other's. */
  private static @Nullable DeploymentCondition failure(OwnedReplicaSets family) {
    List<ReplicaSet> sets = new ArrayList<>(family.all());
    if (family.current() != null) {
      sets.addFirst(family.current());
    }
    for (ReplicaSet set : sets) {
      for (ReplicaSetCondition condition : set.status().conditions()) {
        if (condition.type().equals(Conditions.REPLICA_FAILURE)) {
          return new DeploymentCondition(
              condition.type(),
              condition.status(),
              condition.lastTransitionTime(),
              condition.lastTransitionTime(),
              condition.reason(),
              condition.message());
        }
      }
    }
    return null;
  }
}
