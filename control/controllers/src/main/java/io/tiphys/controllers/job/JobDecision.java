package io.tiphys.controllers.job;

import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.JobCondition;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.controllers.kit.DeletionOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is to become of a job now. Checked against syncJob and manageJob in
 * pkg/controller/job/job_controller.go.
 */
sealed interface JobDecision {
  /** As upstream: what one reconciliation may create or delete. */
  int BURST = 500;

  /** It is over: no pod is to go on. */
  record End(JobCondition condition) implements JobDecision {}

  /** Some pods are too many; they do not count as failed. */
  record Fewer(List<Pod> pods) implements JobDecision {}

  /** Pods are missing: one for each index, or for each {@link JobPods#UNKNOWN}. */
  record More(List<Integer> indexes) implements JobDecision {}

  /** Pods are missing, but the last ones failed: not before this has passed. */
  record Wait(Duration delay) implements JobDecision {}

  record Nothing() implements JobDecision {}

  static JobDecision of(JobSnapshot snapshot) {
    JobCondition end = end(snapshot);
    return end == null ? manage(snapshot) : new End(end);
  }

  private static @Nullable JobCondition end(JobSnapshot snapshot) {
    Job job = snapshot.job();
    JobCondition met = JobPods.condition(job, "SuccessCriteriaMet");
    if (met != null) {
      return met;
    }
    JobCondition target = JobPods.condition(job, "FailureTarget");
    if (target != null) {
      return condition("Failed", target.reason(), target.message(), snapshot.now());
    }
    for (Pod pod : snapshot.pods()) {
      String message =
          JobPods.hasFailed(job, pod) ? PodPolicies.failure(job, pod).jobFailure() : null;
      if (message != null) {
        return condition("FailureTarget", "PodFailurePolicy", message, snapshot.now());
      }
    }
    if (snapshot.failed() > backoffLimit(job) || hasRestartedTooOften(snapshot)) {
      return condition(
          "FailureTarget",
          "BackoffLimitExceeded",
          "Job has reached the specified backoff limit",
          snapshot.now());
    }
    Duration left = untilDeadline(job, snapshot.now());
    if (left != null && !left.isPositive()) {
      return condition(
          "FailureTarget",
          "DeadlineExceeded",
          "Job was active longer than specified deadline",
          snapshot.now());
    }
    JobCondition indexes = tooManyFailedIndexes(snapshot);
    if (indexes != null) {
      return indexes;
    }
    String success = PodPolicies.success(job, snapshot.succeededIndexes());
    return success == null
        ? null
        : condition("SuccessCriteriaMet", "SuccessPolicy", success, snapshot.now());
  }

  private static @Nullable JobCondition tooManyFailedIndexes(JobSnapshot snapshot) {
    Job job = snapshot.job();
    int failed = PerIndex.failed(snapshot).cardinality();
    Integer limit = job.spec().maxFailedIndexes();
    if (limit != null && failed > limit) {
      return condition(
          "FailureTarget",
          "MaxFailedIndexesExceeded",
          "Job has exceeded the specified maximal number of failed indexes",
          snapshot.now());
    }
    return failed > 0 && failed + snapshot.succeeded() >= JobPods.indexes(job)
        ? condition("FailureTarget", "FailedIndexes", "Job has failed indexes", snapshot.now())
        : null;
  }

  static JobCondition condition(String type, String reason, String message, Instant now) {
    return new JobCondition(type, "True", now, now, reason, message);
  }

  private static int backoffLimit(Job job) {
    Integer limit = job.spec().backoffLimit();
    return limit == null ? 6 : limit;
  }

  /** For pods that are restarted in place, restarts count as failures. */
  private static boolean hasRestartedTooOften(JobSnapshot snapshot) {
    Job job = snapshot.job();
    if (!job.spec().template().spec().restartPolicy().equals("OnFailure")) {
      return false;
    }
    int restarts =
        snapshot.pods().stream()
            .filter(
                pod ->
                    pod.status().phase().equals("Running")
                        || pod.status().phase().equals("Pending"))
            .flatMap(
                pod ->
                    Stream.concat(
                        pod.status().initContainerStatuses().stream(),
                        pod.status().containerStatuses().stream()))
            .mapToInt(ContainerStatus::restartCount)
            .sum();
    return restarts >= Math.max(1, backoffLimit(job));
  }

  /** How long the job may still be active; null without a limit. */
  static @Nullable Duration untilDeadline(Job job, Instant now) {
    Long seconds = job.spec().activeDeadlineSeconds();
    Instant start = job.status().startTime();
    return seconds == null || start == null || JobPods.isSuspended(job)
        ? null
        : Duration.between(now, start.plusSeconds(seconds));
  }

  private static JobDecision manage(JobSnapshot snapshot) {
    Job job = snapshot.job();
    List<Pod> active = snapshot.active();
    if (JobPods.isSuspended(job)) {
      return active.isEmpty() ? new Nothing() : new Fewer(active);
    }
    int wished = wished(snapshot, active.size());
    List<Pod> surplus = surplus(snapshot, active, Math.max(0, active.size() - wished));
    if (!surplus.isEmpty()) {
      return new Fewer(surplus.subList(0, Math.min(BURST, surplus.size())));
    }
    int ending = JobPods.replacesOnlyFailed(job) ? snapshot.terminating() : 0;
    int missing = Math.min(BURST, wished - ending - active.size());
    if (missing <= 0) {
      return new Nothing();
    }
    if (PerIndex.applies(job)) {
      return eachOnItsOwn(snapshot, firstPending(snapshot, missing));
    }
    Duration delay = snapshot.failuresNow().remaining(snapshot.now());
    if (delay.isPositive()) {
      return new Wait(delay);
    }
    if (!JobPods.isIndexed(job)) {
      return new More(Collections.nCopies(missing, JobPods.UNKNOWN));
    }
    List<Integer> indexes = firstPending(snapshot, missing);
    return indexes.isEmpty() ? new Nothing() : new More(indexes);
  }

  /** Indexes back off one by one. */
  private static JobDecision eachOnItsOwn(JobSnapshot snapshot, List<Integer> indexes) {
    Map<Integer, Pod> failed = PerIndex.toReplace(snapshot);
    Duration least = null;
    List<Integer> ready = new ArrayList<>();
    for (int index : indexes) {
      Duration delay = PerIndex.remaining(failed.get(index), snapshot.now());
      if (delay.isZero()) {
        ready.add(index);
      } else if (least == null || delay.compareTo(least) < 0) {
        least = delay;
      }
    }
    // Those that wait are looked at again when the pods created now show up.
    if (!ready.isEmpty()) {
      return new More(ready);
    }
    return least == null ? new Nothing() : new Wait(least);
  }

  private static int wished(JobSnapshot snapshot, int active) {
    Job job = snapshot.job();
    Integer completions = JobPods.completions(job);
    if (completions == null) {
      return snapshot.succeeded() > 0 ? active : JobPods.parallelism(job);
    }
    int open = completions - snapshot.succeeded() - PerIndex.failed(snapshot).cardinality();
    return Math.clamp(open, 0, JobPods.parallelism(job));
  }

  /** Those without an index of their own, and then the least of the others. */
  private static List<Pod> surplus(JobSnapshot snapshot, List<Pod> active, int atLeast) {
    List<Pod> ordered = new DeletionOrder(List.of(), snapshot.now()).sort(active);
    List<Pod> surplus = new ArrayList<>();
    List<Pod> rest = new ArrayList<>(ordered);
    if (JobPods.isIndexed(snapshot.job())) {
      BitSet taken = new BitSet();
      for (Pod pod : ordered.reversed()) {
        int index = JobPods.index(pod);
        if (!JobPods.hasValidIndex(snapshot.job(), pod) || taken.get(index)) {
          surplus.add(pod);
          rest.remove(pod);
        } else {
          taken.set(index);
        }
      }
    }
    surplus.addAll(rest.subList(0, Math.clamp(atLeast - surplus.size(), 0, rest.size())));
    return surplus;
  }

  private static List<Integer> firstPending(JobSnapshot snapshot, int count) {
    BitSet taken = snapshot.succeededIndexes();
    taken.or(PerIndex.failed(snapshot));
    boolean onlyFailed = JobPods.replacesOnlyFailed(snapshot.job());
    for (Pod pod : snapshot.pods()) {
      boolean occupies =
          !JobPods.hasSucceeded(pod)
              && !pod.status().phase().equals("Failed")
              && (onlyFailed || pod.metadata().deletionTimestamp() == null);
      if (occupies && JobPods.index(pod) != JobPods.UNKNOWN) {
        taken.set(JobPods.index(pod));
      }
    }
    List<Integer> indexes = new ArrayList<>();
    int end = JobPods.indexes(snapshot.job());
    for (int index = taken.nextClearBit(0);
        index < end && indexes.size() < count;
        index = taken.nextClearBit(index + 1)) {
      indexes.add(index);
    }
    return indexes;
  }
}
