package io.tiphys.rules.workloads;

import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the counts in a workload's status can be true: none is negative, and no part is larger
 * than its whole. Checked against the Validate...Status functions of pkg/apis/apps/validation.
 */
final class StatusCounts {
  private static final FieldPath STATUS = FieldPath.of("status");

  private final Checks checks = new Checks();

  StatusCounts notNegative(String field, @Nullable Number count) {
    checks.notNegative(STATUS.child(field), count);
    return this;
  }

  /**
   * @param name of the whole, as the message says it
   */
  StatusCounts atMost(String field, int part, String name, int whole) {
    if (part > whole) {
      checks.invalid(STATUS.child(field), part, "cannot be greater than " + name);
    }
    return this;
  }

  /** The counts of what makes pods all alike: sets of replicas and their older controllers. */
  static StatusCounts ofReplicas(
      int replicas,
      int labeled,
      int ready,
      int available,
      long observed,
      @Nullable Integer terminating) {
    return new StatusCounts()
        .notNegative("replicas", replicas)
        .notNegative("fullyLabeledReplicas", labeled)
        .notNegative("readyReplicas", ready)
        .notNegative("availableReplicas", available)
        .notNegative("observedGeneration", observed)
        .notNegative("terminatingReplicas", terminating)
        .atMost("fullyLabeledReplicas", labeled, "status.replicas", replicas)
        .available(replicas, ready, available, "readyReplicas");
  }

  /**
   * Of all replicas some are ready, and of those some available.
   *
   * @param readyName of those that are ready, as upstream's message about the kind says it
   */
  StatusCounts available(int replicas, int ready, int available, String readyName) {
    return atMost("readyReplicas", ready, "status.replicas", replicas)
        .atMost("availableReplicas", available, "status.replicas", replicas)
        .atMost("availableReplicas", available, readyName, ready);
  }

  /** A count of hash collisions only grows. */
  StatusCounts collisions(@Nullable Integer now, @Nullable Integer before) {
    if (before != null && (now == null || now < before)) {
      checks.invalid(
          STATUS.child("collisionCount"), now == null ? 0 : now, "cannot be decremented");
    }
    return this;
  }

  List<FieldError> errors() {
    return checks.errors();
  }
}
