package io.tiphys.rules;

import static io.tiphys.rules.Written.created;
import static io.tiphys.rules.Written.defaulted;
import static io.tiphys.rules.Written.errors;
import static io.tiphys.rules.Written.plain;
import static io.tiphys.rules.Written.updateErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.AutoscalingV1;
import io.tiphys.api.AutoscalingV2;
import io.tiphys.api.autoscaling.v2.HPAScalingRules;
import io.tiphys.api.autoscaling.v2.HorizontalPodAutoscaler;
import io.tiphys.rules.autoscaling.AutoscalerForms;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Autoscalers of pods in both versions. */
class AutoscalerRulesTest {
  private static final String ANNOTATION = "autoscaling.alpha.kubernetes.io/";
  private static final String TARGET =
      "'scaleTargetRef':{'apiVersion':'apps/v1','kind':'Deployment','name':'d'},'maxReplicas':3";

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      textBlock =
          """
          'maxReplicas':0,'minReplicas':0 # spec.minReplicas: Invalid value: 0: must be greater than or equal to 1; spec.maxReplicas: Required value: must be set and greater than 0; spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas
          'minReplicas':4 # spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`
          'scaleTargetRef':{'apiVersion':'v1','kind':'K','name':''} # spec.scaleTargetRef.name: Required value; spec.scaleTargetRef.apiVersion: Invalid value: "v1": apiVersion must specify API group
          'scaleTargetRef':{'apiVersion':'a/b/c','kind':'K','name':'n'} # spec.scaleTargetRef.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c
          'metrics':[{'type':'Resource'}] # spec.metrics[0].resource: Required value: must populate information for the given metric source
          'metrics':[{'type':'Resource','resource':{'name':'cpu','target':{'type':'Some','averageUtilization':0}}}] # spec.metrics[0].resource.target.type: Invalid value: "Some": must be either Utilization, Value, or AverageValue; spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0
          'metrics':[{'type':'External','external':{'metric':{'name':'m'},'target':{'type':'Value','value':'0','averageValue':'1'}},'pods':{'metric':{'name':''},'target':{}}}] # spec.metrics[0].external.target.value: Invalid value: "0": must be positive; spec.metrics[0].external.target.value: Forbidden: may not set both a target value for metric and a per-pod target; spec.metrics[0].pods: Forbidden: must populate the given metric source only
          'metrics':[{'type':'ContainerResource','containerResource':{'name':'cpus','container':'','target':{'type':'Utilization','averageUtilization':1}}}] # spec.metrics[0].containerResource.name: Invalid value: "cpus": must be a standard resource type or fully qualified; spec.metrics[0].containerResource.name: Invalid value: "cpus": must be a standard resource for containers; spec.metrics[0].containerResource.container: Required value: must specify a container
          'behavior':{'scaleUp':{'stabilizationWindowSeconds':3601,'selectPolicy':'Any','policies':[{'type':'All','value':0,'periodSeconds':1801}]}} # spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600; spec.behavior.scaleUp.selectPolicy: Unsupported value: "Any": supported values: "Disabled", "Max", "Min"; spec.behavior.scaleUp.policies[0].type: Unsupported value: "All": supported values: "Percent", "Pods"; spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero; spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800
          """)
  void refusals(String spec, String messages) {
    String own = "{" + TARGET + "," + spec.strip() + "}";
    String json = "{'spec':" + last(own) + "}";
    assertThat(String.join("; ", errors(AutoscalingV2.HORIZONTALPODAUTOSCALERS, json)))
        .isEqualTo(messages.strip());
  }

  /** A field that is given twice: the later one, as a writer of the row means it. */
  private static String last(String spec) {
    String text = spec;
    if (spec.indexOf("'maxReplicas'") != spec.lastIndexOf("'maxReplicas'")) {
      text = text.replace("'maxReplicas':3,", "");
    }
    if (spec.indexOf("'scaleTargetRef'") != spec.lastIndexOf("'scaleTargetRef'")) {
      text = "{'maxReplicas':3," + text.substring(text.lastIndexOf("'scaleTargetRef'"));
    }
    return text;
  }

  @Test
  void aTargetThatHasAnOddVersionMayKeepIt() {
    String odd = "{'spec':{'scaleTargetRef':{'apiVersion':'v1','kind':'K','name':'n'},%s}}";
    String before = odd.formatted("'maxReplicas':1");
    assertThat(
            updateErrors(
                AutoscalingV2.HORIZONTALPODAUTOSCALERS, before, odd.formatted("'maxReplicas':2")))
        .isEmpty();
    assertThat(
            errors(
                AutoscalingV2.HORIZONTALPODAUTOSCALERS,
                before.replace("'K'", "'ReplicationController'")))
        .isEmpty();
  }

  @Test
  void whatIsLeftOutOfTheBehaviorIsTheUsual() {
    HorizontalPodAutoscaler object =
        defaulted(
            AutoscalingV2.HORIZONTALPODAUTOSCALERS,
            "{'spec':{" + TARGET + ",'behavior':{'scaleDown':{'selectPolicy':'Disabled'}}}}");
    assertThat(object.spec().minReplicas()).isEqualTo(1);
    assertThat(object.spec().metrics()).hasSize(1);
    HPAScalingRules down =
        Objects.requireNonNull(Objects.requireNonNull(object.spec().behavior()).scaleDown());
    assertThat(down.selectPolicy()).isEqualTo("Disabled");
    assertThat(down.stabilizationWindowSeconds()).isNull();
    assertThat(down.policies()).hasSize(1);
    assertThat(Objects.requireNonNull(object.spec().behavior().scaleUp()).policies()).hasSize(2);
  }

  @Test
  void theFirstVersionCarriesWhatItHasNoFieldsForInAnnotations() {
    HorizontalPodAutoscaler object =
        defaulted(
            AutoscalingV2.HORIZONTALPODAUTOSCALERS,
            "{'metadata':{'annotations':{'a':'b'}},'spec':{"
                + TARGET
                + ",'metrics':[{'type':'Resource','resource':{'name':'cpu','target':{'type':"
                + "'Utilization','averageUtilization':50}}},{'type':'Pods','pods':{'metric':"
                + "{'name':'m'},'target':{'type':'AverageValue','averageValue':'10'}}},"
                + "{'type':'Object','object':{'describedObject':{'kind':'K','name':'n'},'metric':"
                + "{'name':'o','selector':{}},'target':{'type':'Value','value':'2'}}},"
                + "{'type':'External','external':{'metric':{'name':'e'},'target':{'type':"
                + "'AverageValue','averageValue':'3'}}}],'behavior':{}},"
                + "'status':{'currentReplicas':1,'desiredReplicas':1,'currentMetrics':[{'type':"
                + "'Resource','resource':{'name':'cpu','current':{'averageValue':'100m',"
                + "'averageUtilization':40}}}],'conditions':[{'type':'AbleToScale','status':"
                + "'True','lastTransitionTime':'2026-01-01T00:00:00Z'}]}}");
    var old = AutoscalerForms.old(object);
    assertThat(old.spec().targetCPUUtilizationPercentage()).isEqualTo(50);
    assertThat(old.status().currentCPUUtilizationPercentage()).isEqualTo(40);
    assertThat(old.metadata().annotations())
        .containsEntry("a", "b")
        .containsEntry(
            ANNOTATION + "metrics",
            "[{\"type\":\"Pods\",\"pods\":{\"metricName\":\"m\",\"targetAverageValue\":\"10\"}},"
                + "{\"type\":\"Object\",\"object\":{\"target\":{\"kind\":\"K\",\"name\":\"n\"},"
                + "\"metricName\":\"o\",\"targetValue\":\"2\",\"selector\":{}}},"
                + "{\"type\":\"External\",\"external\":{\"metricName\":\"e\","
                + "\"targetAverageValue\":\"3\"}}]")
        .containsEntry(
            ANNOTATION + "current-metrics",
            "[{\"type\":\"Resource\",\"resource\":{\"name\":\"cpu\","
                + "\"currentAverageUtilization\":40,\"currentAverageValue\":\"100m\"}}]")
        .containsEntry(
            ANNOTATION + "conditions",
            "[{\"type\":\"AbleToScale\",\"status\":\"True\","
                + "\"lastTransitionTime\":\"2026-01-01T00:00:00Z\"}]")
        .containsEntry(
            ANNOTATION + "behavior",
            "{\"ScaleUp\":{\"StabilizationWindowSeconds\":0,\"SelectPolicy\":\"Max\","
                + "\"Policies\":[{\"Type\":\"Pods\",\"Value\":4,\"PeriodSeconds\":15},"
                + "{\"Type\":\"Percent\",\"Value\":100,\"PeriodSeconds\":15}],"
                + "\"Tolerance\":null},\"ScaleDown\":{\"StabilizationWindowSeconds\":null,"
                + "\"SelectPolicy\":\"Max\",\"Policies\":[{\"Type\":\"Percent\",\"Value\":100,"
                + "\"PeriodSeconds\":15}],\"Tolerance\":null}}");
    HorizontalPodAutoscaler back = AutoscalerForms.current(old);
    assertThat(back.metadata().annotations()).containsOnlyKeys("a");
    assertThat(back.status()).isEqualTo(object.status());
    assertThat(back.spec().behavior()).isEqualTo(object.spec().behavior());
    assertThat(back.spec().metrics()).containsExactlyInAnyOrderElementsOf(object.spec().metrics());
  }

  @Test
  void annotationsThatCannotBeReadCarryNothing() {
    var old =
        plain(
            AutoscalingV1.HORIZONTALPODAUTOSCALERS,
            "{'metadata':{'annotations':{'%smetrics':'x','%sbehavior':'[]'}},'spec':{%s}}"
                .formatted(ANNOTATION, ANNOTATION, TARGET));
    HorizontalPodAutoscaler object = AutoscalerForms.current(old);
    assertThat(object.metadata().annotations()).isEmpty();
    assertThat(object.spec().behavior()).isNull();
    assertThat(object.spec().metrics()).hasSize(1);
  }

  @Test
  void aNewAutoscalerOfTheFirstVersionHasNoStatusInItsAnnotationsEither() {
    var made =
        created(
            AutoscalingV1.HORIZONTALPODAUTOSCALERS,
            "{'metadata':{'annotations':{'%sconditions':'[{}]'}},'spec':{%s},'status':"
                    .formatted(ANNOTATION, TARGET)
                + "{'currentReplicas':5}}");
    assertThat(made.metadata().annotations()).isEmpty();
    assertThat(made.status().currentReplicas()).isZero();
    assertThat(made.spec().targetCPUUtilizationPercentage()).isEqualTo(80);
  }
}
