package io.tiphys.rules.autoscaling;

import io.tiphys.api.autoscaling.v2.HorizontalPodAutoscaler;
import io.tiphys.api.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import io.tiphys.api.autoscaling.v2.HorizontalPodAutoscalerCondition;
import io.tiphys.api.autoscaling.v2.MetricSpec;
import io.tiphys.api.autoscaling.v2.MetricStatus;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.FieldReader;
import io.tiphys.codec.FieldWriter;
import io.tiphys.codec.Json;
import io.tiphys.codec.TreeReader;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.GoValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What annotations carry of an autoscaler in its first version, which has no fields for it. Texts
 * that cannot be read carry nothing. Checked against pkg/apis/autoscaling/annotations.go and
 * v1/conversion.go.
 */
record CarriedFields(
    List<MetricSpec> metrics,
    @Nullable HorizontalPodAutoscalerBehavior behavior,
    Optional<List<MetricStatus>> currentMetrics,
    List<HorizontalPodAutoscalerCondition> conditions) {
  private static final String PREFIX = "autoscaling.alpha.kubernetes.io/";
  private static final String METRICS = PREFIX + "metrics";
  private static final String CURRENT_METRICS = PREFIX + "current-metrics";
  private static final String CONDITIONS = PREFIX + "conditions";
  private static final String BEHAVIOR = PREFIX + "behavior";

  private static final Set<String> ALL =
      Set.of(
          METRICS,
          CURRENT_METRICS,
          CONDITIONS,
          BEHAVIOR,
          PREFIX + "scale-down-tolerance",
          PREFIX + "scale-up-tolerance");

  /** Metadata without any of it. */
  static ObjectMeta without(ObjectMeta metadata) {
    if (metadata.annotations().keySet().stream().noneMatch(ALL::contains)) {
      return metadata;
    }
    Map<String, String> others = new LinkedHashMap<>(metadata.annotations());
    others.keySet().removeAll(ALL);
    return metadata.withAnnotations(others);
  }

  /** The metadata of an object's first version. */
  static ObjectMeta with(HorizontalPodAutoscaler object) {
    ObjectMeta bare = without(object.metadata());
    Map<String, String> annotations = new LinkedHashMap<>(bare.annotations());
    List<MetricSpec> others =
        object.spec().metrics().stream()
            .filter(metric -> !AutoscalerForms.isCpuTarget(metric))
            .toList();
    put(annotations, METRICS, others, metric -> MetricTrees.oldSpec(tree(metric::write)));
    put(
        annotations,
        CURRENT_METRICS,
        object.status().currentMetrics(),
        metric -> MetricTrees.oldStatus(tree(metric::write)));
    put(annotations, CONDITIONS, object.status().conditions(), each -> tree(each::write));
    HorizontalPodAutoscalerBehavior behavior = object.spec().behavior();
    if (behavior != null) {
      annotations.put(
          BEHAVIOR,
          GoStructs.show("autoscaling.HorizontalPodAutoscalerBehavior", behavior::write).text());
    }
    return annotations.equals(bare.annotations()) ? bare : bare.withAnnotations(annotations);
  }

  private static <E> void put(
      Map<String, String> annotations, String key, List<E> elements, Function<E, Json> tree) {
    if (!elements.isEmpty()) {
      annotations.put(key, new Json.Arr(elements.stream().map(tree).toList()).text());
    }
  }

  private static Json.Obj tree(Consumer<FieldWriter> struct) {
    return (Json.Obj) GoValues.tree(struct);
  }

  /** What the annotations of a first version carry. */
  static CarriedFields of(ObjectMeta metadata) {
    Map<String, String> annotations = metadata.annotations();
    List<HorizontalPodAutoscalerBehavior> behavior =
        list(
            annotations.get(BEHAVIOR),
            CarriedFields::lowered,
            HorizontalPodAutoscalerBehavior::read);
    boolean behaves =
        !behavior.isEmpty() && !behavior.getFirst().equals(HorizontalPodAutoscalerBehavior.EMPTY);
    String current = annotations.get(CURRENT_METRICS);
    return new CarriedFields(
        list(annotations.get(METRICS), MetricTrees::newSpec, MetricSpec::read),
        behaves ? behavior.getFirst() : null,
        Optional.of(list(current, MetricTrees::newStatus, MetricStatus::read))
            .filter(_ -> current != null),
        list(
            annotations.get(CONDITIONS),
            UnaryOperator.identity(),
            HorizontalPodAutoscalerCondition::read));
  }

  private static <E> List<E> list(
      @Nullable String text, UnaryOperator<Json.Obj> form, Function<FieldReader, E> read) {
    if (text == null) {
      return List.of();
    }
    try {
      Json given = Json.parse(text);
      List<Json> elements = given instanceof Json.Arr(List<Json> many) ? many : List.of(given);
      List<E> found = new ArrayList<>();
      for (Json element : elements) {
        if (element instanceof Json.Obj object) {
          found.add(read.apply(TreeReader.of(form.apply(object))));
        }
      }
      return found;
    } catch (CodecException _) {
      return List.of();
    }
  }

  /** A struct without names for JSON, under those that the version has. */
  private static Json.Obj lowered(Json.Obj struct) {
    Json.Obj.Builder named = Json.Obj.builder();
    struct
        .members()
        .forEach(
            (name, value) -> {
              if (value != Json.Null.NULL && !name.isEmpty()) {
                String lower = name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
                named.put(lower, loweredValue(value));
              }
            });
    return named.build();
  }

  private static Json loweredValue(Json value) {
    return switch (value) {
      case Json.Obj object -> lowered(object);
      case Json.Arr(List<Json> elements) ->
          new Json.Arr(elements.stream().map(CarriedFields::loweredValue).toList());
      default -> value;
    };
  }
}
