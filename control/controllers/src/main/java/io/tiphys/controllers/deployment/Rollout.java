package io.tiphys.controllers.deployment;

import static io.tiphys.controllers.deployment.Conditions.PROGRESSING;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.AppsV1;
import io.tiphys.api.apps.v1.Deployment;
import io.tiphys.api.apps.v1.DeploymentCondition;
import io.tiphys.api.apps.v1.DeploymentStatus;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Source;
import io.tiphys.controllers.deployment.Scaling.Scale;
import io.tiphys.controllers.kit.ControllerRefs;
import io.tiphys.controllers.kit.Deletions;
import io.tiphys.controllers.kit.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a Deployment: the next step of its rollout, and its status. Checked against
 * deployment_controller.go and sync.go of pkg/controller/deployment.
 */
final class Rollout {
  private final Source source;
  private final Consumer<ReplicaSet> written;
  private final EventRecorder events;
  private final Instant now;
  private OwnedReplicaSets family;

  /**
   * @param written told of every version of a set that was written
   */
  Rollout(
      Source source,
      Consumer<ReplicaSet> written,
      EventRecorder events,
      Instant now,
      OwnedReplicaSets family) {
    this.source = source;
    this.written = written;
    this.events = events;
    this.now = now;
    this.family = family;
  }

  /**
   * @param oldPodsRun whether pods of any set but the current are still there
   */
  Result step(Predicate<OwnedReplicaSets> oldPodsRun) {
    Deployment deployment = family.deployment();
    if (deployment.metadata().deletionTimestamp() != null) {
      syncCurrent();
      return write(RolloutStatus.counted(family, now));
    }
    sayPausedOrResumed();
    syncCurrent();
    if (deployment.spec().paused() || Scaling.isScalingEvent(family)) {
      scale(Scaling.proportional(family));
      if (deployment.spec().paused()) {
        cleanUp();
      }
      return write(RolloutStatus.counted(family, now));
    }
    if (family.isRolling()) {
      roll();
    } else {
      recreate(oldPodsRun);
    }
    return write(RolloutStatus.of(family, now));
  }

  private void roll() {
    ReplicaSet current = currentOrNew();
    if (!scale(Scaling.rollUp(family, current)) && !scale(Scaling.rollDown(family, current))) {
      cleanUpIfComplete();
    }
  }

  private void recreate(Predicate<OwnedReplicaSets> oldPodsRun) {
    if (scale(Scaling.recreateDown(family)) || oldPodsRun.test(family)) {
      return;
    }
    scale(Scaling.recreateUp(family, currentOrNew()));
    cleanUpIfComplete();
  }

  /** So that a pause does not count against the deadline. */
  private void sayPausedOrResumed() {
    Deployment deployment = family.deployment();
    List<DeploymentCondition> conditions = deployment.status().conditions();
    DeploymentCondition before = Conditions.find(conditions, PROGRESSING);
    String reason = before == null ? "" : before.reason();
    boolean toldPaused = reason.equals("DeploymentPaused");
    if (!RolloutStatus.hasDeadline(deployment)
        || reason.equals(RolloutStatus.TIMED_OUT)
        || toldPaused == deployment.spec().paused()) {
      return;
    }
    say(
        toldPaused
            ? Conditions.condition(
                PROGRESSING, "Unknown", "DeploymentResumed", "Deployment is resumed", now)
            : Conditions.condition(
                PROGRESSING, "Unknown", "DeploymentPaused", "Deployment is paused", now));
  }

  private void say(DeploymentCondition condition) {
    DeploymentStatus status = family.deployment().status();
    write(status.withConditions(Conditions.with(status.conditions(), condition)));
  }

  /** Keeps annotations and revision of the current set and its Deployment in step. */
  private void syncCurrent() {
    ReplicaSet current = family.current();
    if (current == null) {
      return;
    }
    Deployment deployment = family.deployment();
    ReplicaSet wished =
        current
            .withMetadata(
                current
                    .metadata()
                    .withAnnotations(Revisions.ofCurrent(family, current.metadata().annotations())))
            .withSpec(current.spec().withMinReadySeconds(deployment.spec().minReadySeconds()));
    if (!wished.equals(current)) {
      current = source.update(AppsV1.REPLICASETS, wished);
      written.accept(current);
      family = family.withCurrent(current);
    }
    writeRevision(current.metadata().annotations().getOrDefault(Revisions.REVISION, ""));
    if (RolloutStatus.hasDeadline(deployment)
        && Conditions.find(deployment.status().conditions(), PROGRESSING) == null) {
      String message = "Found new replica set \"" + current.name() + "\"";
      say(Conditions.condition(PROGRESSING, "True", "FoundNewReplicaSet", message, now));
    }
  }

  private void writeRevision(String revision) {
    Deployment deployment = family.deployment();
    if (revision.equals(deployment.metadata().annotations().get(Revisions.REVISION))) {
      return;
    }
    Map<String, String> annotations = new TreeMap<>(deployment.metadata().annotations());
    annotations.put(Revisions.REVISION, revision);
    // As upstream by way of the status, so that one entry of managed fields is ours.
    Deployment written =
        source.updateStatus(
            AppsV1.DEPLOYMENTS,
            deployment.withMetadata(deployment.metadata().withAnnotations(annotations)));
    // Only its version and annotations are news: the rest is decided about as it was seen.
    family =
        new OwnedReplicaSets(
            deployment.withMetadata(
                deployment
                    .metadata()
                    .withAnnotations(written.metadata().annotations())
                    .withResourceVersion(written.metadata().resourceVersion())),
            family.current(),
            family.old());
  }

  private ReplicaSet currentOrNew() {
    ReplicaSet current = family.current();
    return current == null ? createCurrent() : current;
  }

  private ReplicaSet createCurrent() {
    Deployment deployment = family.deployment();
    ReplicaSet wished = NewReplicaSet.of(family);
    String revision = String.valueOf(Revisions.next(family));
    boolean created = true;
    ReplicaSet current;
    try {
      current = source.create(AppsV1.REPLICASETS, wished);
      written.accept(current);
    } catch (ApiFailure e) {
      if (!e.isAlreadyExists()) {
        sayCreationFailed(wished, e);
        throw e;
      }
      current = source.get(AppsV1.REPLICASETS, wished.namespace(), wished.name());
      created = false;
      if (!ControllerRefs.isControlledBy(current, deployment)
          || !OwnedReplicaSets.sameTemplate(
              current.spec().template(), deployment.spec().template())) {
        countCollision();
        throw e;
      }
    }
    family = family.withCurrent(current);
    int size = OwnedReplicaSets.wished(current);
    if (created && size > 0) {
      events.normal(
          deployment,
          "ScalingReplicaSet",
          "Scaled up replica set %s from 0 to %d".formatted(current.name(), size));
    }
    writeRevision(revision);
    if (created && RolloutStatus.hasDeadline(deployment)) {
      String message = "Created new replica set \"" + current.name() + "\"";
      say(Conditions.condition(PROGRESSING, "True", "NewReplicaSetCreated", message, now));
    }
    return current;
  }

  private void sayCreationFailed(ReplicaSet wished, ApiFailure e) {
    if (e.hasCause("NamespaceTerminating")) {
      return;
    }
    String message =
        "Failed to create new replica set \"%s\": %s".formatted(wished.name(), e.getMessage());
    if (RolloutStatus.hasDeadline(family.deployment())) {
      say(Conditions.condition(PROGRESSING, "False", "ReplicaSetCreateError", message, now));
    }
    events.warning(family.deployment(), "ReplicaSetCreateError", message);
  }

  /** The name is taken by another template's set: the next hash will be another. */
  private void countCollision() {
    DeploymentStatus status = family.deployment().status();
    Integer collisions = status.collisionCount();
    write(status.withCollisionCount(collisions == null ? 1 : collisions + 1));
  }

  /** Returns whether any set changed its size. */
  private boolean scale(List<Scale> scales) {
    boolean scaled = false;
    for (Scale scale : scales) {
      ReplicaSet set = scale.set();
      int from = OwnedReplicaSets.wished(set);
      written.accept(
          source.update(
              AppsV1.REPLICASETS,
              set.withMetadata(
                      set.metadata()
                          .withAnnotations(
                              Revisions.withSize(family, set.metadata().annotations())))
                  .withSpec(set.spec().withReplicas(scale.to()))));
      if (from != scale.to()) {
        scaled = true;
        events.normal(
            family.deployment(),
            "ScalingReplicaSet",
            "Scaled %s replica set %s from %d to %d"
                .formatted(from < scale.to() ? "up" : "down", set.name(), from, scale.to()));
      }
    }
    return scaled;
  }

  private void cleanUpIfComplete() {
    if (RolloutStatus.isComplete(family, family.deployment().status())) {
      cleanUp();
    }
  }

  /** Deletes the oldest empty sets that history has no room for. */
  private void cleanUp() {
    Integer limit = family.deployment().spec().revisionHistoryLimit();
    if (limit == null || limit == Integer.MAX_VALUE) {
      return;
    }
    List<ReplicaSet> alive =
        family.old().stream()
            .filter(set -> set.metadata().deletionTimestamp() == null)
            .sorted(
                Comparator.comparingLong(Revisions::of)
                    .thenComparing(OwnedReplicaSets.OLDEST_FIRST))
            .toList();
    for (ReplicaSet set : alive.subList(0, Math.max(0, alive.size() - limit))) {
      if (set.status().replicas() != 0
          || OwnedReplicaSets.wished(set) != 0
          || set.metadata().generation() > set.status().observedGeneration()) {
        continue;
      }
      try {
        source.delete(AppsV1.REPLICASETS, set.namespace(), set.name(), Deletions.of(set));
      } catch (ApiFailure e) {
        if (!e.isNotFound()) {
          throw e;
        }
      }
    }
  }

  private Result write(DeploymentStatus status) {
    Deployment deployment = family.deployment();
    if (!status.equals(deployment.status())) {
      // Not tried again after a conflict: another's change is first to be looked at.
      Deployment stored = source.updateStatus(AppsV1.DEPLOYMENTS, deployment.withStatus(status));
      family = new OwnedReplicaSets(stored, family.current(), family.old());
    }
    @Nullable Duration wait = RolloutStatus.untilDeadline(family, status, now);
    return wait == null ? Result.done() : Result.retryAfter(wait);
  }
}
