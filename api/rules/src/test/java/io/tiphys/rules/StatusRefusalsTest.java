package io.tiphys.rules;

import static io.tiphys.rules.Written.statusErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiObject;
import io.tiphys.api.AppsV1;
import io.tiphys.api.BatchV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.PolicyV1;
import io.tiphys.api.Resource;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Statuses that are refused, in the words of the Validate...StatusUpdate functions of upstream. */
class StatusRefusalsTest {
  private static final String STATUS = "{'status':{%s}}";
  private static final String ONE_PER_FAMILY = "may specify no more than one IP for each IP family";

  private static Arguments after(
      Resource<?> resource, String old, String status, String... messages) {
    return Arguments.of(resource, old, STATUS.formatted(status), messages);
  }

  private static Arguments row(Resource<?> resource, String status, String... messages) {
    return after(resource, "{}", status, messages);
  }

  static Stream<Arguments> workloads() {
    String atMost = "cannot be greater than status.replicas";
    return Stream.of(
        row(
            AppsV1.DEPLOYMENTS,
            "'replicas':1,'updatedReplicas':2,'readyReplicas':1,'availableReplicas':1",
            "status.updatedReplicas: Invalid value: 2: " + atMost),
        after(
            AppsV1.DEPLOYMENTS,
            "{'status':{'collisionCount':3}}",
            "'collisionCount':2",
            "status.collisionCount: Invalid value: 2: cannot be decremented"),
        row(
            AppsV1.REPLICASETS,
            "'replicas':2,'readyReplicas':1,'availableReplicas':2",
            "status.availableReplicas: Invalid value: 2: cannot be greater than readyReplicas"),
        row(
            CoreV1.REPLICATIONCONTROLLERS,
            "'replicas':-1,'readyReplicas':-1,'availableReplicas':-1,'fullyLabeledReplicas':-1",
            "status.replicas: Invalid value: -1: must be greater than or equal to 0",
            "status.fullyLabeledReplicas: Invalid value: -1: must be greater than or equal to 0",
            "status.readyReplicas: Invalid value: -1: must be greater than or equal to 0",
            "status.availableReplicas: Invalid value: -1: must be greater than or equal to 0"),
        row(
            AppsV1.STATEFULSETS,
            "'replicas':2,'readyReplicas':1,'availableReplicas':2",
            "status.availableReplicas: Invalid value: 2: cannot be greater than"
                + " status.readyReplicas"),
        row(
            AppsV1.DAEMONSETS,
            "'numberReady':-1",
            "status.numberReady: Invalid value: -1: must be greater than or equal to 0"),
        row(
            PolicyV1.PODDISRUPTIONBUDGETS,
            "'currentHealthy':-1,'conditions':[{'type':'T','status':'Yes','reason':'1'}]",
            "status.conditions[0].status: Unsupported value: \"Yes\": supported values: \"False\","
                + " \"True\", \"Unknown\"",
            "status.conditions[0].lastTransitionTime: Required value",
            "status.conditions[0].reason: Invalid value: \"1\": a condition reason must start with"
                + " alphabetic character, optionally followed by a string of alphanumeric"
                + " characters or '_,:', and must end with an alphanumeric character or '_' (e.g."
                + " 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or"
                + " 'ReasonA:ReasonB', regex used for validation is"
                + " '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')",
            "status.currentHealthy: Invalid value: -1: must be greater than or equal to 0"));
  }

  static Stream<Arguments> jobs() {
    String done =
        "'conditions':[{'type':'Complete','status':'True'},"
            + "{'type':'SuccessCriteriaMet','status':'True'}]";
    String start = "'startTime':'2026-01-01T00:00:00Z'";
    String end = "'completionTime':'2026-01-01T01:00:00Z'";
    String finished = STATUS.formatted(start + "," + end + "," + done);
    String indexed = "{'spec':{'completionMode':'Indexed','completions':5,'parallelism':2}}";
    return Stream.of(
        row(BatchV1.JOBS, start + "," + end + "," + done),
        row(
            BatchV1.JOBS,
            "'conditions':[{'type':'Complete','status':'True'}]",
            "status.conditions: Invalid value: cannot set Complete=True condition without the"
                + " SuccessCriteriaMet=true condition",
            "status.completionTime: Required value: completionTime is required for Complete jobs",
            "status.startTime: Required value: startTime is required for finished job"),
        row(
            BatchV1.JOBS,
            start + ",'conditions':[{'type':'Failed','status':'True'}]",
            "status.conditions: Invalid value: cannot set Failed=True condition without the"
                + " FailureTarget=true condition"),
        row(
            BatchV1.JOBS,
            start + "," + end,
            "status.completionTime: Invalid value: \"2026-01-01T01:00:00Z\": cannot set"
                + " completionTime when there is no Complete=True condition"),
        after(
            BatchV1.JOBS,
            finished,
            start,
            "status.conditions: Invalid value: cannot disable the terminal Complete=True"
                + " condition",
            "status.conditions: Invalid value: cannot disable the SuccessCriteriaMet=True"
                + " condition"),
        after(
            BatchV1.JOBS,
            "{'status':{'failed':3,'succeeded':2}}",
            "'failed':1,'succeeded':1",
            "status.failed: Invalid value: 1: cannot decrease the failed counter",
            "status.succeeded: Invalid value: 1: cannot decrease the succeeded counter"),
        row(
            BatchV1.JOBS,
            "'active':1,'ready':2",
            "status.ready: Invalid value: 2: cannot set more ready pods than active"),
        after(
            BatchV1.JOBS,
            indexed,
            "'completedIndexes':'0,2-7'",
            "status.completedIndexes: Invalid value: \"0,2-7\": error parsing completedIndexes:"
                + " too large index: \"7\""),
        after(
            BatchV1.JOBS,
            indexed,
            "'completedIndexes':'3,1'",
            "status.completedIndexes: Invalid value: \"3,1\": error parsing completedIndexes:"
                + " non-increasing order, previous: 3, current: 1"),
        row(
            BatchV1.JOBS,
            "'uncountedTerminatedPods':{'succeeded':['a'],'failed':['a','']}",
            "status.uncountedTerminatedPods.failed[0]: Duplicate value: \"a\"",
            "status.uncountedTerminatedPods.failed[1]: Invalid value: \"\": must not be empty"));
  }

  static Stream<Arguments> pods() {
    String pod =
        "{'spec':{'restartPolicy':'%s','containers':[{'name':'c','image':'i'}]},"
            + "'status':{'containerStatuses':[{'name':'c','state':{'terminated':{'exitCode':%d}}}]}}";
    String runs = "'containerStatuses':[{'name':'c','state':{'running':{}}}]";
    String ended =
        "status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated"
            + " state";
    return Stream.of(
        row(CoreV1.PODS, "'podIP':'10.0.0.1','podIPs':[{'ip':'10.0.0.1'},{'ip':'fd00::1'}]"),
        row(
            CoreV1.PODS,
            "'podIP':'10.0.0.1','podIPs':[{'ip':'10.0.0.1'},{'ip':'10.0.0.2'}]",
            "status.podIPs: Invalid value: [{\"IP\":\"10.0.0.1\"},{\"IP\":\"10.0.0.2\"}]: "
                + ONE_PER_FAMILY),
        row(
            CoreV1.PODS,
            "'podIP':'10.0.0.1','podIPs':[{'ip':'10.0.0.1'},{'ip':'fd00::1'},{'ip':'fd00::2'}]",
            "status.podIPs: Invalid value: [{\"IP\":\"10.0.0.1\"},{\"IP\":\"fd00::1\"},"
                + "{\"IP\":\"fd00::2\"}]: "
                + ONE_PER_FAMILY),
        row(
            CoreV1.PODS,
            "'podIP':'010.0.0.1'",
            "status.podIPs[0]: Invalid value: \"010.0.0.1\": must not have leading 0s"),
        row(
            CoreV1.PODS,
            "'hostIP':'10.0.0.1','hostIPs':[{'ip':'10.0.0.2'}]",
            "status.hostIPs[0].ip: Invalid value: \"10.0.0.2\": must be equal to `hostIP`"),
        after(CoreV1.PODS, pod.formatted("Never", 0), runs, ended),
        after(CoreV1.PODS, pod.formatted("OnFailure", 0), runs, ended),
        after(CoreV1.PODS, pod.formatted("OnFailure", 1), runs),
        after(CoreV1.PODS, pod.formatted("Always", 0), runs),
        after(
            CoreV1.PODS,
            "{'spec':{'nodeName':'n'}}",
            "'nominatedNodeName':'m'",
            "status.nominatedNodeName: Forbidden: may not be set on pods that are already bound to"
                + " a node"),
        after(
            CoreV1.PODS,
            "{'status':{'qosClass':'Burstable'}}",
            "'qosClass':'Guaranteed'",
            "status.qosClass: Invalid value: \"Guaranteed\": field is immutable"),
        row(
            CoreV1.PODS,
            "'conditions':[{'type':'a b','status':'True','observedGeneration':-1}]",
            "status.conditions[0].observedGeneration: Invalid value: -1: must be a non-negative"
                + " integer",
            "status.conditions[0].Type: Invalid value: \"a b\": name part must consist of"
                + " alphanumeric characters, '-', '_' or '.', and must start and end with an"
                + " alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex"
                + " used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"));
  }

  static Stream<Arguments> others() {
    return Stream.of(
        row(
            CoreV1.NAMESPACES,
            "'phase':'Terminating'",
            "status.Phase: Invalid value: \"Terminating\": may only be 'Active' if"
                + " `deletionTimestamp` is empty"),
        row(
            CoreV1.NODES,
            "'addresses':[{'type':'Hostname','address':'a'},{'type':'Hostname','address':'a'}]",
            "status.addresses[1]: Duplicate value: {\"Type\":\"Hostname\",\"Address\":\"a\"}"),
        row(
            CoreV1.NODES,
            "'capacity':{'pods':'1500m'},'allocatable':{'cpu':'-1'}",
            "status.capacity.pods: Invalid value: \"1500m\": must be an integer",
            "status.allocatable.cpu: Invalid value: \"-1\": must be greater than or equal to 0"),
        row(
            CoreV1.RESOURCEQUOTAS,
            "'used':{'foo':'1'}",
            "status.used[foo]: Invalid value: \"foo\": must be a standard resource type or fully"
                + " qualified",
            "status.used[foo]: Invalid value: \"foo\": must be a standard resource for quota"));
  }

  @ParameterizedTest
  @MethodSource({"workloads", "jobs", "pods", "others"})
  <T extends ApiObject> void isRefused(
      Resource<T> resource, String old, String status, String[] messages) {
    assertThat(statusErrors(resource, old, status)).containsExactly(messages);
  }

  @Test
  void anAddressThatWasThereMayStay() {
    assertThat(
            statusErrors(
                CoreV1.PODS,
                "{'status':{'podIP':'010.0.0.1'}}",
                "{'status':{'podIP':'010.0.0.1','phase':'Running'}}"))
        .isEmpty();
  }
}
