package io.tiphys.simulation;

import io.tiphys.api.ApiObject;
import io.tiphys.api.BatchV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.Resource;
import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.OwnerReference;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A job counts each of its pods once: no more successes or failures than there were. */
final class JobLaw implements Commits.Observer {
  private final Violations violations;
  private final Map<String, Set<String>> succeeded = new HashMap<>();
  private final Map<String, Set<String>> failed = new HashMap<>();

  JobLaw(Violations violations) {
    this.violations = violations;
  }

  @Override
  public Set<Resource<?>> looksAt() {
    return Set.of(CoreV1.PODS, BatchV1.JOBS);
  }

  @Override
  public void committed(
      Resource<?> resource, @Nullable ApiObject before, @Nullable ApiObject after) {
    ApiObject last = after == null ? before : after;
    switch (last) {
      case Pod pod -> seen(pod);
      case Job job when after != null -> check(job);
      case null, default -> {}
    }
  }

  private void seen(Pod pod) {
    for (OwnerReference owner : pod.metadata().ownerReferences()) {
      if (owner.kind().equals("Job")) {
        String uid = pod.metadata().uid();
        if (pod.status().phase().equals("Succeeded")) {
          succeeded.computeIfAbsent(owner.uid(), _ -> new HashSet<>()).add(uid);
        } else if (pod.status().phase().equals("Failed")
            || pod.metadata().deletionTimestamp() != null) {
          failed.computeIfAbsent(owner.uid(), _ -> new HashSet<>()).add(uid);
        }
      }
    }
  }

  private void check(Job job) {
    String uid = job.metadata().uid();
    int successes = succeeded.getOrDefault(uid, Set.of()).size();
    int failures = failed.getOrDefault(uid, Set.of()).size();
    if (job.status().succeeded() > successes || job.status().failed() > failures) {
      violations.add(
          "job %s/%s counts %d successes and %d failures of %s and %s"
              .formatted(
                  job.namespace(),
                  job.name(),
                  job.status().succeeded(),
                  job.status().failed(),
                  succeeded.getOrDefault(uid, Set.of()),
                  failed.getOrDefault(uid, Set.of())));
    }
  }
}
