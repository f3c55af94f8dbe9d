package io.tiphys.controllers.job;

import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.UncountedTerminatedPods;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.controllers.kit.Pods;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The book of finished pods: none is counted twice, none is lost. A finished pod is first written
 * down by uid, then let go, and counted once it is gone or free. Pure. Checked against
 * trackJobStatusAndRemoveFinalizers in pkg/controller/job/job_controller.go.
 *
 * @param succeeded counted for good
 * @param failed counted for good
 * @param uncounted written down, not yet counted
 * @param release pods to be let go once this is written
 */
record JobCount(
    int succeeded,
    int failed,
    Set<Integer> indexes,
    UncountedTerminatedPods uncounted,
    List<Pod> release) {

  static JobCount of(Job job, List<Pod> pods) {
    Map<String, Pod> held = new HashMap<>();
    for (Pod pod : pods) {
      if (pod.metadata().finalizers().contains(JobPods.TRACKING)) {
        held.put(pod.metadata().uid(), pod);
      }
    }
    UncountedTerminatedPods before =
        job.status().uncountedTerminatedPods() == null
            ? UncountedTerminatedPods.EMPTY
            : job.status().uncountedTerminatedPods();
    Set<String> good = new LinkedHashSet<>(before.succeeded());
    Set<String> bad = new LinkedHashSet<>(before.failed());
    int succeeded = job.status().succeeded() + settle(good, held);
    int failed = job.status().failed() + settle(bad, held);
    Set<Integer> indexes = new TreeSet<>(JobPods.indexes(job.status().completedIndexes()));
    List<Pod> release = new ArrayList<>();
    for (Map.Entry<String, Pod> entry : held.entrySet()) {
      Pod pod = entry.getValue();
      if (!Pods.isTerminal(pod)) {
        continue;
      }
      release.add(pod);
      if (!pod.status().phase().equals("Succeeded")) {
        bad.add(entry.getKey());
      } else if (!JobPods.isIndexed(job) || indexes.add(JobPods.index(pod))) {
        good.add(entry.getKey());
      }
    }
    return new JobCount(
        succeeded,
        failed,
        indexes,
        new UncountedTerminatedPods(List.copyOf(good), List.copyOf(bad)),
        release);
  }

  /** Those that nothing holds any more count now. */
  private static int settle(Set<String> written, Map<String, Pod> held) {
    int before = written.size();
    written.retainAll(held.keySet());
    return before - written.size();
  }

  int allSucceeded() {
    return succeeded + uncounted.succeeded().size();
  }

  int allFailed() {
    return failed + uncounted.failed().size();
  }
}
