package io.tiphys.server.tables;

import io.tiphys.api.autoscaling.v2.HorizontalPodAutoscaler;
import io.tiphys.api.autoscaling.v2.MetricSpec;
import io.tiphys.api.autoscaling.v2.MetricStatus;
import io.tiphys.api.autoscaling.v2.MetricTarget;
import io.tiphys.api.autoscaling.v2.MetricValueStatus;
import io.tiphys.codec.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of autoscalers; checked against printHorizontalPodAutoscaler. */
final class AutoscalerTables {
  /** So many metrics are shown, then how many more there are. */
  private static final int SHOWN = 2;

  private AutoscalerTables() {}

  static List<Json> row(HorizontalPodAutoscaler scaler, Instant now) {
    var target = scaler.spec().scaleTargetRef();
    Integer least = scaler.spec().minReplicas();
    return Cells.row(
        scaler.name(),
        target.kind() + "/" + target.name(),
        metrics(scaler.spec().metrics(), scaler.status().currentMetrics()),
        least == null ? Cells.UNSET : least.toString(),
        scaler.spec().maxReplicas(),
        scaler.status().currentReplicas(),
        Cells.age(scaler, now));
  }

  private static String metrics(List<MetricSpec> specs, List<MetricStatus> statuses) {
    if (specs.isEmpty()) {
      return Cells.NONE;
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < specs.size(); i++) {
      MetricStatus status = i < statuses.size() ? statuses.get(i) : MetricStatus.EMPTY;
      texts.add(metric(specs.get(i), status));
    }
    String shown = String.join(", ", texts.subList(0, Math.min(SHOWN, texts.size())));
    return texts.size() > SHOWN ? "%s + %d more...".formatted(shown, texts.size() - SHOWN) : shown;
  }

  private static String metric(MetricSpec spec, MetricStatus status) {
    if (spec.external() != null) {
      var found = status.external();
      return free(spec.external().target(), found == null ? null : found.current());
    }
    if (spec.pods() != null) {
      var found = status.pods();
      MetricValueStatus current = found == null ? MetricValueStatus.EMPTY : found.current();
      return amount(current.averageValue()) + "/" + spec.pods().target().averageValue();
    }
    if (spec.object() != null) {
      var found = status.object();
      return free(spec.object().target(), found == null ? null : found.current());
    }
    if (spec.resource() != null) {
      var found = status.resource();
      MetricTarget target = spec.resource().target();
      return resource(spec.resource().name(), target, found == null ? null : found.current());
    }
    if (spec.containerResource() != null) {
      var found = status.containerResource();
      return resource(
          spec.containerResource().name(),
          spec.containerResource().target(),
          found == null ? null : found.current());
    }
    return "<unknown type>";
  }

  private static String free(MetricTarget target, @Nullable MetricValueStatus status) {
    MetricValueStatus current = status == null ? MetricValueStatus.EMPTY : status;
    return target.averageValue() == null
        ? amount(current.value()) + "/" + target.value()
        : amount(current.averageValue()) + "/" + target.averageValue() + " (avg)";
  }

  private static String resource(
      String name, MetricTarget target, @Nullable MetricValueStatus status) {
    MetricValueStatus current = status == null ? MetricValueStatus.EMPTY : status;
    if (target.averageValue() != null) {
      return name + ": " + amount(current.averageValue()) + "/" + target.averageValue();
    }
    Integer used = current.averageUtilization();
    Integer wished = target.averageUtilization();
    return name
        + ": "
        + (used == null ? Cells.UNKNOWN : used + "%")
        + "/"
        + (wished == null ? "<auto>" : wished + "%");
  }

  private static String amount(@Nullable Object amount) {
    return amount == null ? Cells.UNKNOWN : amount.toString();
  }
}
