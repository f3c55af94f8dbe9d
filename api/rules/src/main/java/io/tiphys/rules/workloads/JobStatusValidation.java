package io.tiphys.rules.workloads;

import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.JobSpec;
import io.tiphys.api.batch.v1.JobStatus;
import io.tiphys.api.batch.v1.UncountedTerminatedPods;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Whether a job's status may follow another: what has ended does not begin again, and counts do not
 * fall. Most of it is asked only of what has changed. Checked against ValidateJobUpdateStatus in
 * pkg/apis/batch/validation and getStatusValidationOptions in pkg/registry/batch/job/strategy.go.
 */
final class JobStatusValidation {
  private static final FieldPath STATUS = FieldPath.of("status");
  private static final FieldPath CONDITIONS = STATUS.child("conditions");
  private static final FieldPath COMPLETION_TIME = STATUS.child("completionTime");
  private static final FieldPath START_TIME = STATUS.child("startTime");
  private static final FieldPath COMPLETED_INDEXES = STATUS.child("completedIndexes");
  private static final FieldPath FAILED_INDEXES = STATUS.child("failedIndexes");

  private static final String COMPLETE = "Complete";
  private static final String FAILED = "Failed";
  private static final String FAILURE_TARGET = "FailureTarget";
  private static final String SUCCESS_CRITERIA_MET = "SuccessCriteriaMet";
  private static final String SUSPENDED = "Suspended";

  private final Checks checks = new Checks();
  private final JobSpec spec;
  private final JobStatus now;
  private final JobStatus old;
  private final boolean complete;
  private final boolean failed;
  private final boolean finishedChanged;

  private JobStatusValidation(Job job, Job old) {
    spec = job.spec();
    now = job.status();
    this.old = old.status();
    complete = is(now, COMPLETE);
    failed = is(now, FAILED);
    finishedChanged = finished(now) != finished(this.old);
  }

  static List<FieldError> of(Job job, Job old) {
    JobStatusValidation validation = new JobStatusValidation(job, old);
    validation.counts();
    validation.uncounted();
    validation.conditions();
    validation.times();
    validation.pods();
    validation.indexes();
    validation.transitions();
    return validation.checks.errors();
  }

  private static boolean is(JobStatus status, String condition) {
    return has(status, condition, "True");
  }

  private static boolean has(JobStatus status, String condition, String value) {
    return status.conditions().stream()
        .anyMatch(c -> c.type().equals(condition) && c.status().equals(value));
  }

  private static boolean finished(JobStatus status) {
    return is(status, COMPLETE) || is(status, FAILED);
  }

  private boolean changed(String condition) {
    return is(now, condition) != is(old, condition);
  }

  private void refuseConditions(String why) {
    checks.invalid(CONDITIONS, FieldError.OMITTED, why);
  }

  private void counts() {
    checks.notNegative(STATUS.child("active"), now.active());
    checks.notNegative(STATUS.child("succeeded"), now.succeeded());
    checks.notNegative(STATUS.child("failed"), now.failed());
    checks.notNegative(STATUS.child("ready"), now.ready());
    checks.notNegative(STATUS.child("terminating"), now.terminating());
  }

  private void uncounted() {
    UncountedTerminatedPods pods = now.uncountedTerminatedPods();
    if (pods == null) {
      return;
    }
    FieldPath path = STATUS.child("uncountedTerminatedPods");
    Set<String> seen = new HashSet<>();
    uncounted(pods.succeeded(), path.child("succeeded"), seen);
    uncounted(pods.failed(), path.child("failed"), seen);
  }

  private void uncounted(List<String> uids, FieldPath path, Set<String> seen) {
    for (int i = 0; i < uids.size(); i++) {
      String uid = uids.get(i);
      if (uid.isEmpty()) {
        checks.invalid(path.index(i), uid, "must not be empty");
      } else if (!seen.add(uid)) {
        checks.add(FieldError.duplicate(path.index(i), uid));
      }
    }
  }

  private void conditions() {
    boolean completeChanged = changed(COMPLETE);
    boolean failedChanged = changed(FAILED);
    boolean target = is(now, FAILURE_TARGET);
    boolean criteriaMet = is(now, SUCCESS_CRITERIA_MET);
    if ((completeChanged || failedChanged) && complete && failed) {
      refuseConditions("cannot set Complete=True and Failed=true conditions");
    }
    if ((completeChanged || changed(FAILURE_TARGET)) && complete && target) {
      refuseConditions("cannot set Complete=True and FailureTarget=true conditions");
    }
    if ((failedChanged || failedIndexesChanged()) && failed && !target) {
      refuseConditions("cannot set Failed=True condition without the FailureTarget=true condition");
    }
    if ((completeChanged || changed(SUCCESS_CRITERIA_MET)) && complete && !criteriaMet) {
      refuseConditions(
          "cannot set Complete=True condition without the SuccessCriteriaMet=true condition");
    }
    if (criteriaMet && failed) {
      refuseConditions("cannot set SuccessCriteriaMet=True and Failed=true conditions");
    }
    if (criteriaMet && target) {
      refuseConditions("cannot set SuccessCriteriaMet=True and FailureTarget=true conditions");
    }
    if (spec.successPolicy() != null && !criteriaMet && complete) {
      refuseConditions(
          "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True");
    }
  }

  private void times() {
    boolean startChanged = !Objects.equals(now.startTime(), old.startTime());
    boolean endChanged = !Objects.equals(now.completionTime(), old.completionTime());
    boolean asked = changed(COMPLETE) || endChanged;
    if (asked && now.completionTime() != null && !complete) {
      checks.invalid(
          COMPLETION_TIME,
          now.completionTime(),
          "cannot set completionTime when there is no Complete=True condition");
    }
    if (asked && now.completionTime() == null && complete) {
      checks.required(COMPLETION_TIME, "completionTime is required for Complete jobs");
    }
    if ((startChanged || endChanged)
        && now.startTime() != null
        && now.completionTime() != null
        && now.completionTime().isBefore(now.startTime())) {
      checks.invalid(
          COMPLETION_TIME, now.completionTime(), "must be equal to or after `startTime`");
    }
    boolean nothingToDo =
        Boolean.TRUE.equals(spec.suspend()) && Objects.equals(spec.completions(), 0);
    if ((finishedChanged || startChanged)
        && !nothingToDo
        && now.startTime() == null
        && finished(now)) {
      checks.required(START_TIME, "startTime is required for finished job");
    }
  }

  private void pods() {
    boolean activeChanged = now.active() != old.active();
    boolean done = finished(now);
    if ((finishedChanged || activeChanged) && now.active() > 0 && done) {
      checks.invalid(STATUS.child("active"), now.active(), "active>0 is invalid for finished job");
    }
    UncountedTerminatedPods pods = now.uncountedTerminatedPods();
    boolean uncountedChanged = !Objects.equals(pods, old.uncountedTerminatedPods());
    if ((finishedChanged || uncountedChanged)
        && done
        && pods != null
        && !(pods.succeeded().isEmpty() && pods.failed().isEmpty())) {
      checks.invalid(
          STATUS.child("uncountedTerminatedPods"),
          GoStructs.show("batch.UncountedTerminatedPods", pods::write),
          "must be empty for finished job");
    }
    Integer terminating = now.terminating();
    boolean terminatingChanged = !Objects.equals(terminating, old.terminating());
    if ((finishedChanged || terminatingChanged) && terminating != null && terminating > 0 && done) {
      checks.invalid(
          STATUS.child("terminating"), terminating, "terminating>0 is invalid for finished job");
    }
    Integer ready = now.ready();
    if ((activeChanged || !Objects.equals(ready, old.ready()))
        && ready != null
        && ready > now.active()) {
      checks.invalid(STATUS.child("ready"), ready, "cannot set more ready pods than active");
    }
  }

  private boolean failedIndexesChanged() {
    return !Objects.equals(now.failedIndexes(), old.failedIndexes());
  }

  private void indexes() {
    boolean completedChanged = !now.completedIndexes().equals(old.completedIndexes());
    boolean failedChanged = failedIndexesChanged();
    String done = now.completedIndexes();
    String lost = now.failedIndexes();
    Integer completions = spec.completions();
    if (completedChanged && completions != null) {
      String problem = IndexRanges.of(done, completions).problem();
      if (!problem.isEmpty()) {
        checks.invalid(COMPLETED_INDEXES, done, "error parsing completedIndexes: " + problem);
      }
    }
    if (failedChanged
        && completions != null
        && spec.backoffLimitPerIndex() != null
        && lost != null) {
      String problem = IndexRanges.of(lost, completions).problem();
      if (!problem.isEmpty()) {
        checks.invalid(FAILED_INDEXES, lost, "error parsing failedIndexes: " + problem);
      }
    }
    if (completedChanged && !done.isEmpty() && !"Indexed".equals(spec.completionMode())) {
      checks.invalid(
          COMPLETED_INDEXES,
          done,
          "cannot set non-empty completedIndexes when non-indexed completion mode");
    }
    if (failedChanged && spec.backoffLimitPerIndex() == null && lost != null) {
      checks.invalid(
          FAILED_INDEXES,
          lost,
          "cannot set non-null failedIndexes when backoffLimitPerIndex is null");
    }
    if ((failedChanged || completedChanged) && completions != null && lost != null) {
      IndexRanges.of(done, completions)
          .sharedWith(IndexRanges.of(lost, completions))
          .ifPresent(
              index ->
                  checks.invalid(
                      FAILED_INDEXES,
                      lost,
                      "failedIndexes and completedIndexes overlap at index: " + index));
    }
  }

  private void transitions() {
    for (String terminal : List.of(FAILED, COMPLETE, FAILURE_TARGET)) {
      if (is(old, terminal) && !is(now, terminal)) {
        refuseConditions("cannot disable the terminal " + terminal + "=True condition");
      }
    }
    if (now.failed() < old.failed()) {
      checks.invalid(STATUS.child("failed"), now.failed(), "cannot decrease the failed counter");
    }
    boolean scalable =
        "Indexed".equals(spec.completionMode())
            && Objects.equals(spec.completions(), spec.parallelism());
    if (!scalable && now.succeeded() < old.succeeded()) {
      checks.invalid(
          STATUS.child("succeeded"), now.succeeded(), "cannot decrease the succeeded counter");
    }
    if (now.completionTime() != null
        && old.completionTime() != null
        && !now.completionTime().equals(old.completionTime())) {
      checks.invalid(COMPLETION_TIME, now.completionTime(), "field is immutable");
    }
    boolean resuming = is(old, SUSPENDED) && has(now, SUSPENDED, "False");
    if (!resuming
        && old.startTime() != null
        && !old.startTime().equals(now.startTime())
        && !Boolean.TRUE.equals(spec.suspend())) {
      checks.invalid(
          START_TIME, now.startTime(), "field is immutable for unsuspended job once set");
    }
    if (is(old, SUCCESS_CRITERIA_MET) && !is(now, SUCCESS_CRITERIA_MET)) {
      refuseConditions("cannot disable the SuccessCriteriaMet=True condition");
    }
    if (is(old, COMPLETE) && !is(old, SUCCESS_CRITERIA_MET) && is(now, SUCCESS_CRITERIA_MET)) {
      refuseConditions(
          "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions");
    }
  }
}
