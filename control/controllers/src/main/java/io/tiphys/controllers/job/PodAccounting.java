package io.tiphys.controllers.job;

import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.JobCondition;
import io.tiphys.api.batch.v1.JobStatus;
import io.tiphys.api.batch.v1.UncountedTerminatedPods;
import io.tiphys.api.core.v1.Pod;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Accounts for every pod exactly once, even if the controller dies in between: first the uids of
 * ended pods go into the status; then the pods lose the finalizer that kept them; then, with them
 * out of sight, the uids become numbers. Checked against trackJobStatusAndRemoveFinalizers in
 * pkg/controller/job/job_controller.go.
 */
final class PodAccounting {
  /** As upstream: keeps the status under 20 KB, and other jobs from waiting long. */
  private static final int MAX_UNCOUNTED = 500;

  private PodAccounting() {}

  /**
   * @param release the pods whose finalizers may go once the status is stored
   * @param full there may be more
   */
  record Entry(JobStatus status, List<Pod> release, boolean full) {}

  /** The uids of pods that their finalizer still holds. */
  static Set<String> held(JobSnapshot snapshot) {
    Set<String> held = new LinkedHashSet<>();
    for (Pod pod : snapshot.pods()) {
      if (snapshot.isTracked(pod)) {
        held.add(pod.metadata().uid());
      }
    }
    return held;
  }

  /** Makes numbers of the uids whose pods are no longer held. */
  static JobStatus settle(JobStatus status, Set<String> held) {
    UncountedTerminatedPods uncounted = uncounted(status);
    List<String> succeeded = uncounted.succeeded().stream().filter(held::contains).toList();
    List<String> failed = uncounted.failed().stream().filter(held::contains).toList();
    return status.toBuilder()
        .succeeded(status.succeeded() + uncounted.succeeded().size() - succeeded.size())
        .failed(status.failed() + uncounted.failed().size() - failed.size())
        .uncountedTerminatedPods(new UncountedTerminatedPods(succeeded, failed))
        .build();
  }

  static boolean isSettled(JobStatus status) {
    UncountedTerminatedPods uncounted = uncounted(status);
    return uncounted.succeeded().isEmpty() && uncounted.failed().isEmpty();
  }

  private static UncountedTerminatedPods uncounted(JobStatus status) {
    UncountedTerminatedPods uncounted = status.uncountedTerminatedPods();
    return uncounted == null ? UncountedTerminatedPods.EMPTY : uncounted;
  }

  /**
   * Enters the pods that have ended.
   *
   * @param end if not null the job is over, and so is each of its pods
   */
  static Entry enter(JobSnapshot snapshot, JobStatus status, @Nullable JobCondition end) {
    Job job = snapshot.job();
    boolean indexed = JobPods.isIndexed(job);
    List<String> succeeded = new ArrayList<>(uncounted(status).succeeded());
    List<String> failed = new ArrayList<>(uncounted(status).failed());
    BitSet indexes = snapshot.accountedIndexes();
    int newIndexes = 0;
    List<Pod> release = new ArrayList<>();
    List<Pod> pods =
        indexed
            ? snapshot.pods().stream().sorted(Comparator.comparingInt(JobPods::index)).toList()
            : snapshot.pods();
    Collection<Pod> toReplace = PerIndex.toReplace(snapshot).values();
    boolean lost = end != null && !end.type().equals("SuccessCriteriaMet");
    boolean full = false;
    for (Pod pod : pods) {
      if (!snapshot.isTracked(pod)) {
        continue;
      }
      String uid = pod.metadata().uid();
      boolean success = JobPods.hasSucceeded(pod) && !failed.contains(uid);
      boolean failure = JobPods.hasFailed(job, pod);
      boolean over = job.metadata().deletionTimestamp() != null || end != null;
      if (!over && !JobPods.hasSucceeded(pod) && !failure) {
        continue;
      }
      if (!over && toReplace.contains(pod)) {
        continue;
      }
      release.add(pod);
      if (success && indexed) {
        int index = JobPods.index(pod);
        if (JobPods.hasValidIndex(job, pod) && !indexes.get(index)) {
          indexes.set(index);
          newIndexes++;
        }
      } else if (success) {
        if (!succeeded.contains(uid)) {
          succeeded.add(uid);
        }
      } else if ((failure || lost)
          && !failed.contains(uid)
          && JobPods.hasValidIndex(job, pod)
          && PodPolicies.failure(job, pod).counts()) {
        failed.add(uid);
      }
      if (newIndexes + succeeded.size() + failed.size() >= MAX_UNCOUNTED) {
        full = true;
        break;
      }
    }
    JobStatus entered =
        status.withUncountedTerminatedPods(new UncountedTerminatedPods(succeeded, failed));
    return new Entry(indexed ? indexed(snapshot, entered, indexes) : entered, release, full);
  }

  private static JobStatus indexed(JobSnapshot snapshot, JobStatus status, BitSet completed) {
    String failed = Indexes.format(PerIndex.failed(snapshot));
    return status.toBuilder()
        .succeeded(completed.cardinality())
        .completedIndexes(Indexes.format(completed))
        .failedIndexes(PerIndex.applies(snapshot.job()) ? failed : null)
        .build();
  }
}
