package io.tiphys.rules.workloads;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.core.v1.ReplicationController;
import io.tiphys.api.core.v1.ReplicationControllerSpec;
import io.tiphys.api.core.v1.ReplicationControllerStatus;
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
import org.jspecify.annotations.Nullable;

/** Checked against pkg/apis/core/v1/defaults.go and ValidateReplicationController. */
public final class ReplicationControllerRules
    extends SpecRules<
        ReplicationController, ReplicationControllerSpec, ReplicationControllerStatus> {
  public ReplicationControllerRules() {
    super(
        CoreV1.REPLICATIONCONTROLLERS,
        new Parts<>(
            ReplicationController::spec,
            ReplicationController::status,
            ReplicationController::withSpec,
            ReplicationController::withStatus,
            ReplicationControllerStatus.EMPTY));
  }

  @Override
  protected ReplicationControllerSpec defaults(
      ReplicationControllerSpec spec, ReplicationController object) {
    PodTemplateSpec template = spec.template();
    Map<String, String> labels = template == null ? Map.of() : template.metadata().labels();
    return spec.toBuilder()
        .template(template == null ? null : PodDefaults.of(template))
        .selector(spec.selector().isEmpty() ? labels : spec.selector())
        .replicas(spec.replicas() == null ? Integer.valueOf(1) : spec.replicas())
        .build();
  }

  /** A controller without labels has those of its pods. */
  @Override
  public ReplicationController defaults(ReplicationController controller) {
    ReplicationController filled = super.defaults(controller);
    PodTemplateSpec template = controller.spec().template();
    return template == null || !controller.metadata().labels().isEmpty()
        ? filled
        : filled.withMetadata(filled.metadata().withLabels(template.metadata().labels()));
  }

  @Override
  protected ReplicationControllerSpec allowed(
      ReplicationControllerSpec spec, @Nullable ReplicationControllerSpec old) {
    PodTemplateSpec template = spec.template();
    return template == null
        ? spec
        : spec.withTemplate(DisabledFields.dropped(template, old == null ? null : old.template()));
  }

  @Override
  public List<String> warningsOnCreate(ReplicationController controller) {
    return WorkloadWarnings.onCreate(controller, controller.spec().template());
  }

  @Override
  public List<String> warningsOnUpdate(
      ReplicationController controller, ReplicationController old) {
    // Upstream looks at the old template, having mistaken the one for the other.
    return WorkloadWarnings.onUpdate(controller, old, old.spec().template());
  }

  @Override
  public List<FieldError> validate(ReplicationController controller) {
    ReplicationControllerSpec spec = controller.spec();
    PodTemplateSpec template = spec.template();
    TemplateValidation validation =
        new TemplateValidation().notNegative("minReadySeconds", spec.minReadySeconds());
    if (spec.selector().isEmpty()) {
      validation.checks().required(TemplateValidation.SPEC.child("selector"));
    }
    validation.notNegative("replicas", spec.replicas());
    if (template == null) {
      validation.checks().required(TemplateValidation.SPEC.child("template"));
      return validation.errors();
    }
    Map<String, String> labels = template.metadata().labels();
    if (!labels.entrySet().containsAll(spec.selector().entrySet())) {
      validation.mismatch(labels);
    }
    return validation.pods(template).forEver(template, "ReplicationController").errors();
  }

  @Override
  protected List<FieldError> validateStatus(ReplicationController now, ReplicationController old) {
    ReplicationControllerStatus status = now.status();
    return StatusCounts.ofReplicas(
            status.replicas(),
            status.fullyLabeledReplicas(),
            status.readyReplicas(),
            status.availableReplicas(),
            status.observedGeneration(),
            null)
        .errors();
  }

  @Override
  public List<FieldError> validateUpdate(
      ReplicationController controller, ReplicationController old) {
    return validate(controller);
  }

  private static LabelSelector selector(ReplicationController controller) {
    return LabelSelector.builder().matchLabels(controller.spec().selector()).build();
  }

  @Override
  public Optional<ScaleMapping<ReplicationController>> scale() {
    return Optional.of(
        new Scaling<>(
            c -> c.spec().replicas(),
            c -> c.status().replicas(),
            ReplicationControllerRules::selector,
            (c, replicas) -> c.withSpec(c.spec().withReplicas(replicas))));
  }
}
