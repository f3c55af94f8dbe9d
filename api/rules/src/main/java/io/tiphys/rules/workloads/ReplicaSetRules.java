package io.tiphys.rules.workloads;

import io.tiphys.api.AppsV1;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.apps.v1.ReplicaSetSpec;
import io.tiphys.api.apps.v1.ReplicaSetStatus;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.ScaleMapping;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.pods.DisabledFields;
import io.tiphys.rules.pods.PodDefaults;
import io.tiphys.rules.warnings.WorkloadWarnings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Checked against pkg/apis/apps/v1/defaults.go and pkg/registry/apps/replicaset/strategy.go. */
public final class ReplicaSetRules extends SpecRules<ReplicaSet, ReplicaSetSpec, ReplicaSetStatus> {
  public ReplicaSetRules() {
    super(
        AppsV1.REPLICASETS,
        new Parts<>(
            ReplicaSet::spec,
            ReplicaSet::status,
            ReplicaSet::withSpec,
            ReplicaSet::withStatus,
            ReplicaSetStatus.EMPTY));
  }

  @Override
  protected ReplicaSetSpec defaults(ReplicaSetSpec spec, ReplicaSet object) {
    return spec.toBuilder()
        .template(PodDefaults.of(spec.template()))
        .replicas(spec.replicas() == null ? Integer.valueOf(1) : spec.replicas())
        .build();
  }

  @Override
  protected ReplicaSetSpec allowed(ReplicaSetSpec spec, @Nullable ReplicaSetSpec old) {
    return spec.withTemplate(
        DisabledFields.dropped(spec.template(), old == null ? null : old.template()));
  }

  @Override
  public List<String> warningsOnCreate(ReplicaSet set) {
    return WorkloadWarnings.onCreate(set, set.spec().template());
  }

  @Override
  public List<String> warningsOnUpdate(ReplicaSet set, ReplicaSet old) {
    return WorkloadWarnings.onUpdate(set, old, set.spec().template());
  }

  @Override
  public List<FieldError> validate(ReplicaSet set) {
    ReplicaSetSpec spec = set.spec();
    TemplateValidation validation =
        new TemplateValidation()
            .notNegative("replicas", spec.replicas())
            .notNegative("minReadySeconds", spec.minReadySeconds());
    template(validation, spec.selector(), spec.template());
    return validation.errors();
  }

  /** What replica sets make; upstream calls both them and what makes them deployments here. */
  static void template(
      TemplateValidation validation, @Nullable LabelSelector selector, PodTemplateSpec template) {
    if (validation.selector(selector, "deployment", "invalid label selector")) {
      validation.selected(selector, template).pods(template).forEver(template, "ReplicaSet");
    }
  }

  @Override
  protected List<FieldError> validateStatus(ReplicaSet now, ReplicaSet old) {
    ReplicaSetStatus status = now.status();
    return StatusCounts.ofReplicas(
            status.replicas(),
            status.fullyLabeledReplicas(),
            status.readyReplicas(),
            status.availableReplicas(),
            status.observedGeneration(),
            status.terminatingReplicas())
        .errors();
  }

  @Override
  public List<FieldError> validateUpdate(ReplicaSet set, ReplicaSet old) {
    List<FieldError> errors = validate(set);
    errors.addAll(
        new TemplateValidation()
            .unchanged("selector", set.spec().selector(), old.spec().selector())
            .errors());
    return errors;
  }

  @Override
  public Map<String, Function<ReplicaSet, String>> selectableFields() {
    return Map.of("status.replicas", set -> String.valueOf(set.status().replicas()));
  }

  @Override
  public Optional<ScaleMapping<ReplicaSet>> scale() {
    return Optional.of(
        new Scaling<>(
            set -> set.spec().replicas(),
            set -> set.status().replicas(),
            set -> set.spec().selector(),
            (set, replicas) -> set.withSpec(set.spec().withReplicas(replicas))));
  }
}
