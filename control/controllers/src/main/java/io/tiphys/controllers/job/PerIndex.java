package io.tiphys.controllers.job;

import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.core.v1.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The failures of a job that counts them for each index ({@code backoffLimitPerIndex}). The count
 * goes from a failed pod to its replacement, in annotations; the failed one keeps its finalizer
 * until then. Checked against pkg/controller/job/indexed_job_utils.go.
 */
final class PerIndex {
  static final String COUNT = "batch.kubernetes.io/job-index-failure-count";
  static final String IGNORED = "batch.kubernetes.io/job-index-ignored-failure-count";

  private PerIndex() {}

  static boolean applies(Job job) {
    return JobPods.isIndexed(job) && job.spec().backoffLimitPerIndex() != null;
  }

  /** The indexes that are given up; none for another kind of job. */
  static BitSet failed(JobSnapshot snapshot) {
    Job job = snapshot.job();
    if (!applies(job)) {
      return new BitSet();
    }
    String known = job.status().failedIndexes();
    BitSet failed = Indexes.parse(known == null ? "" : known, JobPods.indexes(job));
    for (Pod pod : snapshot.pods()) {
      if (snapshot.isTracked(pod) && JobPods.hasValidIndex(job, pod) && endsIndex(job, pod)) {
        failed.set(JobPods.index(pod));
      }
    }
    return failed;
  }

  private static boolean endsIndex(Job job, Pod pod) {
    Integer limit = job.spec().backoffLimitPerIndex();
    if (limit == null || !JobPods.hasFailed(job, pod)) {
      return false;
    }
    PodPolicies.Failure failure = PodPolicies.failure(job, pod);
    return failure.failsIndex() || (failure.counts() && count(pod, COUNT) >= limit);
  }

  /** The last failed pod of each index that is still to be tried again. */
  static Map<Integer, Pod> toReplace(JobSnapshot snapshot) {
    Job job = snapshot.job();
    Map<Integer, Pod> last = new LinkedHashMap<>();
    if (!applies(job)) {
      return last;
    }
    BitSet settled = failed(snapshot);
    settled.or(snapshot.succeededIndexes());
    snapshot.active().stream()
        .filter(pod -> JobPods.index(pod) != JobPods.UNKNOWN)
        .forEach(pod -> settled.set(JobPods.index(pod)));
    for (Pod pod : snapshot.pods()) {
      if (snapshot.isTracked(pod)
          && JobPods.hasFailed(job, pod)
          && JobPods.hasValidIndex(job, pod)
          && !settled.get(JobPods.index(pod))) {
        last.merge(JobPods.index(pod), pod, (one, other) -> later(one, other, snapshot.now()));
      }
    }
    return last;
  }

  private static Pod later(Pod one, Pod other, Instant now) {
    boolean replaced =
        failures(other) >= failures(one)
            && !JobPods.finishedAt(other, now).isBefore(JobPods.finishedAt(one, now));
    return replaced ? other : one;
  }

  /** What a new pod is told of the failures before it. */
  static Map<String, String> counts(Job job, @Nullable Pod replaced) {
    if (replaced == null) {
      return Map.of(COUNT, "0");
    }
    boolean isCounted = PodPolicies.failure(job, replaced).counts();
    int counted = count(replaced, COUNT) + (isCounted ? 1 : 0);
    int ignored = count(replaced, IGNORED) + (isCounted ? 0 : 1);
    Map<String, String> counts = new LinkedHashMap<>();
    counts.put(COUNT, String.valueOf(counted));
    if (ignored != 0) {
      counts.put(IGNORED, String.valueOf(ignored));
    }
    return counts;
  }

  /** How long the replacement has to wait. */
  static Duration remaining(@Nullable Pod replaced, Instant now) {
    return replaced == null
        ? Duration.ZERO
        : new Failures(failures(replaced) + 1, JobPods.finishedAt(replaced, now)).remaining(now);
  }

  private static int failures(Pod pod) {
    return count(pod, COUNT) + count(pod, IGNORED);
  }

  private static int count(Pod pod, String annotation) {
    String count = pod.metadata().annotations().get(annotation);
    try {
      return count == null ? 0 : Integer.parseInt(count);
    } catch (NumberFormatException _) {
      return 0;
    }
  }
}
