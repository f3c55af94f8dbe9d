package io.tiphys.controllers.job;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.BatchV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.LabelSelectors;
import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.JobStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.base.Lifecycle;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.ObjectKey;
import io.tiphys.controllers.kit.Claimer;
import io.tiphys.controllers.kit.Conflicts;
import io.tiphys.controllers.kit.Controller;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.Expectations;
import io.tiphys.controllers.kit.Office;
import io.tiphys.controllers.kit.OwnedPods;
import io.tiphys.controllers.kit.OwnerWakeup;
import io.tiphys.controllers.kit.PodControl;
import io.tiphys.controllers.kit.Pods;
import io.tiphys.controllers.kit.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Runs jobs to their end; checked against pkg/controller/job/job_controller.go. */
public final class JobController {
  /** As upstream's --concurrent-job-syncs. */
  private static final int WORKERS = 5;

  private final ControllerContext context;
  private final Informer<Job> jobs;
  private final OwnedPods pods;
  private final Expectations expectations;
  private final PodControl control;
  private final EventRecorder events;

  private JobController(ControllerContext context, Office office) {
    this.context = context;
    jobs = office.reads(context.informers().of(BatchV1.JOBS));
    pods = new OwnedPods(office.reads(context.informers().of(CoreV1.PODS)), "Job");
    expectations = new Expectations(context.clock());
    events = office.events(context, "job-controller");
    control = new PodControl(context.source(), events);
  }

  public static Lifecycle open(ControllerContext context) {
    Office office = new Office("job controller");
    JobController room = new JobController(context, office);
    Controller<ObjectKey> controller =
        office.holds(new Controller<>("job", WORKERS, context.clock(), room::reconcile));
    room.jobs.addHandler(Handler.of(job -> controller.enqueue(ObjectKey.of(job))));
    context
        .informers()
        .of(CoreV1.PODS)
        .addHandler(
            new OwnerWakeup<Job, Pod>(
                "Job",
                room.jobs,
                job -> job.spec().selector(),
                controller::enqueue,
                room.expectations));
    return office.begin(controller::start);
  }

  private Result reconcile(ObjectKey key) {
    Job job = jobs.get(key);
    if (job == null) {
      expectations.forget(key);
      return Result.done();
    }
    boolean settled = expectations.satisfied(key);
    List<Pod> owned =
        new Claimer<>(
                context.source(),
                CoreV1.PODS,
                job,
                BatchV1.JOBS,
                LabelSelectors.of(job.spec().selector()))
            .claim(pods.candidates(job));
    Instant now = context.clock().now();
    JobCount count = JobCount.of(job, owned);
    if (JobEnd.isFinished(job)) {
      release(job, count, owned, now);
      return expire(job, now);
    }
    JobEnd end = JobEnd.of(job, count, now);
    Duration wait = Duration.ZERO;
    if (!(end instanceof JobEnd.GoesOn)) {
      deleteActive(job, owned);
    } else if (settled && job.metadata().deletionTimestamp() == null) {
      wait = manage(job, owned, count, now);
    }
    release(job, count, owned, now);
    Duration deadline = JobEnd.untilDeadline(job, now);
    if (!deadline.isZero() && (wait.isZero() || deadline.compareTo(wait) < 0)) {
      wait = deadline;
    }
    return wait.isZero() ? Result.done() : Result.retryAfter(wait);
  }

  /**
   * Creates what is missing, deletes what is too much.
   *
   * @return how long to wait before creating more; zero if nothing waits
   */
  private Duration manage(Job job, List<Pod> owned, JobCount count, Instant now) {
    List<Pod> active = owned.stream().filter(Pods::isActive).toList();
    int wanted = JobEnd.wantedActive(job, count);
    if (active.size() > wanted) {
      delete(job, active.subList(0, active.size() - wanted));
      return Duration.ZERO;
    }
    int missing = wanted - active.size();
    if (missing == 0) {
      return Duration.ZERO;
    }
    Duration backoff = JobEnd.backoff(owned, count, now);
    if (!backoff.isZero()) {
      return backoff;
    }
    ObjectKey key = ObjectKey.of(job);
    List<Integer> indexes = nextIndexes(job, active, count, missing);
    expectations.expectCreations(key, indexes.size());
    for (int i = 0; i < indexes.size(); i++) {
      try {
        control.createNamed(JobPods.pod(job, indexes.get(i)), job);
      } catch (ApiFailure e) {
        for (int left = i; left < indexes.size(); left++) {
          expectations.creationObserved(key);
        }
        throw e;
      }
    }
    return Duration.ZERO;
  }

  private static List<Integer> nextIndexes(Job job, List<Pod> active, JobCount count, int missing) {
    List<Integer> next = new ArrayList<>();
    if (!JobPods.isIndexed(job)) {
      for (int i = 0; i < missing; i++) {
        next.add(-1);
      }
      return next;
    }
    Set<Integer> taken = new TreeSet<>(count.indexes());
    active.forEach(pod -> taken.add(JobPods.index(pod)));
    int completions = job.spec().completions() == null ? 1 : job.spec().completions();
    for (int i = 0; i < completions && next.size() < missing; i++) {
      if (!taken.contains(i)) {
        next.add(i);
      }
    }
    return next;
  }

  private void deleteActive(Job job, List<Pod> owned) {
    delete(job, owned.stream().filter(Pods::isActive).toList());
  }

  private void delete(Job job, List<Pod> surplus) {
    ObjectKey key = ObjectKey.of(job);
    expectations.expectDeletions(key, surplus.stream().map(ObjectKey::of).toList());
    for (Pod pod : surplus) {
      letGo(pod);
      try {
        control.delete(pod, job);
      } catch (ApiFailure e) {
        expectations.deletionObserved(key, ObjectKey.of(pod));
        if (!e.isNotFound()) {
          throw e;
        }
      }
    }
  }

  /** Writes the book first, then lets the pods go: a crash between the two loses nothing. */
  private void release(Job job, JobCount count, List<Pod> owned, Instant now) {
    JobStatus status = JobEnd.status(job, count, owned, now);
    if (!status.equals(job.status())) {
      Job written =
          Conflicts.updateStatus(
              context.source(), BatchV1.JOBS, job, fresh -> fresh.withStatus(status));
      announce(job, written);
    }
    count.release().forEach(this::letGo);
  }

  private void announce(Job before, Job after) {
    if (!JobEnd.isFinished(before) && JobEnd.isFinished(after)) {
      after.status().conditions().stream()
          .filter(c -> c.status().equals("True"))
          .forEach(
              c -> {
                if (c.type().equals("Complete")) {
                  events.normal(after, "Completed", "Job completed");
                } else if (c.type().equals("Failed")) {
                  events.warning(after, c.reason(), c.message());
                }
              });
    }
  }

  private void letGo(Pod pod) {
    if (!pod.metadata().finalizers().contains(JobPods.TRACKING)) {
      return;
    }
    try {
      Conflicts.update(
          context.source(),
          CoreV1.PODS,
          pod.namespace(),
          pod.name(),
          fresh ->
              fresh.withMetadata(
                  fresh
                      .metadata()
                      .withFinalizers(
                          fresh.metadata().finalizers().stream()
                              .filter(f -> !f.equals(JobPods.TRACKING))
                              .toList())));
    } catch (ApiFailure e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }

  /** Finished jobs go when their time to live is over. */
  private Result expire(Job job, Instant now) {
    Integer seconds = job.spec().ttlSecondsAfterFinished();
    if (seconds == null || job.metadata().deletionTimestamp() != null) {
      return Result.done();
    }
    Duration left = Duration.between(now, JobEnd.finishedAt(job, now).plusSeconds(seconds));
    if (left.isPositive()) {
      return Result.retryAfter(left);
    }
    context
        .source()
        .delete(
            BatchV1.JOBS,
            job.namespace(),
            job.name(),
            DeleteOptions.builder().propagationPolicy("Background").build());
    return Result.done();
  }
}
