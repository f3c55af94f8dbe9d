package io.tiphys.rules;

import static io.tiphys.rules.Written.errors;
import static io.tiphys.rules.Written.plain;
import static io.tiphys.rules.Written.updateErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.AppsV1;
import io.tiphys.api.CoordinationV1;
import io.tiphys.api.PolicyV1;
import io.tiphys.api.RbacV1;
import io.tiphys.api.Resource;
import io.tiphys.api.SchedulingV1;
import io.tiphys.api.StorageV1;
import io.tiphys.api.coordination.v1.Lease;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Classes, leases, budgets and revisions that are refused, in upstream's words. */
class ClassRefusalsTest {
  private static Arguments row(Resource<?> resource, String object, String... messages) {
    return Arguments.of(resource, object, messages);
  }

  static Stream<Arguments> objects() {
    String terms = "{'provisioner':'p','allowedTopologies':[%s]}";
    String zone = "{'matchLabelExpressions':[{'key':'zone','values':['a']}]}";
    return Stream.of(
        row(
            StorageV1.STORAGECLASSES,
            "{'provisioner':'p','parameters':{'':'x'}}",
            "parameters: Invalid value: \"\": field can not be empty."),
        row(
            StorageV1.STORAGECLASSES,
            "{'provisioner':'p','parameters':{'k':'" + "x".repeat(256 * 1024) + "'}}",
            "parameters: Too long: may not be more than 262144 bytes"),
        row(StorageV1.STORAGECLASSES, terms.formatted(zone)),
        row(
            StorageV1.STORAGECLASSES,
            terms.formatted(zone + "," + zone),
            "allowedTopologies[1].matchLabelExpressions: Duplicate value: \"\""),
        row(
            StorageV1.STORAGECLASSES,
            terms.formatted(
                "{'matchLabelExpressions':[{'key':'z','values':['a','a']},{'key':'z'}]}"),
            "allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: \"a\"",
            "allowedTopologies[0].matchLabelExpressions[1].values: Required value",
            "allowedTopologies[0].matchLabelExpressions[1].key: Duplicate value: \"z\""),
        row(
            SchedulingV1.PRIORITYCLASSES,
            "{'metadata':{'name':'p'},'preemptionPolicy':'Ever'}",
            "preemptionPolicy: Unsupported value: \"Ever\": supported values:"
                + " \"PreemptLowerPriority\", \"Never\""),
        row(
            PolicyV1.PODDISRUPTIONBUDGETS,
            "{'spec':{'minAvailable':1,'maxUnavailable':'5%'}}",
            "spec: Invalid value: {\"MinAvailable\":1,\"Selector\":null,\"MaxUnavailable\":\"5%\","
                + "\"UnhealthyPodEvictionPolicy\":null}: minAvailable and maxUnavailable cannot be"
                + " both set"),
        row(
            RbacV1.CLUSTERROLES,
            "{'aggregationRule':{'clusterRoleSelectors':[{'matchExpressions':[{'key':'a',"
                + "'operator':'Is'}]}]}}",
            "aggregationRule.clusterRoleSelectors[0].matchExpressions[0].operator: Invalid value:"
                + " \"Is\": not a valid selector operator",
            "aggregationRule.clusterRoleSelectors[0]: Invalid value: null: invalid label"
                + " selector."),
        row(AppsV1.CONTROLLERREVISIONS, "{'data':{}}"),
        row(
            AppsV1.CONTROLLERREVISIONS,
            "{'revision':-1}",
            "revision: Invalid value: -1: must be greater than or equal to 0",
            "data: Required value: data is mandatory"),
        row(
            AppsV1.CONTROLLERREVISIONS,
            "{'data':[]}",
            "data: Required value: data must be a valid JSON object"));
  }

  @ParameterizedTest
  @MethodSource("objects")
  void whatIsWrongIsSaid(Resource<?> resource, String object, String... messages) {
    assertThat(errors(resource, object)).containsExactly(messages);
  }

  private static Arguments change(
      Resource<?> resource, String old, String now, String... messages) {
    return Arguments.of(resource, old, now, messages);
  }

  static Stream<Arguments> changes() {
    return Stream.of(
        change(
            StorageV1.STORAGECLASSES,
            "{'provisioner':'p','parameters':{'a':'b'}}",
            "{'provisioner':'q','reclaimPolicy':'Retain',"
                + "'volumeBindingMode':'WaitForFirstConsumer'}",
            "parameters: Invalid value: null: field is immutable",
            "provisioner: Invalid value: \"q\": field is immutable",
            "reclaimPolicy: Invalid value: \"Retain\": field is immutable",
            "volumeBindingMode: Invalid value: \"WaitForFirstConsumer\": field is immutable"),
        change(
            SchedulingV1.PRIORITYCLASSES,
            "{'metadata':{'name':'p'},'value':1}",
            "{'metadata':{'name':'p'},'value':2000000000,'preemptionPolicy':'Never'}",
            "value: Forbidden: may not be changed in an update.",
            "preemptionPolicy: Invalid value: \"Never\": field is immutable"),
        change(
            AppsV1.CONTROLLERREVISIONS,
            "{'data':{'a':1}}",
            "{'data':{'a':2}}",
            "data: Invalid value: {\"a\":2}: field is immutable"));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void whatIsImmutableStays(Resource<?> resource, String old, String now, String... messages) {
    assertThat(updateErrors(resource, old, now)).containsExactly(messages);
  }

  @Test
  void leasesKnowNoCoordinatedElection() {
    ResourceRules<Lease> rules = Rules.of(CoordinationV1.LEASES);
    Lease given = plain(CoordinationV1.LEASES, "{'spec':{'strategy':'S','preferredHolder':'h'}}");
    assertThat(rules.prepareForCreate(given, Written.CONTEXT).spec().strategy()).isNull();
    assertThat(rules.prepareForUpdate(given, given, Written.CONTEXT)).isEqualTo(given);
  }

  @Test
  void leasesAndBudgetsAreNotReplacedBlindly() {
    assertThat(Rules.of(CoordinationV1.LEASES).allowUnconditionalUpdate()).isFalse();
    assertThat(Rules.of(PolicyV1.PODDISRUPTIONBUDGETS).allowUnconditionalUpdate()).isFalse();
  }
}
