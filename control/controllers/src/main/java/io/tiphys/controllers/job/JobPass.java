package io.tiphys.controllers.job;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.BatchV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.JobCondition;
import io.tiphys.api.batch.v1.JobStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.base.Loops;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.ObjectKey;
import io.tiphys.client.Source;
import io.tiphys.codec.Json;
import io.tiphys.controllers.kit.Expectations;
import io.tiphys.controllers.kit.PodControl;
import io.tiphys.controllers.kit.Pods;
import io.tiphys.controllers.kit.Result;
import io.tiphys.controllers.kit.SlowStart;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One pass over a job: what is to be done, done, and accounted for. */
final class JobPass {
  private final Tools tools;
  private final JobSnapshot snapshot;
  private final boolean mayAct;
  private Job job;
  private int active;
  private int ready;
  private int terminating;
  private @Nullable Duration wait;
  private @Nullable RuntimeException failure;

  /**
   * What passes share.
   *
   * @param released uids of pods whose finalizer was taken off; the copy has yet to show it
   * @param stored told of every version of a job that was written
   * @param failed told of the failures counted, once they are stored
   */
  record Tools(
      Source source,
      Loops loops,
      EventRecorder events,
      PodControl podControl,
      Expectations expectations,
      Set<String> released,
      Consumer<Job> stored,
      Consumer<Failures> failed) {}

  JobPass(Tools tools, JobSnapshot snapshot, boolean mayAct) {
    this.tools = tools;
    this.snapshot = snapshot;
    this.mayAct = mayAct;
    this.job = snapshot.job();
    List<Pod> running = snapshot.active();
    active = running.size();
    ready = (int) running.stream().filter(Pods::isReady).count();
    terminating = snapshot.terminating();
  }

  Result run() throws InterruptedException {
    JobStatus status = job.status();
    if (status.startTime() == null && !JobPods.isSuspended(job)) {
      status = status.withStartTime(snapshot.now());
    }
    JobDecision decision = JobDecision.of(snapshot);
    JobCondition end = null;
    if (decision instanceof JobDecision.End(JobCondition condition)) {
      // Not over before all of its pods are known and on their way out.
      end = delete(snapshot.active(), false) && mayAct ? condition : null;
    } else {
      boolean managed = mayAct && job.metadata().deletionTimestamp() == null;
      if (managed) {
        manage(decision);
      }
      if (isComplete()) {
        end =
            JobDecision.condition(
                "SuccessCriteriaMet",
                "CompletionsReached",
                "Reached expected number of succeeded pods",
                snapshot.now());
      } else if (managed) {
        status = suspension(status);
      }
    }
    account(status.toBuilder().active(active).ready(ready).terminating(terminating).build(), end);
    if (failure != null) {
      throw failure;
    }
    Duration deadline = JobDecision.untilDeadline(job, snapshot.now());
    if (deadline != null && deadline.isPositive()) {
      wait = wait == null || deadline.compareTo(wait) < 0 ? deadline : wait;
    }
    return wait == null || JobPods.isFinished(job) ? Result.done() : Result.retryAfter(wait);
  }

  private boolean isComplete() {
    Integer completions = JobPods.completions(job);
    int succeeded = snapshot.succeeded();
    return active == 0 && (completions == null ? succeeded > 0 : succeeded >= completions);
  }

  private void manage(JobDecision decision) throws InterruptedException {
    switch (decision) {
      case JobDecision.Fewer(List<Pod> surplus) -> delete(surplus, true);
      case JobDecision.More(List<Integer> indexes) -> create(indexes);
      case JobDecision.Wait(Duration delay) -> wait = delay;
      case JobDecision.End _, JobDecision.Nothing _ -> {}
    }
  }

  private void create(List<Integer> indexes) throws InterruptedException {
    ObjectKey key = ObjectKey.of(job);
    tools.expectations().expectCreations(key, indexes.size());
    Queue<Integer> rest = new ConcurrentLinkedQueue<>(indexes);
    Map<Integer, Pod> replaced = PerIndex.toReplace(snapshot);
    SlowStart.Outcome outcome =
        SlowStart.run(
            tools.loops(),
            indexes.size(),
            1,
            () -> {
              try {
                int index = rest.remove();
                Pod pod = JobPods.newPod(job, index, replaced.get(index));
                tools.podControl().createNamed(pod, job);
              } catch (ApiFailure e) {
                if (!e.hasCause("NamespaceTerminating")) {
                  throw e;
                }
              }
            });
    for (int i = outcome.successes(); i < indexes.size(); i++) {
      tools.expectations().creationObserved(key);
    }
    active += outcome.successes();
    failure = outcome.failure();
  }

  /**
   * @param uncounted the pods are let go first, and so never enter the account
   * @return whether it worked for all
   */
  private boolean delete(List<Pod> pods, boolean uncounted) throws InterruptedException {
    ObjectKey key = ObjectKey.of(job);
    if (uncounted && !pods.isEmpty()) {
      tools.expectations().expectDeletions(key, pods.stream().map(ObjectKey::of).toList());
    }
    Queue<Pod> rest = new ConcurrentLinkedQueue<>(pods);
    SlowStart.Outcome outcome =
        SlowStart.run(
            tools.loops(),
            pods.size(),
            pods.size(),
            () -> {
              Pod pod = rest.remove();
              try {
                if (uncounted) {
                  release(pod);
                }
                tools.podControl().delete(pod, job);
              } catch (ApiFailure e) {
                tools.expectations().deletionObserved(key, ObjectKey.of(pod));
                if (!e.isNotFound()) {
                  throw e;
                }
              }
            });
    active -= outcome.successes();
    terminating += outcome.successes();
    ready = Math.max(0, ready - (int) pods.stream().filter(Pods::isReady).count());
    if (outcome.failure() != null) {
      failure = outcome.failure();
    }
    return outcome.failure() == null;
  }

  private JobStatus suspension(JobStatus status) {
    boolean suspended = JobPods.isSuspended(job);
    Instant now = snapshot.now();
    List<JobCondition> conditions = new ArrayList<>(status.conditions());
    JobCondition before =
        conditions.stream().filter(c -> c.type().equals("Suspended")).findFirst().orElse(null);
    boolean was = before != null && before.status().equals("True");
    if (was == suspended) {
      return status;
    }
    String verb = suspended ? "Suspended" : "Resumed";
    String message = suspended ? "Job suspended" : "Job resumed";
    JobCondition told =
        new JobCondition(
            "Suspended", suspended ? "True" : "False", now, now, "Job" + verb, message);
    if (before == null) {
      conditions.add(told);
    } else {
      conditions.set(conditions.indexOf(before), told);
    }
    tools.events().normal(job, verb, message);
    // The deadline counts while the job is active only.
    return status.withConditions(conditions).withStartTime(suspended ? null : now);
  }

  private void account(JobStatus counted, @Nullable JobCondition end) throws InterruptedException {
    Set<String> held = PodAccounting.held(snapshot);
    PodAccounting.Entry entry =
        PodAccounting.enter(snapshot, PodAccounting.settle(counted, held), end);
    JobCondition last = end;
    JobStatus status = entry.status();
    if (end != null && !end.type().equals("Failed")) {
      boolean success = end.type().equals("SuccessCriteriaMet");
      if (JobPods.condition(job, end.type()) == null) {
        status = with(status, end);
      }
      last =
          JobDecision.condition(
              success ? "Complete" : "Failed", end.reason(), end.message(), snapshot.now());
    }
    write(status);
    tools.failed().accept(snapshot.failuresNow());
    RuntimeException stuck = release(entry.release(), held);
    status = PodAccounting.settle(job.status(), held);
    boolean over =
        last != null
            && stuck == null
            && !entry.full()
            && terminating == 0
            && PodAccounting.isSettled(status);
    if (last != null && over) {
      status = with(status, last);
      if (last.type().equals("Complete")) {
        status = status.withCompletionTime(last.lastTransitionTime());
      }
    }
    write(status);
    if (stuck != null) {
      throw stuck;
    }
    if (last != null && over) {
      tell(last);
    }
  }

  private static JobStatus with(JobStatus status, JobCondition condition) {
    List<JobCondition> conditions = new ArrayList<>(status.conditions());
    conditions.removeIf(before -> before.type().equals(condition.type()));
    conditions.add(condition);
    return status.withConditions(conditions);
  }

  private void write(JobStatus status) {
    if (!status.equals(job.status())) {
      // Not tried again after a conflict: numbers are only right for what was seen.
      job = tools.source().updateStatus(BatchV1.JOBS, job.withStatus(status));
      tools.stored().accept(job);
    }
  }

  /** Takes the finalizers off; those that are let go leave {@code held}. */
  private @Nullable RuntimeException release(List<Pod> pods, Set<String> held)
      throws InterruptedException {
    Queue<Pod> rest = new ConcurrentLinkedQueue<>(pods);
    Queue<String> gone = new ConcurrentLinkedQueue<>();
    SlowStart.Outcome outcome =
        SlowStart.run(
            tools.loops(),
            pods.size(),
            pods.size(),
            () -> {
              Pod pod = rest.remove();
              try {
                release(pod);
              } catch (ApiFailure e) {
                if (!e.isNotFound()) {
                  throw e;
                }
              }
              gone.add(pod.metadata().uid());
            });
    gone.forEach(held::remove);
    return outcome.failure();
  }

  private void release(Pod pod) {
    if (!JobPods.hasFinalizer(pod)) {
      return;
    }
    String uid = pod.metadata().uid();
    tools.released().add(uid);
    try {
      release(tools.source(), pod);
    } catch (ApiFailure e) {
      // A pod that is gone stays released: the copy may show it for a while yet.
      if (!e.isNotFound()) {
        tools.released().remove(uid);
      }
      throw e;
    }
  }

  static void release(Source source, Pod pod) {
    Json finalizers = new Json.Arr(List.of(Json.of(JobPods.FINALIZER)));
    Json body =
        Json.Obj.of("metadata", Json.Obj.of("$deleteFromPrimitiveList/finalizers", finalizers));
    source.patch(CoreV1.PODS, pod.namespace(), pod.name(), "", Source.Patch.strategic(body));
  }

  private void tell(JobCondition last) {
    Integer completions = JobPods.completions(job);
    if (!last.type().equals("Complete")) {
      tools.events().warning(job, last.reason(), last.message());
      return;
    }
    if (completions != null && job.status().succeeded() > completions) {
      tools
          .events()
          .warning(
              job,
              "TooManySucceededPods",
              "Too many succeeded pods running after completion count reached");
    }
    tools.events().normal(job, "Completed", "Job completed");
  }
}
