package io.tiphys.rules.autoscaling;

import io.tiphys.api.autoscaling.v2.ContainerResourceMetricSource;
import io.tiphys.api.autoscaling.v2.ExternalMetricSource;
import io.tiphys.api.autoscaling.v2.MetricIdentifier;
import io.tiphys.api.autoscaling.v2.MetricSpec;
import io.tiphys.api.autoscaling.v2.MetricTarget;
import io.tiphys.api.autoscaling.v2.ObjectMetricSource;
import io.tiphys.api.autoscaling.v2.PodsMetricSource;
import io.tiphys.api.autoscaling.v2.ResourceMetricSource;
import io.tiphys.meta.Names;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.ResourceNames;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What an autoscaler looks at; checked against validateMetricSpec of pkg/apis/autoscaling. */
final class MetricValidation {
  /** The types, and the field that tells more of each. */
  private static final Map<String, String> FIELDS =
      Map.of(
          "Object", "object",
          "Pods", "pods",
          "Resource", "resource",
          "External", "external",
          "ContainerResource", "containerResource");

  private static final List<String> TYPES = List.copyOf(new TreeSet<>(FIELDS.keySet()));
  private static final String EITHER_OF_POD =
      "must set either a target raw value or a target utilization";
  private static final String BOTH_OF_POD =
      "may not set both a target raw value and a target utilization";

  private final FieldPath path;
  private final AutoscalerValidation.Allowance allowance;
  private final Checks checks;
  private final TreeSet<String> given = new TreeSet<>();

  private MetricValidation(
      FieldPath path, AutoscalerValidation.Allowance allowance, Checks checks) {
    this.path = path;
    this.allowance = allowance;
    this.checks = checks;
  }

  static void check(
      MetricSpec metric, FieldPath path, AutoscalerValidation.Allowance allowance, Checks checks) {
    new MetricValidation(path, allowance, checks).check(metric);
  }

  private void check(MetricSpec metric) {
    FieldPath type = path.child("type");
    if (metric.type().isEmpty()) {
      checks.required(type, "must specify a metric source type");
    }
    checks.supported(type, metric.type(), TYPES);
    sources(metric);
    String expected = FIELDS.get(metric.type());
    if (expected == null) {
      checks.supported(type, metric.type(), TYPES);
    } else if (!given.contains(expected)) {
      checks.required(
          path.child(expected), "must populate information for the given metric source");
    }
    if (given.size() != 1) {
      for (String other : given) {
        if (!other.equals(expected)) {
          checks.forbidden(path.child(other), "must populate the given metric source only");
        }
      }
    }
  }

  /** The first that is given counts. */
  private void sources(MetricSpec metric) {
    if (metric.object() != null && first("object")) {
      object(metric.object(), path.child("object"));
    }
    if (metric.external() != null && first("external")) {
      external(metric.external(), path.child("external"));
    }
    if (metric.pods() != null && first("pods")) {
      pods(metric.pods(), path.child("pods"));
    }
    if (metric.resource() != null && first("resource")) {
      resource(metric.resource(), path.child("resource"));
    }
    if (metric.containerResource() != null && first("containerResource")) {
      container(metric.containerResource(), path.child("containerResource"));
    }
  }

  private boolean first(String field) {
    return given.add(field) && given.size() == 1;
  }

  private void object(ObjectMetricSource source, FieldPath at) {
    AutoscalerValidation.reference(
        source.describedObject(), at.child("describedObject"), allowance, checks);
    metric(source.metric(), at.child("metric"));
    target(source.target(), at.child("target"));
    if (source.target().value() == null && source.target().averageValue() == null) {
      checks.required(
          at.child("target", "averageValue"), "must set either a target value or averageValue");
    }
  }

  private void external(ExternalMetricSource source, FieldPath at) {
    metric(source.metric(), at.child("metric"));
    target(source.target(), at.child("target"));
    boolean value = source.target().value() != null;
    boolean average = source.target().averageValue() != null;
    if (!value && !average) {
      checks.required(
          at.child("target", "averageValue"),
          "must set either a target value for metric or a per-pod target");
    }
    if (value && average) {
      checks.forbidden(
          at.child("target", "value"),
          "may not set both a target value for metric and a per-pod target");
    }
  }

  private void pods(PodsMetricSource source, FieldPath at) {
    metric(source.metric(), at.child("metric"));
    target(source.target(), at.child("target"));
    if (source.target().averageValue() == null) {
      checks.required(
          at.child("target", "averageValue"), "must specify a positive target averageValue");
    }
  }

  private void resource(ResourceMetricSource source, FieldPath at) {
    if (source.name().isEmpty()) {
      checks.required(at.child("name"), "must specify a resource name");
    }
    ofPod(source.target(), at.child("target"));
  }

  private void container(ContainerResourceMetricSource source, FieldPath at) {
    FieldPath name = at.child("name");
    if (source.name().isEmpty()) {
      checks.required(name, "must specify a resource name");
    } else {
      ResourceNames.ofContainer(checks, source.name(), name);
    }
    FieldPath container = at.child("container");
    if (source.container().isEmpty()) {
      checks.required(container, "must specify a container");
    } else {
      checks.each(container, source.container(), Names.dns1123Label(source.container()));
    }
    ofPod(source.target(), at.child("target"));
  }

  private void ofPod(MetricTarget target, FieldPath at) {
    target(target, at);
    if (target.averageUtilization() == null && target.averageValue() == null) {
      checks.required(at.child("averageUtilization"), EITHER_OF_POD);
    }
    if (target.averageUtilization() != null && target.averageValue() != null) {
      checks.forbidden(at.child("averageValue"), BOTH_OF_POD);
    }
  }

  private void target(MetricTarget target, FieldPath at) {
    String type = target.type();
    if (type.isEmpty()) {
      checks.required(at.child("type"), "must specify a metric target type");
    }
    if (!List.of(AutoscalerRules.UTILIZATION, "Value", "AverageValue").contains(type)) {
      checks.invalid(at.child("type"), type, "must be either Utilization, Value, or AverageValue");
    }
    positive(target.value(), at.child("value"));
    positive(target.averageValue(), at.child("averageValue"));
    Integer utilization = target.averageUtilization();
    if (utilization != null && utilization < 1) {
      checks.invalid(at.child("averageUtilization"), utilization, "must be greater than 0");
    }
  }

  private void positive(@Nullable Quantity amount, FieldPath at) {
    if (amount != null && amount.signum() <= 0) {
      checks.invalid(at, amount.toString(), "must be positive");
    }
  }

  private void metric(MetricIdentifier metric, FieldPath at) {
    FieldPath name = at.child("name");
    if (metric.name().isEmpty()) {
      checks.required(name, "must specify a metric name");
    } else {
      checks.each(name, metric.name(), Names.pathSegmentName(metric.name()));
    }
  }
}
