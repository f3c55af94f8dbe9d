package io.tiphys.controllers.job;

import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.JobCondition;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.controllers.replicaset.DeletionOrder;
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
sealed interface Verdict {
  /** As upstream: what one reconciliation may create or delete. */
  int BURST = 500;

  /** It is over: no pod is to go on. */
  record End(JobCondition condition) implements Verdict {}

  /** Some pods are too many; they do not count as failed. */
  record Fewer(List<Pod> pods) implements Verdict {}

  /** Pods are missing: one for each index, or for each {@link JobPods#UNKNOWN}. */
  record More(List<Integer> indexes) implements Verdict {}

  /** Pods are missing, but the last ones failed: not before this has passed. */
  record Wait(Duration delay) implements Verdict {}

  record Nothing() implements Verdict {}

  static Verdict of(Sight sight) {
    JobCondition end = end(sight);
    return end == null ? manage(sight) : new End(end);
  }

  private static @Nullable JobCondition end(Sight sight) {
    Job job = sight.job();
    JobCondition met = JobPods.condition(job, "SuccessCriteriaMet");
    if (met != null) {
      return met;
    }
    JobCondition target = JobPods.condition(job, "FailureTarget");
    if (target != null) {
      return condition("Failed", target.reason(), target.message(), sight.now());
    }
    for (Pod pod : sight.pods()) {
      String message =
          JobPods.hasFailed(job, pod) ? PodPolicies.failure(job, pod).jobFailure() : null;
      if (message != null) {
        return condition("FailureTarget", "PodFailurePolicy", message, sight.now());
      }
    }
    if (sight.failed() > backoffLimit(job) || hasRestartedTooOften(sight)) {
      return condition(
          "FailureTarget",
          "BackoffLimitExceeded",
          "Job has reached the specified backoff limit",
          sight.now());
    }
    Duration left = untilDeadline(job, sight.now());
    if (left != null && !left.isPositive()) {
      return condition(
          "FailureTarget",
          "DeadlineExceeded",
          "Job was active longer than specified deadline",
          sight.now());
    }
    JobCondition indexes = tooManyFailedIndexes(sight);
    if (indexes != null) {
      return indexes;
    }
    String success = PodPolicies.success(job, sight.succeededIndexes());
    return success == null
        ? null
        : condition("SuccessCriteriaMet", "SuccessPolicy", success, sight.now());
  }

  private static @Nullable JobCondition tooManyFailedIndexes(Sight sight) {
    Job job = sight.job();
    int failed = PerIndex.failed(sight).cardinality();
    Integer limit = job.spec().maxFailedIndexes();
    if (limit != null && failed > limit) {
      return condition(
          "FailureTarget",
          "MaxFailedIndexesExceeded",
          "Job has exceeded the specified maximal number of failed indexes",
          sight.now());
    }
    return failed > 0 && failed + sight.succeeded() >= JobPods.indexes(job)
        ? condition("FailureTarget", "FailedIndexes", "Job has failed indexes", sight.now())
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
  private static boolean hasRestartedTooOften(Sight sight) {
    Job job = sight.job();
    if (!job.spec().template().spec().restartPolicy().equals("OnFailure")) {
      return false;
    }
    int restarts =
        sight.pods().stream()
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

  private static Verdict manage(Sight sight) {
    Job job = sight.job();
    List<Pod> active = sight.active();
    if (JobPods.isSuspended(job)) {
      return active.isEmpty() ? new Nothing() : new Fewer(active);
    }
    int wished = wished(sight, active.size());
    List<Pod> surplus = surplus(sight, active, Math.max(0, active.size() - wished));
    if (!surplus.isEmpty()) {
      return new Fewer(surplus.subList(0, Math.min(BURST, surplus.size())));
    }
    int ending = JobPods.replacesOnlyFailed(job) ? sight.terminating() : 0;
    int missing = Math.min(BURST, wished - ending - active.size());
    if (missing <= 0) {
      return new Nothing();
    }
    if (PerIndex.applies(job)) {
      return eachOnItsOwn(sight, firstPending(sight, missing));
    }
    Duration delay = sight.failuresNow().remaining(sight.now());
    if (delay.isPositive()) {
      return new Wait(delay);
    }
    if (!JobPods.isIndexed(job)) {
      return new More(Collections.nCopies(missing, JobPods.UNKNOWN));
    }
    List<Integer> indexes = firstPending(sight, missing);
    return indexes.isEmpty() ? new Nothing() : new More(indexes);
  }

  /** Indexes back off one by one. */
  private static Verdict eachOnItsOwn(Sight sight, List<Integer> indexes) {
    Map<Integer, Pod> failed = PerIndex.toReplace(sight);
    Duration least = null;
    List<Integer> ready = new ArrayList<>();
    for (int index : indexes) {
      Duration delay = PerIndex.remaining(failed.get(index), sight.now());
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

  private static int wished(Sight sight, int active) {
    Job job = sight.job();
    Integer completions = JobPods.completions(job);
    if (completions == null) {
      return sight.succeeded() > 0 ? active : JobPods.parallelism(job);
    }
    int open = completions - sight.succeeded() - PerIndex.failed(sight).cardinality();
    return Math.clamp(open, 0, JobPods.parallelism(job));
  }

  /** Those without an index of their own, and then the least of the others. */
  private static List<Pod> surplus(Sight sight, List<Pod> active, int atLeast) {
    List<Pod> ordered = new DeletionOrder(List.of(), sight.now()).sort(active);
    List<Pod> surplus = new ArrayList<>();
    List<Pod> rest = new ArrayList<>(ordered);
    if (JobPods.isIndexed(sight.job())) {
      BitSet taken = new BitSet();
      for (Pod pod : ordered.reversed()) {
        int index = JobPods.index(pod);
        if (!JobPods.hasValidIndex(sight.job(), pod) || taken.get(index)) {
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

  private static List<Integer> firstPending(Sight sight, int count) {
    BitSet taken = sight.succeededIndexes();
    taken.or(PerIndex.failed(sight));
    boolean onlyFailed = JobPods.replacesOnlyFailed(sight.job());
    for (Pod pod : sight.pods()) {
      boolean occupies =
          !JobPods.hasSucceeded(pod)
              && !pod.status().phase().equals("Failed")
              && (onlyFailed || pod.metadata().deletionTimestamp() == null);
      if (occupies && JobPods.index(pod) != JobPods.UNKNOWN) {
        taken.set(JobPods.index(pod));
      }
    }
    List<Integer> indexes = new ArrayList<>();
    int end = JobPods.indexes(sight.job());
    for (int index = taken.nextClearBit(0);
        index < end && indexes.size() < count;
        index = taken.nextClearBit(index + 1)) {
      indexes.add(index);
    }
    return indexes;
  }
}
