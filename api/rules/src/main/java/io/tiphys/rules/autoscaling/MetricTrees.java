package io.tiphys.rules.autoscaling;

import io.tiphys.codec.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Metrics as the annotations of the first version write them, and as the second does: the same
 * facts in another order. Checked against pkg/apis/autoscaling/v1/conversion.go.
 */
final class MetricTrees {
  private static final Json ZERO = Json.of("0");

  private MetricTrees() {}

  /** Turns one source of a metric into its other form. */
  @FunctionalInterface
  private interface Source {
    Json.Obj other(Json.Obj source);
  }

  private static final Map<String, Source> OLD_SPECS =
      Map.of(
          "object",
          s -> described(s, "targetValue", of(s, "target")),
          "pods",
          s -> {
            Fields old = new Fields();
            old.put("metricName", at(s, "metric", "name"));
            old.put("targetAverageValue", or(at(s, "target", "averageValue"), ZERO));
            return old.put("selector", at(s, "metric", "selector")).build();
          },
          "resource",
          MetricTrees::oldResource,
          "containerResource",
          MetricTrees::oldResource,
          "external",
          s -> {
            Fields old = new Fields();
            old.put("metricName", at(s, "metric", "name"));
            old.put("metricSelector", at(s, "metric", "selector"));
            old.put("targetValue", at(s, "target", "value"));
            return old.put("targetAverageValue", at(s, "target", "averageValue")).build();
          });

  private static final Map<String, Source> OLD_STATUSES =
      Map.of(
          "object",
          s -> described(s, "currentValue", of(s, "current")),
          "pods",
          s -> {
            Fields old = new Fields();
            old.put("metricName", at(s, "metric", "name"));
            old.put("currentAverageValue", or(at(s, "current", "averageValue"), ZERO));
            return old.put("selector", at(s, "metric", "selector")).build();
          },
          "resource",
          MetricTrees::oldPresentResource,
          "containerResource",
          MetricTrees::oldPresentResource,
          "external",
          s -> {
            Fields old = new Fields();
            old.put("metricName", at(s, "metric", "name"));
            old.put("metricSelector", at(s, "metric", "selector"));
            old.put("currentValue", or(at(s, "current", "value"), ZERO));
            return old.put("currentAverageValue", at(s, "current", "averageValue")).build();
          });

  private static final Map<String, Source> NEW_SPECS =
      Map.of(
          "object",
          MetricTrees::newObject,
          "pods",
          s -> metric(s, "selector").put("target", pods(s)).build(),
          "resource",
          MetricTrees::newResource,
          "containerResource",
          MetricTrees::newResource,
          "external",
          s -> {
            Fields target = new Fields();
            target.put("type", Json.of(s.get("targetValue") == null ? "AverageValue" : "Value"));
            target.put("value", s.get("targetValue"));
            target.put("averageValue", s.get("targetAverageValue"));
            return metric(s, "metricSelector").put("target", target.build()).build();
          });

  private static final Map<String, Source> NEW_STATUSES =
      Map.of(
          "object",
          s -> {
            Fields current = new Fields();
            current.put("value", or(s.get("currentValue"), ZERO));
            current.put("averageValue", s.get("averageValue"));
            Fields status = metric(s, "selector").put("current", current.build());
            return status.put("describedObject", of(s, "target")).build();
          },
          "pods",
          s -> {
            Fields current = new Fields();
            current.put("averageValue", or(s.get("currentAverageValue"), ZERO));
            return metric(s, "selector").put("current", current.build()).build();
          },
          "resource",
          MetricTrees::newPresentResource,
          "containerResource",
          MetricTrees::newPresentResource,
          "external",
          s -> {
            Fields current = new Fields();
            current.put("value", or(s.get("currentValue"), ZERO));
            current.put("averageValue", s.get("currentAverageValue"));
            return metric(s, "metricSelector").put("current", current.build()).build();
          });

  static Json.Obj oldSpec(Json.Obj metric) {
    return each(metric, OLD_SPECS);
  }

  static Json.Obj oldStatus(Json.Obj metric) {
    return each(metric, OLD_STATUSES);
  }

  static Json.Obj newSpec(Json.Obj metric) {
    return each(metric, NEW_SPECS);
  }

  static Json.Obj newStatus(Json.Obj metric) {
    return each(metric, NEW_STATUSES);
  }

  private static Json.Obj each(Json.Obj metric, Map<String, Source> forms) {
    Json.Obj.Builder other = Json.Obj.builder();
    metric
        .members()
        .forEach(
            (name, value) -> {
              Source form = forms.get(name);
              other.put(name, form != null && value instanceof Json.Obj s ? form.other(s) : value);
            });
    return other.build();
  }

  private static Json.Obj described(Json.Obj source, String value, Json.Obj amounts) {
    Fields old = new Fields();
    old.put("target", of(source, "describedObject"));
    old.put("metricName", at(source, "metric", "name"));
    old.put(value, or(amounts.get("value"), ZERO));
    old.put("selector", at(source, "metric", "selector"));
    return old.put("averageValue", amounts.get("averageValue")).build();
  }

  private static Json.Obj oldResource(Json.Obj source) {
    Fields old = new Fields();
    old.put("name", source.get("name"));
    old.put("targetAverageUtilization", at(source, "target", "averageUtilization"));
    old.put("targetAverageValue", at(source, "target", "averageValue"));
    return old.put("container", source.get("container")).build();
  }

  private static Json.Obj oldPresentResource(Json.Obj source) {
    Fields old = new Fields();
    old.put("name", source.get("name"));
    old.put("currentAverageUtilization", at(source, "current", "averageUtilization"));
    old.put("currentAverageValue", or(at(source, "current", "averageValue"), ZERO));
    return old.put("container", source.get("container")).build();
  }

  private static Json.Obj newObject(Json.Obj source) {
    Json average = source.get("averageValue");
    Json value = or(source.get("targetValue"), ZERO);
    Fields target = new Fields();
    target.put("type", Json.of(average == null ? "Value" : "AverageValue"));
    target.put("value", average == null || !value.equals(ZERO) ? value : null);
    target.put("averageValue", average);
    Fields found = metric(source, "selector").put("target", target.build());
    return found.put("describedObject", of(source, "target")).build();
  }

  private static Json.Obj pods(Json.Obj source) {
    Fields target = new Fields();
    target.put("type", Json.of("AverageValue"));
    return target.put("averageValue", or(source.get("targetAverageValue"), ZERO)).build();
  }

  private static Json.Obj newResource(Json.Obj source) {
    Json utilization = source.get("targetAverageUtilization");
    Fields target = new Fields();
    target.put("type", Json.of(utilization == null ? "AverageValue" : "Utilization"));
    target.put("averageValue", source.get("targetAverageValue"));
    target.put("averageUtilization", utilization);
    Fields found = new Fields().put("name", source.get("name")).put("target", target.build());
    return found.put("container", source.get("container")).build();
  }

  private static Json.Obj newPresentResource(Json.Obj source) {
    Fields current = new Fields();
    current.put("averageValue", or(source.get("currentAverageValue"), ZERO));
    current.put("averageUtilization", source.get("currentAverageUtilization"));
    Fields found = new Fields().put("name", source.get("name")).put("current", current.build());
    return found.put("container", source.get("container")).build();
  }

  private static Fields metric(Json.Obj source, String selector) {
    Fields metric = new Fields().put("name", source.get("metricName"));
    metric.put("selector", source.get(selector));
    return new Fields().put("metric", metric.build());
  }

  private static Json.Obj of(Json.Obj source, String name) {
    return source.get(name) instanceof Json.Obj object ? object : Json.Obj.EMPTY;
  }

  private static @Nullable Json at(Json.Obj source, String name, String inner) {
    return of(source, name).get(inner);
  }

  private static Json or(@Nullable Json value, Json otherwise) {
    return value == null ? otherwise : value;
  }

  /** An object without the fields that are not there. */
  private static final class Fields {
    private final Json.Obj.Builder to = Json.Obj.builder();

    Fields put(String name, @Nullable Json value) {
      if (value != null && value != Json.Null.NULL) {
        to.put(name, value);
      }
      return this;
    }

    Json.Obj build() {
      return to.build();
    }
  }
}
