package io.tiphys.rules.workloads;

import io.tiphys.api.BatchV1;
import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.JobSpec;
import io.tiphys.api.batch.v1.JobStatus;
import io.tiphys.api.batch.v1.PodFailurePolicy;
import io.tiphys.api.batch.v1.PodFailurePolicyRule;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import io.tiphys.rules.pods.PodDefaults;
import io.tiphys.rules.warnings.WorkloadWarnings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Checked against pkg/apis/batch/v1/defaults.go and pkg/registry/batch/job/strategy.go. */
public final class JobRules extends SpecRules<Job, JobSpec, JobStatus> {
  public JobRules() {
    super(
        BatchV1.JOBS,
        new Parts<>(Job::spec, Job::status, Job::withSpec, Job::withStatus, JobStatus.EMPTY));
  }

  @Override
  protected JobSpec defaults(JobSpec spec, Job object) {
    return withDefaults(spec);
  }

  @Override
  public Job defaults(Job job) {
    return withTemplateLabels(super.defaults(job));
  }

  /** What the template of a cron job gets: the rest waits until there is a job. */
  static JobSpec withTemplateDefaults(JobSpec spec) {
    PodFailurePolicy policy = spec.podFailurePolicy();
    return spec.toBuilder()
        .template(PodDefaults.of(spec.template()))
        .podFailurePolicy(
            policy == null
                ? null
                : policy.withRules(
                    policy.rules().stream().map(JobRules::withConditionDefaults).toList()))
        .build();
  }

  private static PodFailurePolicyRule withConditionDefaults(PodFailurePolicyRule rule) {
    return rule.withOnPodConditions(
        rule.onPodConditions().stream()
            .map(pattern -> pattern.status().isEmpty() ? pattern.withStatus("True") : pattern)
            .toList());
  }

  static JobSpec withDefaults(JobSpec given) {
    JobSpec spec = withTemplateDefaults(given);
    boolean single = spec.completions() == null && spec.parallelism() == null;
    boolean failsPerIndex = spec.backoffLimitPerIndex() != null;
    int backoffLimit = failsPerIndex ? Integer.MAX_VALUE : 6;
    boolean policy = spec.podFailurePolicy() != null;
    return spec.toBuilder()
        .completions(single ? Integer.valueOf(1) : spec.completions())
        .parallelism(spec.parallelism() == null ? Integer.valueOf(1) : spec.parallelism())
        .backoffLimit(
            spec.backoffLimit() == null ? Integer.valueOf(backoffLimit) : spec.backoffLimit())
        .completionMode(spec.completionMode() == null ? "NonIndexed" : spec.completionMode())
        .suspend(Boolean.TRUE.equals(spec.suspend()))
        .manualSelector(Boolean.TRUE.equals(spec.manualSelector()))
        .podReplacementPolicy(
            spec.podReplacementPolicy() == null
                ? policy ? "Failed" : "TerminatingOrFailed"
                : spec.podReplacementPolicy())
        .build();
  }

  @Override
  public Job prepareForCreate(Job job, WriteContext context) {
    Job prepared = super.prepareForCreate(job, context);
    return Boolean.TRUE.equals(job.spec().manualSelector())
        ? prepared
        : withTemplateLabels(withGeneratedSelector(prepared));
  }

  /** A job without labels has those of its pods; the generated ones too, as upstream reads them. */
  private static Job withTemplateLabels(Job job) {
    Map<String, String> labels = job.spec().template().metadata().labels();
    return job.metadata().labels().isEmpty() && !labels.isEmpty()
        ? job.withMetadata(job.metadata().withLabels(labels))
        : job;
  }

  private static Job withGeneratedSelector(Job job) {
    String uid = job.metadata().uid();
    Map<String, String> own = new LinkedHashMap<>();
    own.put("batch.kubernetes.io/controller-uid", uid);
    PodTemplateSpec template = job.spec().template();
    ObjectMeta meta = template.metadata();
    Map<String, String> labels = new LinkedHashMap<>(meta.labels());
    labels.put("controller-uid", uid);
    labels.put("job-name", job.name());
    labels.put("batch.kubernetes.io/controller-uid", uid);
    labels.put("batch.kubernetes.io/job-name", job.name());
    LabelSelector given =
        job.spec().selector() == null ? LabelSelector.EMPTY : job.spec().selector();
    Map<String, String> selected = new LinkedHashMap<>(given.matchLabels());
    own.forEach(selected::putIfAbsent);
    return job.withSpec(
        job.spec().toBuilder()
            .selector(given.withMatchLabels(selected))
            .template(template.withMetadata(meta.withLabels(labels)))
            .build());
  }

  @Override
  public List<String> warningsOnCreate(Job job) {
    return WorkloadWarnings.onCreate(job, job.spec(), FieldPath.of("spec"));
  }

  @Override
  public List<String> warningsOnUpdate(Job job, Job old) {
    return WorkloadWarnings.changed(job, old)
        ? WorkloadWarnings.of(job.spec(), FieldPath.of("spec"))
        : List.of();
  }

  @Override
  public List<FieldError> validate(Job job) {
    JobSpec spec = job.spec();
    Checks checks = new Checks();
    new JobValidation(checks, spec, TemplateValidation.SPEC).check();
    LabelSelector selector = spec.selector();
    if (selector == null) {
      checks.required(TemplateValidation.SPEC.child("selector"));
    } else if (!selector.equals(LabelSelector.EMPTY)) {
      checks.addAll(new TemplateValidation().selects(selector, spec.template(), "job").errors());
    }
    Integer completions = spec.completions();
    if ("Indexed".equals(spec.completionMode()) && completions != null && completions > 0) {
      String lastHost = job.name() + "-" + (completions - 1);
      if (!Names.dns1123Label(lastHost).isEmpty()) {
        checks.invalid(
            FieldPath.of("metadata", "name"),
            job.name(),
            "will not able to create pod with invalid DNS label: " + lastHost);
      }
    }
    return checks.errors();
  }

  @Override
  protected List<FieldError> validateStatus(Job now, Job old) {
    return JobStatusValidation.of(now, old);
  }

  @Override
  public List<FieldError> validateUpdate(Job job, Job old) {
    TemplateValidation validation = new TemplateValidation();
    boolean indexed = "Indexed".equals(old.spec().completionMode());
    if (!indexed) {
      validation.unchanged("completions", job.spec().completions(), old.spec().completions());
    }
    validation
        .unchanged("selector", job.spec().selector(), old.spec().selector())
        .unchanged("completionMode", job.spec().completionMode(), old.spec().completionMode());
    if (!Boolean.TRUE.equals(old.spec().suspend())) {
      validation.unchanged("template", job.spec().template(), old.spec().template());
    }
    List<FieldError> errors = validate(job);
    errors.addAll(validation.errors());
    return errors;
  }

  @Override
  public Map<String, Function<Job, String>> selectableFields() {
    return Map.of("status.successful", job -> String.valueOf(job.status().succeeded()));
  }

  /** As upstream's storage of batch/v1 does for clients that say nothing. */
  @Override
  public boolean orphanDependentsByDefault() {
    return true;
  }
}
