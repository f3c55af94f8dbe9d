package io.tiphys.rules.autoscaling;

import io.tiphys.api.autoscaling.v2.CrossVersionObjectReference;
import io.tiphys.api.autoscaling.v2.HPAScalingPolicy;
import io.tiphys.api.autoscaling.v2.HPAScalingRules;
import io.tiphys.api.autoscaling.v2.HorizontalPodAutoscalerSpec;
import io.tiphys.api.autoscaling.v2.MetricSpec;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with an autoscaler; checked against pkg/apis/autoscaling/validation and the options
 * of its strategy. Scaling to zero waits for a feature gate upstream.
 */
final class AutoscalerValidation {
  /** Upstream's MaxPeriodSeconds. */
  private static final int MAX_PERIOD_SECONDS = 1800;

  /** Upstream's MaxStabilizationWindowSeconds. */
  private static final int MAX_WINDOW_SECONDS = 3600;

  private static final List<String> SELECTIONS = List.of("Disabled", "Max", "Min");
  private static final List<String> POLICIES = List.of("Percent", "Pods");

  /** Which references are let pass though they name no group, or something that is no version. */
  record Allowance(boolean noGroup, boolean anyVersion) {}

  private AutoscalerValidation() {}

  static List<FieldError> of(
      HorizontalPodAutoscalerSpec spec, @Nullable HorizontalPodAutoscalerSpec old) {
    FieldPath path = FieldPath.of("spec");
    Checks checks = new Checks();
    replicas(spec, old, path, checks);
    CrossVersionObjectReference target = spec.scaleTargetRef();
    reference(target, path.child("scaleTargetRef"), ofTarget(target, old), checks);
    Allowance metrics = ofMetrics(old);
    boolean beyondPods = false;
    for (int i = 0; i < spec.metrics().size(); i++) {
      MetricSpec metric = spec.metrics().get(i);
      MetricValidation.check(metric, path.child("metrics").index(i), metrics, checks);
      beyondPods |= metric.type().equals("Object") || metric.type().equals("External");
    }
    if (spec.minReplicas() != null && spec.minReplicas() == 0 && !beyondPods) {
      checks.forbidden(
          path.child("metrics"),
          "must specify at least one Object or External metric to support scaling to zero"
              + " replicas");
    }
    if (spec.behavior() != null) {
      FieldPath behavior = path.child("behavior");
      scaling(spec.behavior().scaleUp(), behavior.child("scaleUp"), checks);
      scaling(spec.behavior().scaleDown(), behavior.child("scaleDown"), checks);
    }
    return checks.errors();
  }

  private static void replicas(
      HorizontalPodAutoscalerSpec spec,
      @Nullable HorizontalPodAutoscalerSpec old,
      FieldPath path,
      Checks checks) {
    Integer min = spec.minReplicas();
    int max = spec.maxReplicas();
    boolean hadZero = old != null && old.minReplicas() != null && old.minReplicas() == 0;
    int least = hadZero ? 0 : 1;
    if (min != null && min < least) {
      checks.invalid(path.child("minReplicas"), min, "must be greater than or equal to " + least);
    }
    FieldPath most = path.child("maxReplicas");
    if (max == 0) {
      checks.required(most, "must be set and greater than 0");
    } else if (max < 0) {
      checks.invalid(most, max, "must be greater than or equal to 1");
    }
    if (min != null && max < min) {
      checks.invalid(most, max, "must be greater than or equal to `minReplicas`");
    }
  }

  private static Allowance ofTarget(
      CrossVersionObjectReference target, @Nullable HorizontalPodAutoscalerSpec old) {
    if (old != null
        && old.scaleTargetRef().apiVersion().equals(target.apiVersion())
        && old.scaleTargetRef().kind().equals(target.kind())) {
      return new Allowance(false, true);
    }
    return new Allowance(target.kind().equals("ReplicationController"), false);
  }

  private static Allowance ofMetrics(@Nullable HorizontalPodAutoscalerSpec old) {
    Allowance usual = new Allowance(true, false);
    boolean odd =
        old != null
            && old.metrics().stream()
                .anyMatch(
                    metric ->
                        metric.type().equals("Object")
                            && metric.object() != null
                            && !version(metric.object().describedObject(), usual).isEmpty());
    return odd ? new Allowance(true, true) : usual;
  }

  static void reference(
      CrossVersionObjectReference reference, FieldPath path, Allowance allowance, Checks checks) {
    segment(reference.kind(), path.child("kind"), checks);
    segment(reference.name(), path.child("name"), checks);
    String problem = version(reference, allowance);
    if (!problem.isEmpty()) {
      checks.invalid(path.child("apiVersion"), reference.apiVersion(), problem);
    }
  }

  private static void segment(String value, FieldPath path, Checks checks) {
    if (value.isEmpty()) {
      checks.required(path);
    } else {
      checks.each(path, value, Names.pathSegmentName(value));
    }
  }

  /** What is wrong with a version, as schema.ParseGroupVersion reads it; empty for nothing. */
  private static String version(CrossVersionObjectReference reference, Allowance allowance) {
    String version = reference.apiVersion();
    if (allowance.anyVersion()) {
      return "";
    }
    if (version.chars().filter(c -> c == '/').count() > 1) {
      return "unexpected GroupVersion string: " + version;
    }
    boolean grouped = version.indexOf('/') > 0;
    return allowance.noGroup() || grouped ? "" : "apiVersion must specify API group";
  }

  private static void scaling(@Nullable HPAScalingRules rules, FieldPath path, Checks checks) {
    if (rules == null) {
      return;
    }
    Integer window = rules.stabilizationWindowSeconds();
    FieldPath windowPath = path.child("stabilizationWindowSeconds");
    if (window != null && window < 0) {
      checks.invalid(windowPath, window, "must be greater than or equal to zero");
    }
    if (window != null && window > MAX_WINDOW_SECONDS) {
      checks.invalid(windowPath, window, "must be less than or equal to " + MAX_WINDOW_SECONDS);
    }
    checks.supported(path.child("selectPolicy"), rules.selectPolicy(), SELECTIONS);
    FieldPath policies = path.child("policies");
    if (rules.policies().isEmpty()) {
      checks.required(policies, "must specify at least one Policy");
    }
    for (int i = 0; i < rules.policies().size(); i++) {
      policy(rules.policies().get(i), policies.index(i), checks);
    }
    if (rules.tolerance() != null && rules.tolerance().signum() < 0) {
      checks.invalid(
          path.child("tolerance"),
          rules.tolerance().toString(),
          "must be greater than or equal to 0");
    }
  }

  private static void policy(HPAScalingPolicy policy, FieldPath path, Checks checks) {
    FieldPath period = path.child("periodSeconds");
    checks.supported(path.child("type"), policy.type(), POLICIES);
    if (policy.value() <= 0) {
      checks.invalid(path.child("value"), policy.value(), "must be greater than zero");
    }
    if (policy.periodSeconds() <= 0) {
      checks.invalid(period, policy.periodSeconds(), "must be greater than zero");
    }
    if (policy.periodSeconds() > MAX_PERIOD_SECONDS) {
      checks.invalid(
          period, policy.periodSeconds(), "must be less than or equal to " + MAX_PERIOD_SECONDS);
    }
  }
}
