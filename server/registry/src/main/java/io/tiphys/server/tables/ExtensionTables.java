package io.tiphys.server.tables;

import io.tiphys.api.ApiObject;
import io.tiphys.api.admissionregistration.v1.ParamKind;
import io.tiphys.api.admissionregistration.v1.ParamRef;
import io.tiphys.api.apiregistration.v1.APIService;
import io.tiphys.api.apiregistration.v1.APIServiceCondition;
import io.tiphys.api.core.v1.ComponentCondition;
import io.tiphys.api.core.v1.ComponentStatus;
import io.tiphys.api.flowcontrol.v1.FlowSchema;
import io.tiphys.api.flowcontrol.v1.FlowSchemaCondition;
import io.tiphys.api.flowcontrol.v1.LimitedPriorityLevelConfiguration;
import io.tiphys.api.flowcontrol.v1.PriorityLevelConfiguration;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.codec.Json;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rows of what extends and guards the API server itself. */
final class ExtensionTables {
  private ExtensionTables() {}

  static List<Json> counted(ApiObject object, int count, Instant now) {
    return Cells.row(object.name(), count, Cells.age(object, now));
  }

  static List<Json> policy(
      ApiObject policy, int rules, @Nullable ParamKind parameters, Instant now) {
    return Cells.row(
        policy.name(),
        rules,
        parameters == null ? Cells.UNSET : parameters.apiVersion() + "/" + parameters.kind(),
        Cells.age(policy, now));
  }

  static List<Json> binding(
      ApiObject binding, String policy, @Nullable ParamRef parameters, Instant now) {
    return Cells.row(binding.name(), policy, parameters(parameters), Cells.age(binding, now));
  }

  private static String parameters(@Nullable ParamRef parameters) {
    if (parameters == null) {
      return Cells.UNSET;
    }
    if (!parameters.name().isEmpty()) {
      String namespace = parameters.namespace().isEmpty() ? "*" : parameters.namespace();
      return namespace + "/" + parameters.name();
    }
    return parameters.selector() == null ? Cells.UNSET : goText(parameters.selector());
  }

  /** As LabelSelector.String() of the generated Go code. */
  private static String goText(LabelSelector selector) {
    String labels =
        new TreeMap<>(selector.matchLabels())
            .entrySet().stream()
                .map(label -> label.getKey() + ": " + label.getValue() + ",")
                .collect(Collectors.joining());
    String expressions =
        selector.matchExpressions().stream()
            .map(
                each ->
                    "LabelSelectorRequirement{Key:%s,Operator:%s,Values:[%s],},"
                        .formatted(each.key(), each.operator(), String.join(" ", each.values())))
            .collect(Collectors.joining());
    return "&LabelSelector{MatchLabels:map[string]string{%s},MatchExpressions:[]LabelSelectorRequirement{%s},}"
        .formatted(labels, expressions);
  }

  static List<Json> apiService(APIService service, Instant now) {
    var reference = service.spec().service();
    return Cells.row(
        service.name(),
        reference == null ? "Local" : reference.namespace() + "/" + reference.name(),
        available(service),
        Cells.age(service, now));
  }

  private static String available(APIService service) {
    for (APIServiceCondition condition : service.status().conditions()) {
      if (condition.type().equals("Available")) {
        boolean bare = condition.status().equals("True") || condition.reason().isEmpty();
        return bare ? condition.status() : condition.status() + " (" + condition.reason() + ")";
      }
    }
    return "Unknown";
  }

  static List<Json> flowSchema(FlowSchema schema, Instant now) {
    var method = schema.spec().distinguisherMethod();
    String missing = "?";
    for (FlowSchemaCondition condition : schema.status().conditions()) {
      if (condition.type().equals("Dangling")) {
        missing = condition.status();
        break;
      }
    }
    return Cells.row(
        schema.name(),
        schema.spec().priorityLevelConfiguration().name(),
        schema.spec().matchingPrecedence(),
        method == null ? Cells.NONE : method.type(),
        Cells.age(schema, now),
        missing);
  }

  static List<Json> priorityLevel(PriorityLevelConfiguration level, Instant now) {
    LimitedPriorityLevelConfiguration limited = level.spec().limited();
    var queuing = limited == null ? null : limited.limitResponse().queuing();
    return Cells.row(
        level.name(),
        level.spec().type(),
        limited == null ? Cells.NONE : Cells.orZero(limited.nominalConcurrencyShares()),
        queuing == null ? Cells.NONE : queuing.queues(),
        queuing == null ? Cells.NONE : queuing.handSize(),
        queuing == null ? Cells.NONE : queuing.queueLengthLimit(),
        Cells.age(level, now));
  }

  static List<Json> component(ComponentStatus component) {
    for (ComponentCondition condition : component.conditions()) {
      if (condition.type().equals("Healthy")) {
        return Cells.row(
            component.name(),
            condition.status().equals("True") ? "Healthy" : "Unhealthy",
            condition.message(),
            condition.error());
      }
    }
    return Cells.row(component.name(), "Unknown", "", "");
  }
}
