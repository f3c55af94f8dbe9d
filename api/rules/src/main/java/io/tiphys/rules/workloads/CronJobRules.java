package io.tiphys.rules.workloads;

import io.tiphys.api.BatchV1;
import io.tiphys.api.batch.v1.CronJob;
import io.tiphys.api.batch.v1.CronJobSpec;
import io.tiphys.api.batch.v1.CronJobStatus;
import io.tiphys.api.batch.v1.JobTemplateSpec;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.SpecRules;
import java.util.List;

/** Checked against pkg/apis/batch/v1/defaults.go and pkg/apis/batch/validation/validation.go. */
public final class CronJobRules extends SpecRules<CronJob, CronJobSpec, CronJobStatus> {
  private static final List<String> CONCURRENCY = List.of("Allow", "Forbid", "Replace");

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
  public List<FieldError> validate(CronJob job) {
    CronJobSpec spec = job.spec();
    TemplateValidation validation =
        new TemplateValidation()
            .notNegative("startingDeadlineSeconds", spec.startingDeadlineSeconds())
            .notNegative("successfulJobsHistoryLimit", spec.successfulJobsHistoryLimit())
            .notNegative("failedJobsHistoryLimit", spec.failedJobsHistoryLimit());
    if (spec.schedule().isEmpty()) {
      validation.add(FieldError.required(TemplateValidation.SPEC.child("schedule"), ""));
    }
    if (!CONCURRENCY.contains(spec.concurrencyPolicy())) {
      validation.add(
          FieldError.notSupported(
              TemplateValidation.SPEC.child("concurrencyPolicy"),
              spec.concurrencyPolicy(),
              CONCURRENCY));
    }
    return validation.errors();
  }

  @Override
  public List<FieldError> validateUpdate(CronJob job, CronJob old) {
    return validate(job);
  }
}
