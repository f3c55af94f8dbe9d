package io.tiphys.controllers.job;

import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.UncountedTerminatedPods;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.controllers.kit.Pods;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;

/**
 * A job and its pods, as they are seen at one moment.
 *
 * @param released whether a pod's finalizer was taken off, though the copy may still show it
 * @param failures before what this moment shows
 */
record JobSnapshot(
    Job job, List<Pod> pods, Predicate<Pod> released, Failures failures, Instant now) {
  JobSnapshot {
    pods = List.copyOf(pods);
  }

  List<Pod> active() {
    return pods.stream().filter(Pods::isActive).toList();
  }

  int terminating() {
    return (int) pods.stream().filter(Pods::isTerminating).count();
  }

  UncountedTerminatedPods uncounted() {
    UncountedTerminatedPods uncounted = job.status().uncountedTerminatedPods();
    return uncounted == null ? UncountedTerminatedPods.EMPTY : uncounted;
  }

  /** Whether the pod is still to be accounted for. */
  boolean isTracked(Pod pod) {
    return JobPods.hasFinalizer(pod) && !released.test(pod);
  }

  /** Those that succeeded and are in no account yet. */
  List<Pod> newSucceeded() {
    List<String> known = uncounted().succeeded();
    return ended(pod -> JobPods.hasSucceeded(pod) && !known.contains(pod.metadata().uid()));
  }

  /** Those that failed and are in no account yet. */
  List<Pod> newFailed() {
    List<String> known = uncounted().failed();
    return ended(pod -> JobPods.hasFailed(job, pod) && !known.contains(pod.metadata().uid()));
  }

  private List<Pod> ended(Predicate<Pod> how) {
    return pods.stream()
        .filter(pod -> isTracked(pod) && JobPods.hasValidIndex(job, pod) && how.test(pod))
        .toList();
  }

  Failures failuresNow() {
    return failures.with(newSucceeded(), newFailed(), now);
  }

  int failed() {
    long counting =
        newFailed().stream().filter(pod -> PodPolicies.failure(job, pod).counts()).count();
    return job.status().failed() + uncounted().failed().size() + (int) counting;
  }

  int succeeded() {
    return JobPods.isIndexed(job)
        ? succeededIndexes().cardinality()
        : job.status().succeeded() + uncounted().succeeded().size() + newSucceeded().size();
  }

  BitSet accountedIndexes() {
    return Indexes.parse(job.status().completedIndexes(), JobPods.indexes(job));
  }

  /** Empty for a job without indexes. */
  BitSet succeededIndexes() {
    BitSet indexes = accountedIndexes();
    if (!JobPods.isIndexed(job)) {
      return indexes;
    }
    for (Pod pod : pods) {
      if (JobPods.hasSucceeded(pod) && isTracked(pod) && JobPods.hasValidIndex(job, pod)) {
        indexes.set(JobPods.index(pod));
      }
    }
    return indexes;
  }
}
