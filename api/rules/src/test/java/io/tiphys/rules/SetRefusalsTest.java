package io.tiphys.rules;

import static io.tiphys.rules.Written.defaulted;
import static io.tiphys.rules.Written.errors;
import static io.tiphys.rules.Written.updateErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.AppsV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.Resource;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sets and deployments that are refused, in the words of pkg/apis/apps/validation. */
class SetRefusalsTest {
  private static final String LABELS =
      "spec.template.metadata.labels: Invalid value: {\"a\":\"b\"}: `selector` does not match"
          + " template `labels`";
  private static final String NO_SELECTOR = "spec.selector: Required value";

  private static String set(String spec) {
    return set(spec, "'selector':{'matchLabels':{'a':'b'}}");
  }

  private static String set(String spec, String selector) {
    return "{'spec':{"
        + spec
        + selector
        + (selector.isEmpty() ? "" : ",")
        + "'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c',"
        + "'image':'i'}]}}}}";
  }

  private static Arguments row(Resource<?> resource, String set, String... messages) {
    return Arguments.of(resource, set, messages);
  }

  static Stream<Arguments> selectors() {
    String odd = "'selector':{'matchLabels':{'a':'-'}}";
    String key =
        "spec.selector.matchLabels: Invalid value: \"-\": a valid label must be an empty string or"
            + " consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
            + " alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for"
            + " validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
    String shown = "spec.selector: Invalid value: {\"matchLabels\":{\"a\":\"-\"}}";
    String empty = "spec.selector: Invalid value: {}: empty selector is invalid for ";
    return Stream.of(
        row(AppsV1.DEPLOYMENTS, set("", ""), NO_SELECTOR, LABELS),
        row(AppsV1.REPLICASETS, set("", ""), NO_SELECTOR, LABELS),
        row(AppsV1.STATEFULSETS, set("", ""), NO_SELECTOR, LABELS),
        row(AppsV1.DAEMONSETS, set("", ""), LABELS),
        row(AppsV1.DEPLOYMENTS, set("", odd), key, shown + ": invalid label selector"),
        row(AppsV1.STATEFULSETS, set("", odd), key, shown),
        row(AppsV1.DAEMONSETS, set("", odd), key),
        row(AppsV1.DEPLOYMENTS, set("", "'selector':{}"), empty + "deployment"),
        row(AppsV1.STATEFULSETS, set("", "'selector':{}"), empty + "statefulset"),
        row(AppsV1.DAEMONSETS, set("", "'selector':{}"), empty + "daemonset"),
        row(
            AppsV1.REPLICASETS,
            set("", "'selector':{'matchLabels':{'a':'c'}}").replace("{'labels':{'a':'b'}}", "{}"),
            "spec.template.metadata.labels: Invalid value: null: `selector` does not match"
                + " template `labels`"),
        row(
            CoreV1.REPLICATIONCONTROLLERS,
            set("'minReadySeconds':-1,'replicas':-1,", "'selector':{'x':'y'}"),
            "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0",
            "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
            LABELS),
        row(
            CoreV1.REPLICATIONCONTROLLERS,
            "{'spec':{}}",
            NO_SELECTOR,
            "spec.template: Required value"),
        row(
            CoreV1.REPLICATIONCONTROLLERS,
            "{'spec':{'template':{'spec':{}}}}",
            NO_SELECTOR,
            "spec.template.spec.containers: Required value"));
  }

  static Stream<Arguments> strategies() {
    String rolling = "spec.strategy.rollingUpdate.";
    return Stream.of(
        row(
            AppsV1.DEPLOYMENTS,
            set("'strategy':{'type':'Best','rollingUpdate':{'maxSurge':1}},"),
            "spec.strategy: Unsupported value: {\"Type\":\"Best\",\"RollingUpdate\":"
                + "{\"MaxUnavailable\":0,\"MaxSurge\":1}}: supported values: \"Recreate\","
                + " \"RollingUpdate\""),
        row(
            AppsV1.DEPLOYMENTS,
            set("'strategy':{'type':'Recreate','rollingUpdate':{'maxSurge':1}},"),
            "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is"
                + " 'Recreate'"),
        row(
            AppsV1.DEPLOYMENTS,
            set("'strategy':{'rollingUpdate':{'maxUnavailable':'5','maxSurge':0}},"),
            rolling
                + "maxUnavailable: Invalid value: \"5\": a valid percent string must be a numeric"
                + " string followed by an ending '%' (e.g. '1%',  or '93%', regex used for"
                + " validation is '[0-9]+%')"),
        row(
            AppsV1.DEPLOYMENTS,
            set("'strategy':{'rollingUpdate':{'maxUnavailable':'99999999999%'}},"),
            rolling
                + "maxUnavailable: Invalid value: \"99999999999%\": must not be greater than"
                + " 100%"),
        row(
            AppsV1.DEPLOYMENTS,
            set("'strategy':{'rollingUpdate':{'maxUnavailable':'0%','maxSurge':0}},"),
            rolling + "maxUnavailable: Invalid value: \"0%\": may not be 0 when `maxSurge` is 0"),
        row(
            AppsV1.DAEMONSETS,
            set("'updateStrategy':{'type':'Best'},"),
            "spec.updateStrategy: Unsupported value: {\"Type\":\"Best\",\"RollingUpdate\":null}:"
                + " supported values: \"RollingUpdate\", \"OnDelete\""),
        row(
            AppsV1.DAEMONSETS,
            set("'updateStrategy':{'rollingUpdate':{'maxUnavailable':1,'maxSurge':'1%'}},"),
            "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: \"1%\": may not be set"
                + " when maxUnavailable is non-zero"),
        row(
            AppsV1.STATEFULSETS,
            set("'updateStrategy':{'type':'OnDelete','rollingUpdate':{'partition':2}},"),
            "spec.updateStrategy.rollingUpdate: Invalid value: {\"Partition\":2,"
                + "\"MaxUnavailable\":null}: only allowed for updateStrategy 'RollingUpdate'"),
        row(
            AppsV1.STATEFULSETS,
            set("'updateStrategy':{'type':'Best'},"),
            "spec.updateStrategy: Invalid value: {\"Type\":\"Best\",\"RollingUpdate\":null}: must"
                + " be 'RollingUpdate' or 'OnDelete'"),
        row(
            AppsV1.STATEFULSETS,
            set("'updateStrategy':{'rollingUpdate':{'partition':-1,'maxUnavailable':0}},"),
            "spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than"
                + " or equal to 0"));
  }

  static Stream<Arguments> statefulSets() {
    return Stream.of(
        row(AppsV1.STATEFULSETS, set("'revisionHistoryLimit':-1,")),
        row(
            AppsV1.STATEFULSETS,
            set("'replicas':-1,'minReadySeconds':-1,'ordinals':{'start':-1},'serviceName':'a.b',"),
            "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
            "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0",
            "spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0",
            "spec.serviceName: Invalid value: \"a.b\": must not contain dots"),
        row(
            AppsV1.STATEFULSETS,
            set("'volumeClaimTemplates':[{'metadata':{'name':'v'},'spec':{}}],"),
            "spec.volumeClaimTemplates[0].spec.accessModes: Required value: at least 1 access mode"
                + " is required",
            "spec.volumeClaimTemplates[0].spec.resources[storage]: Required value"),
        row(
            AppsV1.STATEFULSETS,
            set("'persistentVolumeClaimRetentionPolicy':{'whenScaled':'Never'},"),
            "spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: \"Never\":"
                + " supported values: \"Retain\", \"Delete\""));
  }

  @ParameterizedTest
  @MethodSource({"selectors", "strategies", "statefulSets"})
  void whatIsWrongIsSaid(Resource<?> resource, String set, String... messages) {
    assertThat(errors(resource, set)).containsExactly(messages);
  }

  @Test
  void theSelectorOfADaemonSetIsComparedBeforeTheRest() {
    assertThat(
            updateErrors(
                AppsV1.DAEMONSETS,
                set("", "'selector':{'matchLabels':{'a':'b','x':'y'}}"),
                set("'minReadySeconds':-1,")))
        .containsExactly(
            "spec.selector: Invalid value: {\"matchLabels\":{\"a\":\"b\"}}: field is immutable",
            "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0");
  }

  @Test
  void whatAStatefulSetCannotChangeMayBeWrong() {
    String wrong = "'serviceName':'a.b','volumeClaimTemplates':[{'metadata':{'name':'v'}}],";
    assertThat(updateErrors(AppsV1.STATEFULSETS, set(wrong), set(wrong + "'minReadySeconds':1,")))
        .isEmpty();
    String template = set("").replace("'image':'i'", "'image':''");
    assertThat(updateErrors(AppsV1.STATEFULSETS, template, template)).isEmpty();
    assertThat(updateErrors(AppsV1.STATEFULSETS, set(""), template))
        .containsExactly("spec.template.spec.containers[0].image: Required value");
  }

  @Test
  void aStatefulSetsPodsAreReplacedOneAfterTheOther() {
    String two = set("'updateStrategy':{'rollingUpdate':{'maxUnavailable':2}},");
    var set =
        Rules.of(AppsV1.STATEFULSETS)
            .prepareForCreate(defaulted(AppsV1.STATEFULSETS, two), Written.CONTEXT);
    assertThat(set.spec().updateStrategy().rollingUpdate())
        .as("the gate MaxUnavailableStatefulSet is off")
        .isEqualTo(defaulted(AppsV1.STATEFULSETS, set("")).spec().updateStrategy().rollingUpdate());
  }

  @Test
  void aStatefulSetsNameIsTheBeginningOfAHostName() {
    assertThat(Rules.of(AppsV1.STATEFULSETS).nameRule().check("a.b"))
        .containsExactly("must not contain dots");
  }
}
