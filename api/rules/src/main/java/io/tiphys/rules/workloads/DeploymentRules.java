package io.tiphys.rules.workloads;

import io.tiphys.api.AppsV1;
import io.tiphys.api.apps.v1.Deployment;
import io.tiphys.api.apps.v1.DeploymentSpec;
import io.tiphys.api.apps.v1.DeploymentStatus;
import io.tiphys.api.apps.v1.DeploymentStrategy;
import io.tiphys.api.apps.v1.RollingUpdateDeployment;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.meta.IntOrString;
import io.tiphys.meta.apply.FieldFilter;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.IntOrPercent;
import io.tiphys.rules.ScaleMapping;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import io.tiphys.rules.pods.DisabledFields;
import io.tiphys.rules.pods.PodDefaults;
import io.tiphys.rules.warnings.WorkloadWarnings;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checked against pkg/apis/apps/v1/defaults.go and pkg/registry/apps/deployment/strategy.go. */
public final class DeploymentRules extends SpecRules<Deployment, DeploymentSpec, DeploymentStatus> {
  private static final IntOrString QUARTER = IntOrString.of("25%");

  public DeploymentRules() {
    super(
        AppsV1.DEPLOYMENTS,
        new Parts<>(
            Deployment::spec,
            Deployment::status,
            Deployment::withSpec,
            Deployment::withStatus,
            DeploymentStatus.EMPTY));
  }

  @Override
  protected DeploymentSpec defaults(DeploymentSpec spec, Deployment object) {
    return spec.toBuilder()
        .template(PodDefaults.of(spec.template()))
        .replicas(spec.replicas() == null ? Integer.valueOf(1) : spec.replicas())
        .strategy(defaults(spec.strategy()))
        .revisionHistoryLimit(
            spec.revisionHistoryLimit() == null ? Integer.valueOf(10) : spec.revisionHistoryLimit())
        .progressDeadlineSeconds(
            spec.progressDeadlineSeconds() == null
                ? Integer.valueOf(600)
                : spec.progressDeadlineSeconds())
        .build();
  }

  private static DeploymentStrategy defaults(DeploymentStrategy strategy) {
    String type = strategy.type().isEmpty() ? "RollingUpdate" : strategy.type();
    RollingUpdateDeployment rolling = strategy.rollingUpdate();
    if (type.equals("RollingUpdate")) {
      RollingUpdateDeployment given = rolling == null ? RollingUpdateDeployment.EMPTY : rolling;
      rolling =
          new RollingUpdateDeployment(
              given.maxUnavailable() == null ? QUARTER : given.maxUnavailable(),
              given.maxSurge() == null ? QUARTER : given.maxSurge());
    }
    return new DeploymentStrategy(type, rolling);
  }

  /** Annotations count as the wish: replica sets get them too. */
  @Override
  public Deployment prepareForUpdate(Deployment deployment, Deployment old, WriteContext context) {
    Deployment prepared = super.prepareForUpdate(deployment, old, context);
    ObjectMeta meta = prepared.metadata();
    return meta.annotations().equals(old.metadata().annotations())
        ? prepared
        : prepared.withMetadata(meta.withGeneration(old.metadata().generation() + 1));
  }

  @Override
  protected Deployment prepareStatus(Deployment deployment, Deployment old, WriteContext context) {
    Deployment prepared = super.prepareStatus(deployment, old, context);
    return prepared.withMetadata(prepared.metadata().withLabels(old.metadata().labels()));
  }

  @Override
  protected FieldFilter statusResetFields() {
    return FieldFilter.excluding(List.of(List.of("spec"), List.of("metadata", "labels")));
  }

  @Override
  protected DeploymentSpec allowed(DeploymentSpec spec, @Nullable DeploymentSpec old) {
    return spec.withTemplate(
        DisabledFields.dropped(spec.template(), old == null ? null : old.template()));
  }

  @Override
  public List<String> warningsOnCreate(Deployment deployment) {
    return WorkloadWarnings.onCreate(deployment, deployment.spec().template());
  }

  @Override
  public List<String> warningsOnUpdate(Deployment deployment, Deployment old) {
    return WorkloadWarnings.onUpdate(deployment, old, deployment.spec().template());
  }

  @Override
  public List<FieldError> validate(Deployment deployment) {
    DeploymentSpec spec = deployment.spec();
    TemplateValidation validation =
        new TemplateValidation().notNegative("replicas", spec.replicas());
    ReplicaSetRules.template(validation, spec.selector(), spec.template());
    strategy(spec.strategy(), validation.checks());
    validation
        .notNegative("minReadySeconds", spec.minReadySeconds())
        .notNegative("revisionHistoryLimit", spec.revisionHistoryLimit());
    Integer deadline = spec.progressDeadlineSeconds();
    validation.notNegative("progressDeadlineSeconds", deadline);
    if (deadline != null && deadline <= spec.minReadySeconds()) {
      validation.add(
          FieldError.invalid(
              TemplateValidation.SPEC.child("progressDeadlineSeconds"),
              deadline,
              "must be greater than minReadySeconds"));
    }
    return validation.errors();
  }

  private static void strategy(DeploymentStrategy strategy, Checks checks) {
    FieldPath path = TemplateValidation.SPEC.child("strategy");
    FieldPath rolling = path.child("rollingUpdate");
    switch (strategy.type()) {
      case "Recreate" -> {
        if (strategy.rollingUpdate() != null) {
          checks.forbidden(rolling, "may not be specified when strategy `type` is 'Recreate'");
        }
      }
      case "RollingUpdate" -> {
        if (strategy.rollingUpdate() == null) {
          checks.required(rolling, "this should be defaulted and never be nil");
        } else {
          rolling(strategy.rollingUpdate(), rolling, checks);
        }
      }
      default ->
          checks.add(
              FieldError.notSupported(
                  path,
                  GoStructs.show("apps.DeploymentStrategy", strategy::write),
                  List.of("Recreate", "RollingUpdate")));
    }
  }

  private static void rolling(RollingUpdateDeployment rolling, FieldPath path, Checks checks) {
    FieldPath at = path.child("maxUnavailable");
    IntOrString unavailable = rolling.maxUnavailable();
    IntOrString surge = rolling.maxSurge();
    IntOrPercent.check(checks, at, unavailable);
    IntOrPercent.check(checks, path.child("maxSurge"), surge);
    if (unavailable != null
        && surge != null
        && IntOrPercent.of(unavailable) == 0
        && IntOrPercent.of(surge) == 0) {
      checks.invalid(at, IntOrPercent.shown(unavailable), "may not be 0 when `maxSurge` is 0");
    }
    IntOrPercent.atMostAll(checks, at, unavailable);
  }

  @Override
  protected List<FieldError> validateStatus(Deployment now, Deployment old) {
    DeploymentStatus status = now.status();
    return new StatusCounts()
        .notNegative("observedGeneration", status.observedGeneration())
        .notNegative("replicas", status.replicas())
        .notNegative("updatedReplicas", status.updatedReplicas())
        .notNegative("readyReplicas", status.readyReplicas())
        .notNegative("availableReplicas", status.availableReplicas())
        .notNegative("unavailableReplicas", status.unavailableReplicas())
        .notNegative("terminatingReplicas", status.terminatingReplicas())
        .notNegative("collisionCount", status.collisionCount())
        .atMost("updatedReplicas", status.updatedReplicas(), "status.replicas", status.replicas())
        .available(
            status.replicas(), status.readyReplicas(), status.availableReplicas(), "readyReplicas")
        .collisions(status.collisionCount(), old.status().collisionCount())
        .errors();
  }

  @Override
  public List<FieldError> validateUpdate(Deployment deployment, Deployment old) {
    List<FieldError> errors = validate(deployment);
    errors.addAll(
        new TemplateValidation()
            .unchanged("selector", deployment.spec().selector(), old.spec().selector())
            .errors());
    return errors;
  }

  @Override
  public Optional<ScaleMapping<Deployment>> scale() {
    return Optional.of(
        new Scaling<>(
            d -> d.spec().replicas(),
            d -> d.status().replicas(),
            d -> d.spec().selector(),
            (d, replicas) -> d.withSpec(d.spec().withReplicas(replicas))));
  }
}
