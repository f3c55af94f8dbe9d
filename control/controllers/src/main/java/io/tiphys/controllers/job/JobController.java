package io.tiphys.controllers.job;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.BatchV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.LabelSelectors;
import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.JobCondition;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.api.meta.v1.Preconditions;
import io.tiphys.base.Lifecycle;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.ObjectKey;
import io.tiphys.client.Source;
import io.tiphys.codec.Json;
import io.tiphys.controllers.kit.Claimer;
import io.tiphys.controllers.kit.Controller;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRefs;
import io.tiphys.controllers.kit.ControllerRunner;
import io.tiphys.controllers.kit.Expectations;
import io.tiphys.controllers.kit.Owned;
import io.tiphys.controllers.kit.OwnerWakeup;
import io.tiphys.controllers.kit.PodControl;
import io.tiphys.controllers.kit.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs the pods of each Job until enough have succeeded or too many failed, and deletes the Job
 * when it has been over for as long as it asks. Checked against
 * pkg/controller/job/job_controller.go and pkg/controller/ttlafterfinished.
 */
public final class JobController {
  /** As upstream's --concurrent-job-syncs. */
  private static final int WORKERS = 5;

  private static final String OWN_NAME = "kubernetes.io/job-controller";

  private final ControllerContext context;
  private final Informer<Job> jobs;
  private final Informer<Pod> allPods;
  private final Owned<Pod> pods;
  private final EventRecorder events;
  private final PodControl podControl;
  private final Expectations expectations;
  private final Map<ObjectKey, Memory> memories = new ConcurrentSkipListMap<>();
  private final Set<String> released = new ConcurrentSkipListSet<>();

  /**
   * What is known of a job beyond its status.
   *
   * @param version the last one written; older copies are not to be decided about
   */
  private record Memory(String uid, long version, Failures failures) {}

  private JobController(ControllerContext context, ControllerRunner runner) {
    this.context = context;
    jobs = runner.reads(BatchV1.JOBS);
    allPods = runner.reads(CoreV1.PODS);
    pods = new Owned<>(allPods, "Job");
    events = runner.events("job-controller");
    podControl = new PodControl(context.source(), events);
    expectations = new Expectations(context.clock());
  }

  public static Lifecycle open(ControllerContext context) {
    ControllerRunner runner = new ControllerRunner("job controller", context);
    JobController self = new JobController(context, runner);
    Controller<ObjectKey> controller =
        runner.holds(
            new Controller<>("job", WORKERS, context.clock(), context.loops(), self::reconcile));
    Controller<ObjectKey> orphans =
        runner.holds(
            new Controller<>("job-orphans", 1, context.clock(), context.loops(), self::freeOrphan));
    self.jobs.addHandler(
        new Handler<>() {
          @Override
          public void onAdd(Job job) {
            controller.enqueue(ObjectKey.of(job));
          }

          @Override
          public void onUpdate(Job before, Job after) {
            controller.enqueue(ObjectKey.of(after));
            if (JobPods.isFinished(after)) {
              freePods(after);
            }
          }

          @Override
          public void onDelete(Job last) {
            controller.enqueue(ObjectKey.of(last));
            freePods(last);
          }

          private void freePods(Job job) {
            self.pods.of(job).stream()
                .filter(JobPods::hasFinalizer)
                .forEach(pod -> orphans.enqueue(ObjectKey.of(pod)));
          }
        });
    self.allPods.addHandler(
        new OwnerWakeup<Job, Pod>(
            "Job",
            self.jobs,
            job -> job.spec().selector(),
            controller::enqueue,
            self.expectations));
    self.allPods.addHandler(self.new Tracking(orphans));
    return runner.begin(
        () -> {
          controller.start();
          orphans.start();
        });
  }

  /** Follows finalizers: which are gone, and which nobody will take off any more. */
  private final class Tracking implements Handler<Pod> {
    private final Controller<ObjectKey> orphans;

    Tracking(Controller<ObjectKey> orphans) {
      this.orphans = orphans;
    }

    @Override
    public void onAdd(Pod pod) {
      if (JobPods.hasFinalizer(pod) && isOrphan(pod)) {
        orphans.enqueue(ObjectKey.of(pod));
      }
    }

    @Override
    public void onUpdate(Pod before, Pod after) {
      if (!JobPods.hasFinalizer(after)) {
        released.remove(after.metadata().uid());
      }
      onAdd(after);
    }

    @Override
    public void onDelete(Pod last) {
      released.remove(last.metadata().uid());
    }
  }

  /** Whether no job that still runs will account for this pod. */
  private boolean isOrphan(Pod pod) {
    OwnerReference controller = ControllerRefs.controllerOf(pod);
    if (controller == null) {
      return true;
    }
    if (!controller.kind().equals("Job") || !controller.apiVersion().equals("batch/v1")) {
      return false;
    }
    Job job = jobs.get(pod.namespace(), controller.name());
    if (job == null || !job.metadata().uid().equals(controller.uid())) {
      return true;
    }
    return JobPods.isFinished(job) && !isManagedElsewhere(job);
  }

  private Result freeOrphan(ObjectKey key) {
    Pod pod = allPods.get(key);
    if (pod != null && JobPods.hasFinalizer(pod) && isOrphan(pod)) {
      try {
        JobPass.release(context.source(), pod);
      } catch (ApiFailure e) {
        if (!e.isNotFound()) {
          throw e;
        }
      }
    }
    return Result.done();
  }

  private static boolean isManagedElsewhere(Job job) {
    String manager = job.spec().managedBy();
    return manager != null && !manager.equals(OWN_NAME);
  }

  private Result reconcile(ObjectKey key) throws InterruptedException {
    Job job = jobs.get(key);
    if (job == null) {
      expectations.forget(key);
      memories.remove(key);
      return Result.done();
    }
    if (JobPods.isFinished(job)) {
      return deleteWhenDue(job);
    }
    if (isManagedElsewhere(job)) {
      return Result.done();
    }
    Memory memory = memories.get(key);
    if (memory != null && !memory.uid().equals(job.metadata().uid())) {
      // What was expected of a former job of this name will not be seen.
      expectations.forget(key);
    }
    if (memory == null || !memory.uid().equals(job.metadata().uid())) {
      memory = new Memory(job.metadata().uid(), 0, Failures.NONE);
    }
    if (Long.parseLong(job.metadata().resourceVersion()) < memory.version()) {
      // The copy lags behind this controller's own writes; it comes back when it has caught up.
      return Result.done();
    }
    boolean mayAct = expectations.satisfied(key);
    // Known before the pods are read: while this pass waits for the API a copy may show that a
    // finalizer is gone, and the pods that were read still have it.
    Set<String> gone = new LinkedHashSet<>(released);
    JobSnapshot snapshot =
        new JobSnapshot(
            job,
            claim(job),
            pod -> gone.contains(pod.metadata().uid()),
            memory.failures(),
            context.clock().now());
    String uid = memory.uid();
    JobPass.Tools tools =
        new JobPass.Tools(
            context.source(),
            context.loops(),
            events,
            podControl,
            expectations,
            released,
            stored -> remember(key, uid, stored, null),
            failures -> remember(key, uid, null, failures));
    Result result = new JobPass(tools, snapshot, mayAct).run();
    return mayAct ? result : Expectations.lookAgain(result);
  }

  private void remember(
      ObjectKey key, String uid, @Nullable Job stored, @Nullable Failures failures) {
    memories.compute(
        key,
        (_, before) -> {
          Memory known =
              before == null || !before.uid().equals(uid)
                  ? new Memory(uid, 0, Failures.NONE)
                  : before;
          return new Memory(
              uid,
              stored == null
                  ? known.version()
                  : Long.parseLong(stored.metadata().resourceVersion()),
              failures == null ? known.failures() : failures);
        });
  }

  /** Adopted pods get the finalizer too, so that they are accounted for. */
  private List<Pod> claim(Job job) {
    List<Pod> candidates = pods.candidates(job);
    Set<String> orphans =
        candidates.stream()
            .filter(pod -> ControllerRefs.controllerOf(pod) == null)
            .map(pod -> pod.metadata().uid())
            .collect(Collectors.toCollection(LinkedHashSet::new));
    List<Pod> claimed = new ArrayList<>();
    List<Pod> owned =
        new Claimer<>(
                context.source(),
                CoreV1.PODS,
                job,
                BatchV1.JOBS,
                LabelSelectors.of(job.spec().selector()))
            .claim(candidates);
    for (Pod pod : owned) {
      boolean adopted = orphans.contains(pod.metadata().uid()) && !JobPods.hasFinalizer(pod);
      claimed.add(adopted ? hold(pod) : pod);
    }
    return claimed;
  }

  private Pod hold(Pod pod) {
    Json finalizers = new Json.Arr(List.of(Json.of(JobPods.FINALIZER)));
    Json body = Json.Obj.of("metadata", Json.Obj.of("finalizers", finalizers));
    return context
        .source()
        .patch(CoreV1.PODS, pod.namespace(), pod.name(), "", Source.Patch.strategic(body));
  }

  private Result deleteWhenDue(Job job) {
    Integer seconds = job.spec().ttlSecondsAfterFinished();
    if (seconds == null || job.metadata().deletionTimestamp() != null) {
      return Result.done();
    }
    Duration left = left(job, seconds, context.clock().now());
    if (left.isPositive()) {
      return Result.retryAfter(left);
    }
    try {
      Job fresh = context.source().get(BatchV1.JOBS, job.namespace(), job.name());
      Integer now = fresh.spec().ttlSecondsAfterFinished();
      if (now == null || left(fresh, now, context.clock().now()).isPositive()) {
        return Result.done();
      }
      context
          .source()
          .delete(
              BatchV1.JOBS,
              job.namespace(),
              job.name(),
              DeleteOptions.EMPTY
                  .withPropagationPolicy("Foreground")
                  .withPreconditions(Preconditions.EMPTY.withUid(job.metadata().uid())));
    } catch (ApiFailure e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
    return Result.done();
  }

  private static Duration left(Job job, int seconds, Instant now) {
    JobCondition complete = JobPods.condition(job, "Complete");
    JobCondition end = complete == null ? JobPods.condition(job, "Failed") : complete;
    Instant finished = end == null ? null : end.lastTransitionTime();
    return Duration.between(now, (finished == null ? now : finished).plusSeconds(seconds));
  }
}
