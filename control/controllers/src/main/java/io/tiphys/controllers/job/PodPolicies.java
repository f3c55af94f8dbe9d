package io.tiphys.controllers.job;

import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.PodFailurePolicy;
import io.tiphys.api.batch.v1.PodFailurePolicyOnExitCodesRequirement;
import io.tiphys.api.batch.v1.PodFailurePolicyRule;
import io.tiphys.api.batch.v1.SuccessPolicy;
import io.tiphys.api.batch.v1.SuccessPolicyRule;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a job's policies make of a failed pod, or of the successes so far. Checked against
 * pod_failure_policy.go and success_policy.go of pkg/controller/job.
 */
final class PodPolicies {
  private PodPolicies() {}

  /**
   * @param counts whether the failure counts towards the back-off limit
   * @param failsIndex whether the pod's index is not to be tried again
   * @param jobFailure why the whole job fails at once, or null
   */
  record Failure(boolean counts, boolean failsIndex, @Nullable String jobFailure) {}

  static Failure failure(Job job, Pod pod) {
    PodFailurePolicy policy = job.spec().podFailurePolicy();
    List<PodFailurePolicyRule> rules = policy == null ? List.of() : policy.rules();
    for (int i = 0; i < rules.size(); i++) {
      PodFailurePolicyRule rule = rules.get(i);
      String match = match(rule, pod);
      if (match != null) {
        String message = match + " matching " + rule.action() + " rule at index " + i;
        return switch (rule.action()) {
          case "Ignore" -> new Failure(false, false, null);
          case "FailJob" -> new Failure(true, false, message);
          case "FailIndex" -> new Failure(true, true, null);
          default -> new Failure(true, false, null);
        };
      }
    }
    return new Failure(true, false, null);
  }

  /** What of the pod the rule is about, or null. */
  private static @Nullable String match(PodFailurePolicyRule rule, Pod pod) {
    String name = pod.namespace() + "/" + pod.name();
    PodFailurePolicyOnExitCodesRequirement codes = rule.onExitCodes();
    if (codes != null) {
      return Stream.concat(
              pod.status().containerStatuses().stream(),
              pod.status().initContainerStatuses().stream())
          .filter(container -> matches(codes, container))
          .findFirst()
          .map(
              container ->
                  "Container %s for pod %s failed with exit code %d"
                      .formatted(container.name(), name, exitCode(container)))
          .orElse(null);
    }
    for (PodCondition condition : pod.status().conditions()) {
      boolean matches =
          rule.onPodConditions().stream()
              .anyMatch(
                  pattern ->
                      pattern.type().equals(condition.type())
                          && pattern.status().equals(condition.status()));
      if (matches) {
        return "Pod " + name + " has condition " + condition.type();
      }
    }
    return null;
  }

  /** 0 as long as it runs, too: success is nothing a rule is about. */
  private static int exitCode(ContainerStatus container) {
    var terminated = container.state().terminated();
    return terminated == null ? 0 : terminated.exitCode();
  }

  private static boolean matches(
      PodFailurePolicyOnExitCodesRequirement codes, ContainerStatus container) {
    int code = exitCode(container);
    String only = codes.containerName();
    return code != 0
        && (only == null || only.equals(container.name()))
        && switch (codes.operator()) {
          case "In" -> codes.values().contains(code);
          case "NotIn" -> !codes.values().contains(code);
          default -> false;
        };
  }

  /** Why the successes so far are enough, or null. */
  static @Nullable String success(Job job, BitSet succeeded) {
    SuccessPolicy policy = job.spec().successPolicy();
    if (policy == null || succeeded.isEmpty()) {
      return null;
    }
    for (int i = 0; i < policy.rules().size(); i++) {
      SuccessPolicyRule rule = policy.rules().get(i);
      Integer count = rule.succeededCount();
      BitSet among = (BitSet) succeeded.clone();
      boolean met = false;
      if (rule.succeededIndexes() != null) {
        BitSet required = Indexes.parse(rule.succeededIndexes(), JobPods.indexes(job));
        among.and(required);
        met = !required.isEmpty() && among.equals(required);
        if (required.isEmpty()) {
          continue;
        }
      }
      if (met || (count != null && among.cardinality() >= count)) {
        return "Matched rules at index " + i;
      }
    }
    return null;
  }
}
