package io.tiphys.rules.autoscaling;

import io.tiphys.api.autoscaling.v1.CrossVersionObjectReference;
import io.tiphys.api.autoscaling.v2.HorizontalPodAutoscaler;
import io.tiphys.api.autoscaling.v2.HorizontalPodAutoscalerSpec;
import io.tiphys.api.autoscaling.v2.HorizontalPodAutoscalerStatus;
import io.tiphys.api.autoscaling.v2.MetricSpec;
import io.tiphys.api.autoscaling.v2.MetricStatus;
import io.tiphys.api.autoscaling.v2.MetricValueStatus;
import io.tiphys.api.autoscaling.v2.ResourceMetricStatus;
import io.tiphys.api.meta.v1.ObjectMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One autoscaler in its two versions; checked against pkg/apis/autoscaling/v1/conversion.go. */
public final class AutoscalerForms {
  private AutoscalerForms() {}

  /** As autoscaling/v1 shows it: one number, and annotations for what else there is. */
  public static io.tiphys.api.autoscaling.v1.HorizontalPodAutoscaler old(
      HorizontalPodAutoscaler object) {
    HorizontalPodAutoscalerSpec spec = object.spec();
    HorizontalPodAutoscalerStatus status = object.status();
    return io.tiphys.api.autoscaling.v1.HorizontalPodAutoscaler.builder()
        .metadata(CarriedFields.with(object))
        .spec(
            io.tiphys.api.autoscaling.v1.HorizontalPodAutoscalerSpec.builder()
                .scaleTargetRef(
                    CrossVersionObjectReference.builder()
                        .kind(spec.scaleTargetRef().kind())
                        .name(spec.scaleTargetRef().name())
                        .apiVersion(spec.scaleTargetRef().apiVersion())
                        .build())
                .minReplicas(spec.minReplicas())
                .maxReplicas(spec.maxReplicas())
                .targetCPUUtilizationPercentage(target(spec.metrics()))
                .build())
        .status(
            io.tiphys.api.autoscaling.v1.HorizontalPodAutoscalerStatus.builder()
                .observedGeneration(status.observedGeneration())
                .lastScaleTime(status.lastScaleTime())
                .currentReplicas(status.currentReplicas())
                .desiredReplicas(status.desiredReplicas())
                .currentCPUUtilizationPercentage(present(status.currentMetrics()))
                .build())
        .build();
  }

  /** Whether the first version has a field for it. */
  static boolean isCpuTarget(MetricSpec metric) {
    return metric.type().equals(AutoscalerRules.RESOURCE)
        && metric.resource() != null
        && metric.resource().name().equals(AutoscalerRules.CPU)
        && metric.resource().target().averageUtilization() != null;
  }

  private static @Nullable Integer target(List<MetricSpec> metrics) {
    for (MetricSpec metric : metrics) {
      if (isCpuTarget(metric)) {
        return Objects.requireNonNull(metric.resource()).target().averageUtilization();
      }
    }
    return null;
  }

  /** The last one counts. */
  private static @Nullable Integer present(List<MetricStatus> metrics) {
    Integer found = null;
    for (MetricStatus metric : metrics) {
      ResourceMetricStatus resource = metric.resource();
      if (metric.type().equals(AutoscalerRules.RESOURCE)
          && resource != null
          && resource.name().equals(AutoscalerRules.CPU)
          && resource.current().averageUtilization() != null) {
        found = resource.current().averageUtilization();
      }
    }
    return found;
  }

  /** As it is kept. */
  public static HorizontalPodAutoscaler current(
      io.tiphys.api.autoscaling.v1.HorizontalPodAutoscaler object) {
    CarriedFields carried = CarriedFields.of(object.metadata());
    ObjectMeta metadata = CarriedFields.without(object.metadata());
    var spec = object.spec();
    var status = object.status();
    List<MetricSpec> metrics = new ArrayList<>(carried.metrics());
    if (spec.targetCPUUtilizationPercentage() != null) {
      metrics.add(AutoscalerRules.cpu(spec.targetCPUUtilizationPercentage()));
    }
    Integer utilization = status.currentCPUUtilizationPercentage();
    List<MetricStatus> shown = utilization == null ? List.of() : List.of(cpu(utilization));
    return HorizontalPodAutoscaler.builder()
        .metadata(metadata)
        .spec(
            AutoscalerRules.withDefaults(
                HorizontalPodAutoscalerSpec.builder()
                    .scaleTargetRef(
                        io.tiphys.api.autoscaling.v2.CrossVersionObjectReference.builder()
                            .kind(spec.scaleTargetRef().kind())
                            .name(spec.scaleTargetRef().name())
                            .apiVersion(spec.scaleTargetRef().apiVersion())
                            .build())
                    .minReplicas(spec.minReplicas())
                    .maxReplicas(spec.maxReplicas())
                    .metrics(metrics)
                    .behavior(carried.behavior())
                    .build()))
        .status(
            HorizontalPodAutoscalerStatus.builder()
                .observedGeneration(status.observedGeneration())
                .lastScaleTime(status.lastScaleTime())
                .currentReplicas(status.currentReplicas())
                .desiredReplicas(status.desiredReplicas())
                .currentMetrics(carried.currentMetrics().orElse(shown))
                .conditions(carried.conditions())
                .build())
        .build();
  }

  private static MetricStatus cpu(int utilization) {
    return MetricStatus.builder()
        .type(AutoscalerRules.RESOURCE)
        .resource(
            ResourceMetricStatus.builder()
                .name(AutoscalerRules.CPU)
                .current(MetricValueStatus.builder().averageUtilization(utilization).build())
                .build())
        .build();
  }
}
