package io.tiphys.controllers.deployment;

import io.tiphys.api.apps.v1.DeploymentCondition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a Deployment says about itself. Checked against deployment/util/deployment_util.go. */
final class Conditions {
  static final String PROGRESSING = "Progressing";
  static final String AVAILABLE = "Available";
  static final String REPLICA_FAILURE = "ReplicaFailure";

  private Conditions() {}

  static DeploymentCondition condition(
      String type, String status, String reason, String message, Instant now) {
    return new DeploymentCondition(type, status, now, now, reason, message);
  }

  static @Nullable DeploymentCondition find(List<DeploymentCondition> conditions, String type) {
    return conditions.stream().filter(c -> c.type().equals(type)).findFirst().orElse(null);
  }

  /** Nothing changes if the reason is the same; the time stays if the status is the same. */
  static List<DeploymentCondition> with(
      List<DeploymentCondition> conditions, DeploymentCondition condition) {
    DeploymentCondition before = find(conditions, condition.type());
    List<DeploymentCondition> changed = without(conditions, condition.type());
    if (before == null || !before.status().equals(condition.status())) {
      changed.add(condition);
      return changed;
    }
    if (before.reason().equals(condition.reason())) {
      return conditions;
    }
    changed.add(condition.withLastTransitionTime(before.lastTransitionTime()));
    return changed;
  }

  static List<DeploymentCondition> without(List<DeploymentCondition> conditions, String type) {
    List<DeploymentCondition> rest = new ArrayList<>(conditions);
    rest.removeIf(condition -> condition.type().equals(type));
    return rest;
  }
}
