package io.tiphys.rules;

import static io.tiphys.rules.Written.defaulted;
import static io.tiphys.rules.Written.statusErrors;
import static io.tiphys.rules.Written.updateErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Pod;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Statuses of pods that are refused, in the words of ValidatePodStatusUpdate. */
class PodStatusRefusalsTest {
  private static final String POD =
      "{%s'spec':{%s'resourceClaims':[{'name':'a','resourceClaimName':'x'}],'containers':[{'name':"
          + "'c','image':'i','resources':{'requests':{'cpu':'1'},'claims':[{'name':'a',"
          + "'request':'r'}]}}]}}";

  private static Arguments row(String status, String... messages) {
    return Arguments.of("", status, messages);
  }

  private static Arguments on(String os, String status, String... messages) {
    return Arguments.of("'os':{'name':'" + os + "'},", status, messages);
  }

  static Stream<Arguments> statuses() {
    String user = "'containerStatuses':[{'name':'c','user':{'linux':{'uid':-1,'gid':1}}}]";
    String health =
        "'containerStatuses':[{'name':'c','allocatedResourcesStatus':[{'name':'%s','resources':"
            + "[%s]}]}]";
    String at = "status.containerStatuses[0].allocatedResourcesStatus[0].";
    return Stream.of(
        row("'resourceClaimStatuses':[{'name':'a','resourceClaimName':'x'}]"),
        row(
            "'resourceClaimStatuses':[{'name':'a'},{'name':'a'},{'name':'b',"
                + "'resourceClaimName':'a_b'}]",
            "status.resourceClaimStatuses[1].name: Duplicate value: \"a\"",
            "status.resourceClaimStatuses[2].name: Invalid value: \"b\": must match the name of an"
                + " entry in `spec.resourceClaims`",
            "status.resourceClaimStatuses[2].resourceClaimName: Invalid value: \"a_b\": a"
                + " lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
                + " characters, '-' or '.', and must start and end with an alphanumeric character"
                + " (e.g. 'example.com', regex used for validation is"
                + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"),
        row(
            "'extendedResourceClaimStatus':{}",
            "status.extendedResourceClaimStatus.requestMappings: Required value: at least one"
                + " request mapping is required",
            "status.extendedResourceClaimStatus.resourceClaimName: Required value"),
        row(
            "'extendedResourceClaimStatus':{'resourceClaimName':'x','requestMappings':"
                + "[{'containerName':'d','resourceName':'r','requestName':'q'},"
                + "{'containerName':'c','resourceName':'r','requestName':'q'}]}",
            "status.extendedResourceClaimStatus.requestMappings[0].containerName: Invalid value:"
                + " \"d\": must match the name of an entry in spec.initContainers.name or"
                + " spec.containers.name",
            "status.extendedResourceClaimStatus.requestMappings[1].resourceName: Invalid value:"
                + " \"r\": must match the extended resource name of an entry in"
                + " spec.initContainers.resources.requests or"
                + " spec.containers.resources.requests"),
        row(
            user,
            "status.containerStatuses[0].user.linux.uid: Invalid value: -1: must be between 0 and"
                + " 2147483647, inclusive"),
        on(
            "windows",
            user,
            "status.containerStatuses[0].user.linux: Forbidden: cannot be set for a windows pod"),
        row(health.formatted("cpu", "{'resourceID':'1','health':'Healthy'}")),
        row(health.formatted("claim:a/r", "")),
        row(
            health.formatted(
                "gpu",
                "{'resourceID':'1','health':'Odd'},{'resourceID':'1',"
                    + "'health':'Unknown','message':''}"),
            at
                + "name: Invalid value: \"gpu\": must match one of the container's resource"
                + " requests",
            at
                + "resources[0].health: Unsupported value: \"Odd\": supported values: \"Healthy\","
                + " \"Unhealthy\", \"Unknown\"",
            at + "resources[1].message: Required value: must be non-empty if specified",
            at + "resources[1].resourceID: Duplicate value: \"1\""),
        row(
            health.formatted("claim:a", ""),
            at
                + "name: Invalid value: \"claim:a\": must match one of the container's resource"
                + " claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if"
                + " request is empty"),
        row(
            "'ephemeralContainerStatuses':[{'name':'e','allocatedResourcesStatus':[{'name':"
                + "'cpu'}]}]",
            "status.ephemeralContainerStatuses[0].allocatedResourcesStatus: Forbidden: must not be"
                + " specified in container status"));
  }

  @ParameterizedTest
  @MethodSource("statuses")
  void whatIsWrongIsSaid(String os, String status, String... messages) {
    assertThat(statusErrors(CoreV1.PODS, POD.formatted("", os), "{'status':{" + status + "}}"))
        .containsExactly(messages);
  }

  @Test
  void aStatusBringsNoAnnotationsOfTheSystem() {
    String annotated = "'metadata':{'annotations':{'kubernetes.io/config.mirror':'x'}},";
    assertThat(statusErrors(CoreV1.PODS, POD.formatted("", ""), POD.formatted(annotated, "")))
        .containsExactly(
            "metadata.annotations[kubernetes.io/config.mirror]: Forbidden: may not add mirror pod"
                + " annotation",
            "metadata.annotations[kubernetes.io/config.mirror]: Invalid value: \"x\": must set"
                + " spec.nodeName if mirror pod annotation is set");
  }

  @Test
  void whereOneContainerStartsAllAgainNoneHasEndedForGood() {
    String pod =
        "{'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'i'},{'name':'d',"
            + "'image':'i'%s}]},'status':{'containerStatuses':[{'name':'c','state':{'terminated':"
            + "{'exitCode':1}}}]}}";
    String runs = "{'status':{'containerStatuses':[{'name':'c','state':{'running':{}}}]}}";
    String rule =
        ",'restartPolicy':'Never','restartPolicyRules':[{'action':'RestartAllContainers',"
            + "'exitCodes':{'operator':'In','values':[1]}}]";
    assertThat(statusErrors(CoreV1.PODS, pod.formatted(rule), runs)).isEmpty();
    assertThat(statusErrors(CoreV1.PODS, pod.formatted(""), runs))
        .containsExactly(
            "status.containerStatuses[0].state: Forbidden: may not be transitioned to"
                + " non-terminated state");
  }

  @Test
  void fieldsOfClosedGatesAreDropped() {
    UpdateRules<Pod> status =
        Objects.requireNonNull(Rules.of(CoreV1.PODS).subresources().get("status"));
    Pod old = defaulted(CoreV1.PODS, POD.formatted("", ""));
    Pod now =
        defaulted(
            CoreV1.PODS,
            "{'status':{'nodeAllocatableResourceClaimStatuses':[{'resourceClaimName':'x'}],"
                + "'containerStatuses':[{'name':'c','volumeMounts':[{'name':'v','volumeStatus':"
                + "{'image':{'imageRef':'r'}}}]}]}}");
    Pod prepared = status.prepareForUpdate(now, old, Written.CONTEXT);
    assertThat(prepared.status().nodeAllocatableResourceClaimStatuses()).isEmpty();
    assertThat(
            prepared
                .status()
                .containerStatuses()
                .getFirst()
                .volumeMounts()
                .getFirst()
                .volumeStatus())
        .isNull();
    assertThat(status.prepareForUpdate(now, now, Written.CONTEXT)).isEqualTo(now);
  }

  @Test
  void whatIsWrongWithAnImageIsSaidTwice() {
    String pod = "{'spec':{'containers':[{'name':'c','image':'%s'}]}}";
    String blank =
        "spec.containers[0].image: Invalid value: \" i\": must not have leading or trailing"
            + " whitespace";
    assertThat(updateErrors(CoreV1.PODS, pod.formatted("i"), pod.formatted(" i")))
        .as("as upstream says it, once of the pod and once of the change")
        .containsExactly(blank, blank);
  }
}
