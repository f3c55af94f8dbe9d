package io.tiphys.controllers.job;

import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.JobCondition;
import io.tiphys.api.batch.v1.JobStatus;
import io.tiphys.api.batch.v1.UncountedTerminatedPods;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.controllers.kit.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Whether a job is over, and its status; pure. */
sealed interface JobEnd {
  Duration FIRST_BACKOFF = Duration.ofSeconds(10);
  Duration LONGEST_BACKOFF = Duration.ofMinutes(10);

  record GoesOn() implements JobEnd {}

  record Completed() implements JobEnd {}

  record Failed(String reason, String message) implements JobEnd {}

  static JobEnd of(Job job, JobCount count, Instant now) {
    Integer completions = job.spec().completions();
    int limit = job.spec().backoffLimit() == null ? 6 : job.spec().backoffLimit();
    if (count.allFailed() > limit) {
      return new Failed("BackoffLimitExceeded", "Job has reached the specified backoff limit");
    }
    Long seconds = job.spec().activeDeadlineSeconds();
    Instant start = job.status().startTime();
    if (seconds != null && start != null && !now.isBefore(start.plusSeconds(seconds))) {
      return new Failed("DeadlineExceeded", "Job was active longer than specified deadline");
    }
    boolean done =
        completions == null
            ? count.allSucceeded() > 0 && job.status().active() == 0
            : count.allSucceeded() >= completions;
    return done ? new Completed() : new GoesOn();
  }

  static boolean isFinished(Job job) {
    return job.status().conditions().stream()
        .anyMatch(
            c ->
                c.status().equals("True")
                    && (c.type().equals("Complete") || c.type().equals("Failed")));
  }

  static Instant finishedAt(Job job, Instant otherwise) {
    for (JobCondition condition : job.status().conditions()) {
      if ((condition.type().equals("Complete") || condition.type().equals("Failed"))
          && condition.lastTransitionTime() != null) {
        return condition.lastTransitionTime();
      }
    }
    return otherwise;
  }

  static Duration untilDeadline(Job job, Instant now) {
    Long seconds = job.spec().activeDeadlineSeconds();
    Instant start = job.status().startTime();
    if (seconds == null || start == null) {
      return Duration.ZERO;
    }
    Duration left = Duration.between(now, start.plusSeconds(seconds));
    return left.isNegative() ? Duration.ofMillis(1) : left;
  }

  static int wantedActive(Job job, JobCount count) {
    if (Boolean.TRUE.equals(job.spec().suspend())) {
      return 0;
    }
    int parallelism = job.spec().parallelism() == null ? 1 : job.spec().parallelism();
    Integer completions = job.spec().completions();
    if (completions == null) {
      return count.allSucceeded() > 0 ? 0 : parallelism;
    }
    return Math.max(0, Math.min(parallelism, completions - count.allSucceeded()));
  }

  /** Each failure doubles the wait before the next pod. */
  static Duration backoff(List<Pod> pods, JobCount count, Instant now) {
    if (count.allFailed() == 0) {
      return Duration.ZERO;
    }
    Instant last = Instant.EPOCH;
    for (Pod pod : pods) {
      if (pod.status().phase().equals("Failed")) {
        for (ContainerStatus status : pod.status().containerStatuses()) {
          var ended = status.state().terminated();
          if (ended != null && ended.finishedAt() != null && ended.finishedAt().isAfter(last)) {
            last = ended.finishedAt();
          }
        }
      }
    }
    int doublings = Math.min(count.allFailed() - 1, 16);
    Duration delay = FIRST_BACKOFF.multipliedBy(1L << doublings);
    Duration bounded = delay.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : delay;
    Duration left = Duration.between(now, last.plus(bounded));
    return left.isPositive() ? left : Duration.ZERO;
  }

  static JobStatus status(Job job, JobCount count, List<Pod> pods, Instant now) {
    int active = 0;
    int ready = 0;
    int terminating = 0;
    for (Pod pod : pods) {
      active += Pods.isActive(pod) ? 1 : 0;
      ready += Pods.isActive(pod) && Pods.isReady(pod) ? 1 : 0;
      terminating += Pods.isTerminating(pod) && !Pods.isTerminal(pod) ? 1 : 0;
    }
    boolean suspended = Boolean.TRUE.equals(job.spec().suspend());
    Instant start = job.status().startTime();
    JobStatus.Builder status =
        job.status().toBuilder()
            .active(active)
            .ready(ready)
            .terminating(terminating)
            .succeeded(count.succeeded())
            .failed(count.failed())
            .uncountedTerminatedPods(
                count.uncounted().equals(UncountedTerminatedPods.EMPTY)
                    ? UncountedTerminatedPods.EMPTY
                    : count.uncounted())
            .startTime(start == null && !suspended ? now : start);
    if (JobPods.isIndexed(job)) {
      status.completedIndexes(JobPods.ranges(count.indexes()));
    }
    boolean counted = count.uncounted().equals(UncountedTerminatedPods.EMPTY);
    if (isFinished(job) || !counted) {
      return status.build();
    }
    return switch (of(job, count, now)) {
      case GoesOn _ -> status.build();
      case Completed _ ->
          status
              .completionTime(now)
              .conditions(
                  added(
                      job,
                      now,
                      List.of("SuccessCriteriaMet", "Complete"),
                      "CompletionsReached",
                      "Reached expected number of succeeded pods"))
              .build();
      case Failed(String reason, String message) ->
          status
              .conditions(added(job, now, List.of("FailureTarget", "Failed"), reason, message))
              .build();
    };
  }

  private static List<JobCondition> added(
      Job job, Instant now, List<String> types, String reason, String message) {
    List<JobCondition> all = new ArrayList<>(job.status().conditions());
    for (String type : types) {
      all.add(
          JobCondition.builder()
              .type(type)
              .status("True")
              .lastProbeTime(now)
              .lastTransitionTime(now)
              .reason(reason)
              .message(message)
              .build());
    }
    return all;
  }
}
