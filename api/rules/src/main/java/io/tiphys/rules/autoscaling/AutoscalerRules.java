package io.tiphys.rules.autoscaling;

import io.tiphys.api.AutoscalingV2;
import io.tiphys.api.autoscaling.v2.HPAScalingPolicy;
import io.tiphys.api.autoscaling.v2.HPAScalingRules;
import io.tiphys.api.autoscaling.v2.HorizontalPodAutoscaler;
import io.tiphys.api.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import io.tiphys.api.autoscaling.v2.HorizontalPodAutoscalerSpec;
import io.tiphys.api.autoscaling.v2.HorizontalPodAutoscalerStatus;
import io.tiphys.api.autoscaling.v2.MetricSpec;
import io.tiphys.api.autoscaling.v2.MetricTarget;
import io.tiphys.api.autoscaling.v2.ResourceMetricSource;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Autoscalers of pods, in the version in which they are kept. Checked against
 * pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go and pkg/apis/autoscaling/v2.
 */
public final class AutoscalerRules
    extends SpecRules<
        HorizontalPodAutoscaler, HorizontalPodAutoscalerSpec, HorizontalPodAutoscalerStatus> {
  /** Scaling looks at this resource when nothing is said. */
  static final String CPU = "cpu";

  static final String RESOURCE = "Resource";
  static final String UTILIZATION = "Utilization";

  /** Upstream's DefaultCPUUtilization, in percent. */
  private static final int DEFAULT_UTILIZATION = 80;

  private static final int PERIOD_SECONDS = 15;

  private static final HPAScalingRules UP =
      HPAScalingRules.builder()
          .stabilizationWindowSeconds(0)
          .selectPolicy("Max")
          .policies(
              List.of(
                  new HPAScalingPolicy("Pods", 4, PERIOD_SECONDS),
                  new HPAScalingPolicy("Percent", 100, PERIOD_SECONDS)))
          .build();

  private static final HPAScalingRules DOWN =
      HPAScalingRules.builder()
          .selectPolicy("Max")
          .policies(List.of(new HPAScalingPolicy("Percent", 100, PERIOD_SECONDS)))
          .build();

  public AutoscalerRules() {
    super(
        AutoscalingV2.HORIZONTALPODAUTOSCALERS,
        new Parts<>(
            HorizontalPodAutoscaler::spec,
            HorizontalPodAutoscaler::status,
            HorizontalPodAutoscaler::withSpec,
            HorizontalPodAutoscaler::withStatus,
            HorizontalPodAutoscalerStatus.EMPTY));
  }

  @Override
  public HorizontalPodAutoscaler defaults(HorizontalPodAutoscaler object) {
    return super.defaults(object.withMetadata(CarriedFields.without(object.metadata())));
  }

  @Override
  protected HorizontalPodAutoscalerSpec defaults(
      HorizontalPodAutoscalerSpec spec, HorizontalPodAutoscaler object) {
    return withDefaults(spec);
  }

  static HorizontalPodAutoscalerSpec withDefaults(HorizontalPodAutoscalerSpec spec) {
    HorizontalPodAutoscalerBehavior behavior = spec.behavior();
    return spec.toBuilder()
        .minReplicas(spec.minReplicas() == null ? Integer.valueOf(1) : spec.minReplicas())
        .metrics(spec.metrics().isEmpty() ? List.of(cpu(DEFAULT_UTILIZATION)) : spec.metrics())
        .behavior(
            behavior == null
                ? null
                : new HorizontalPodAutoscalerBehavior(
                    over(UP, behavior.scaleUp()), over(DOWN, behavior.scaleDown())))
        .build();
  }

  /** Looks at the CPU time that is used, in percent of what was asked for. */
  static MetricSpec cpu(int utilization) {
    return MetricSpec.builder()
        .type(RESOURCE)
        .resource(
            ResourceMetricSource.builder()
                .name(CPU)
                .target(
                    MetricTarget.builder()
                        .type(UTILIZATION)
                        .averageUtilization(utilization)
                        .build())
                .build())
        .build();
  }

  private static HPAScalingRules over(HPAScalingRules usual, @Nullable HPAScalingRules given) {
    if (given == null) {
      return usual;
    }
    Integer window = given.stabilizationWindowSeconds();
    return HPAScalingRules.builder()
        .selectPolicy(given.selectPolicy() == null ? usual.selectPolicy() : given.selectPolicy())
        .stabilizationWindowSeconds(window == null ? usual.stabilizationWindowSeconds() : window)
        .policies(given.policies().isEmpty() ? usual.policies() : given.policies())
        .tolerance(given.tolerance())
        .build();
  }

  /** Autoscalers have no generation. */
  @Override
  public HorizontalPodAutoscaler prepareForCreate(
      HorizontalPodAutoscaler object, WriteContext context) {
    return object.withStatus(HorizontalPodAutoscalerStatus.EMPTY);
  }

  @Override
  public HorizontalPodAutoscaler prepareForUpdate(
      HorizontalPodAutoscaler object, HorizontalPodAutoscaler old, WriteContext context) {
    return object.withStatus(old.status());
  }

  @Override
  public List<FieldError> validate(HorizontalPodAutoscaler object) {
    return AutoscalerValidation.of(object.spec(), null);
  }

  @Override
  public List<FieldError> validateUpdate(
      HorizontalPodAutoscaler object, HorizontalPodAutoscaler old) {
    return AutoscalerValidation.of(object.spec(), old.spec());
  }

  @Override
  protected List<FieldError> validateStatus(
      HorizontalPodAutoscaler object, HorizontalPodAutoscaler old) {
    FieldPath path = FieldPath.of("status");
    Checks checks = new Checks();
    checks.notNegative(path.child("currentReplicas"), object.status().currentReplicas());
    checks.notNegative(path.child("desiredReplicas"), object.status().desiredReplicas());
    return checks.errors();
  }
}
