package io.tiphys.rules.workloads;

import io.tiphys.api.BatchV1;
import io.tiphys.api.batch.v1.CronJob;
import io.tiphys.api.batch.v1.CronJobSpec;
import io.tiphys.api.batch.v1.CronJobStatus;
import io.tiphys.api.batch.v1.JobSpec;
import io.tiphys.api.batch.v1.JobTemplateSpec;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.pods.DisabledFields;
import io.tiphys.rules.warnings.WorkloadWarnings;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checked against pkg/apis/batch/v1/defaults.go and pkg/apis/batch/validation/validation.go. */
public final class CronJobRules extends SpecRules<CronJob, CronJobSpec, CronJobStatus> {
  private static final List<String> CONCURRENCY = List.of("Allow", "Forbid", "Replace");

  /** A job's name is the cron job's with eleven characters more. */
  private static final int MAX_NAME_LENGTH = 52;

  public CronJobRules() {
    super(
        BatchV1.CRONJOBS,
        new Parts<>(
            CronJob::spec,
            CronJob::status,
            CronJob::withSpec,
            CronJob::withStatus,
            CronJobStatus.EMPTY));
  }

  @Override
  protected CronJobSpec defaults(CronJobSpec spec, CronJob object) {
    JobTemplateSpec template = spec.jobTemplate();
    Integer kept = spec.successfulJobsHistoryLimit();
    Integer failed = spec.failedJobsHistoryLimit();
    return spec.toBuilder()
        .jobTemplate(template.withSpec(JobRules.withTemplateDefaults(template.spec())))
        .concurrencyPolicy(spec.concurrencyPolicy().isEmpty() ? "Allow" : spec.concurrencyPolicy())
        .suspend(Boolean.TRUE.equals(spec.suspend()))
        .successfulJobsHistoryLimit(kept == null ? Integer.valueOf(3) : kept)
        .failedJobsHistoryLimit(failed == null ? Integer.valueOf(1) : failed)
        .build();
  }

  @Override
  protected CronJobSpec allowed(CronJobSpec spec, @Nullable CronJobSpec old) {
    JobTemplateSpec made = spec.jobTemplate();
    PodTemplateSpec before = old == null ? null : old.jobTemplate().spec().template();
    PodTemplateSpec template = DisabledFields.dropped(made.spec().template(), before);
    return spec.withJobTemplate(made.withSpec(made.spec().withTemplate(template)));
  }

  @Override
  public List<String> warningsOnCreate(CronJob job) {
    JobSpec made = job.spec().jobTemplate().spec();
    return WorkloadWarnings.onCreate(job, made, FieldPath.of("spec", "jobTemplate", "spec"));
  }

  @Override
  public List<String> warningsOnUpdate(CronJob job, CronJob old) {
    return WorkloadWarnings.ofSchedule(job, old);
  }

  @Override
  public List<FieldError> validate(CronJob job) {
    Checks checks = new Checks();
    check(job, null, checks);
    if (job.name().length() > MAX_NAME_LENGTH) {
      checks.invalid(
          FieldPath.of("metadata", "name"), job.name(), "must be no more than 52 characters");
    }
    return checks.errors();
  }

  @Override
  public List<FieldError> validateUpdate(CronJob job, CronJob old) {
    Checks checks = new Checks();
    check(job, old.spec(), checks);
    return checks.errors();
  }

  private static void check(CronJob job, @Nullable CronJobSpec old, Checks checks) {
    CronJobSpec spec = job.spec();
    FieldPath path = TemplateValidation.SPEC;
    boolean zoneInSchedule = old != null && old.schedule().contains("TZ");
    if (spec.schedule().isEmpty()) {
      checks.required(path.child("schedule"));
    } else {
      schedule(spec, zoneInSchedule, path.child("schedule"), checks);
    }
    checks.notNegative(path.child("startingDeadlineSeconds"), spec.startingDeadlineSeconds());
    if (old == null || !Objects.equals(spec.timeZone(), old.timeZone())) {
      zone(spec.timeZone(), checks);
    }
    checks.oneOf(path.child("concurrencyPolicy"), spec.concurrencyPolicy(), CONCURRENCY);
    JobSpec template = spec.jobTemplate().spec();
    FieldPath at = path.child("jobTemplate", "spec");
    new JobValidation(checks, template, at).check();
    if (template.selector() != null) {
      checks.invalid(
          at.child("selector"),
          TemplateValidation.shown(template.selector()),
          "`selector` will be auto-generated");
    }
    if (Boolean.TRUE.equals(template.manualSelector())) {
      checks.add(
          FieldError.notSupported(at.child("manualSelector"), true, List.of("nil", "false")));
    }
    checks.notNegative(path.child("successfulJobsHistoryLimit"), spec.successfulJobsHistoryLimit());
    checks.notNegative(path.child("failedJobsHistoryLimit"), spec.failedJobsHistoryLimit());
  }

  private static void schedule(
      CronJobSpec spec, boolean zoneInSchedule, FieldPath path, Checks checks) {
    String schedule = spec.schedule();
    String problem = CronSchedule.problem(schedule);
    if (!problem.isEmpty()) {
      checks.invalid(path, schedule, problem);
    }
    if (schedule.contains("TZ") && !zoneInSchedule) {
      checks.invalid(
          path, schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
    } else if (schedule.contains("TZ") && spec.timeZone() != null) {
      checks.invalid(
          path, schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule");
    }
  }

  private static void zone(@Nullable String zone, Checks checks) {
    FieldPath path = TemplateValidation.SPEC.child("timeZone");
    if (zone == null) {
      return;
    }
    if (zone.isEmpty()) {
      checks.invalid(path, zone, "timeZone must be nil or non-empty string");
      return;
    }
    if (!TimeZones.isWellFormed(zone)) {
      checks.invalid(path, zone, "unknown time zone " + zone);
      return;
    }
    if (zone.equalsIgnoreCase("Local")) {
      checks.invalid(
          path,
          zone,
          "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
    }
    String problem = TimeZones.problem(zone);
    if (!problem.isEmpty()) {
      checks.invalid(path, zone, problem);
    }
  }
}
