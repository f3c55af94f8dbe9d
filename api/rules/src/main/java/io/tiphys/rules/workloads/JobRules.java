package io.tiphys.rules.workloads;

import io.tiphys.api.BatchV1;
import io.tiphys.api.LabelSelectors;
import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.JobSpec;
import io.tiphys.api.batch.v1.JobStatus;
import io.tiphys.api.batch.v1.PodFailurePolicy;
import io.tiphys.api.batch.v1.PodFailurePolicyRule;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.meta.Names;
import io.tiphys.meta.selector.SelectorException;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoValues;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import io.tiphys.rules.pods.DisabledFields;
import io.tiphys.rules.pods.PodDefaults;
import io.tiphys.rules.warnings.WorkloadWarnings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Checked against pkg/apis/batch/v1/defaults.go and pkg/registry/batch/job/strategy.go. */
public final class JobRules extends SpecRules<Job, JobSpec, JobStatus> {
  private static final String UID = "batch.kubernetes.io/controller-uid";
  private static final String NAME = "batch.kubernetes.io/job-name";
  private static final String LEGACY_UID = "controller-uid";
  private static final String LEGACY_NAME = "job-name";

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
    own.put(UID, uid);
    PodTemplateSpec template = job.spec().template();
    ObjectMeta meta = template.metadata();
    Map<String, String> labels = new LinkedHashMap<>(meta.labels());
    generatedLabels(job).forEach(labels::putIfAbsent); // a conflict is refused in validation
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

  private static Map<String, String> generatedLabels(Job job) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put(LEGACY_UID, job.metadata().uid());
    labels.put(LEGACY_NAME, job.name());
    labels.put(UID, job.metadata().uid());
    labels.put(NAME, job.name());
    return labels;
  }

  @Override
  protected JobSpec allowed(JobSpec spec, @Nullable JobSpec old) {
    return spec.withTemplate(
        DisabledFields.dropped(spec.template(), old == null ? null : old.template()));
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
    return validate(job, true);
  }

  /**
   * @param prefixed whether the generated labels with a prefix must be there: older jobs do without
   */
  private static List<FieldError> validate(Job job, boolean prefixed) {
    JobSpec spec = job.spec();
    Checks checks = new Checks();
    generated(checks, job, prefixed);
    new JobValidation(checks, spec, TemplateValidation.SPEC).check();
    selector(checks, spec);
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

  /** As validateGeneratedSelector in pkg/apis/batch/validation. */
  private static void generated(Checks checks, Job job, boolean prefixed) {
    LabelSelector selector = job.spec().selector();
    if (Boolean.TRUE.equals(job.spec().manualSelector()) || selector == null) {
      return;
    }
    if (job.metadata().uid().isEmpty()) {
      checks.required(FieldPath.of("metadata", "uid"));
    }
    Map<String, String> expected = generatedLabels(job);
    if (!prefixed) {
      expected.keySet().removeAll(List.of(UID, NAME));
    }
    Map<String, String> labels = job.spec().template().metadata().labels();
    FieldPath path = TemplateValidation.SPEC.child("template", "metadata", "labels");
    expected.forEach(
        (label, value) -> {
          if (!labels.containsKey(label)) {
            checks.required(path.key(label), "must be '" + value + "'");
          } else if (!value.equals(labels.get(label))) {
            checks.invalid(path.key(label), labels, "must be '" + value + "'");
          }
        });
    if (!matches(selector, expected)) {
      checks.invalid(
          TemplateValidation.SPEC.child("selector"),
          GoValues.tree(selector::write),
          "`selector` not auto-generated");
    }
  }

  /** Whether it selects; so does, for upstream, what cannot be read. */
  private static boolean matches(LabelSelector selector, Map<String, String> labels) {
    try {
      return LabelSelectors.of(selector).matches(labels);
    } catch (SelectorException _) {
      return true;
    }
  }

  private static void selector(Checks checks, JobSpec spec) {
    LabelSelector selector = spec.selector();
    FieldPath path = TemplateValidation.SPEC.child("selector");
    Map<String, String> labels = spec.template().metadata().labels();
    if (selector == null) {
      checks.required(path);
    } else {
      checks.selector(path, selector);
    }
    if (selector == null || !matches(selector, labels)) {
      checks.invalid(
          TemplateValidation.SPEC.child("template", "metadata", "labels"),
          labels.isEmpty() ? null : labels,
          "`selector` does not match template `labels`");
    }
  }

  @Override
  protected List<FieldError> validateStatus(Job now, Job old) {
    return JobStatusValidation.of(now, old);
  }

  @Override
  public List<FieldError> validateUpdate(Job job, Job old) {
    JobSpec now = job.spec();
    JobSpec before = old.spec();
    Map<String, String> had = before.template().metadata().labels();
    Checks checks = new Checks();
    checks.addAll(validate(job, had.containsKey(NAME) && had.containsKey(UID)));
    completions(checks, now, before);
    TemplateValidation.unchanged(checks, "selector", now.selector(), before.selector());
    JobTemplateUpdate.check(checks, job, old);
    TemplateValidation.unchanged(
        checks, "completionMode", now.completionMode(), before.completionMode());
    TemplateValidation.unchanged(
        checks, "podFailurePolicy", now.podFailurePolicy(), before.podFailurePolicy());
    TemplateValidation.unchanged(
        checks, "backoffLimitPerIndex", now.backoffLimitPerIndex(), before.backoffLimitPerIndex());
    TemplateValidation.unchanged(checks, "managedBy", now.managedBy(), before.managedBy());
    TemplateValidation.unchanged(
        checks, "successPolicy", now.successPolicy(), before.successPolicy());
    return checks.errors();
  }

  private static void completions(Checks checks, JobSpec now, JobSpec before) {
    Integer completions = now.completions();
    if (!"Indexed".equals(now.completionMode())) {
      TemplateValidation.unchanged(checks, "completions", completions, before.completions());
    } else if (completions != null
        && !completions.equals(before.completions())
        && !completions.equals(now.parallelism())) {
      checks.invalid(
          TemplateValidation.SPEC.child("completions"),
          completions,
          "can only be modified in tandem with spec.parallelism");
    }
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
