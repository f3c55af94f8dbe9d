package io.tiphys.rules;

import static io.tiphys.rules.Written.errors;
import static io.tiphys.rules.Written.updateErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiObject;
import io.tiphys.api.AppsV1;
import io.tiphys.api.BatchV1;
import io.tiphys.api.CoordinationV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.PolicyV1;
import io.tiphys.api.RbacV1;
import io.tiphys.api.Resource;
import io.tiphys.api.SchedulingV1;
import io.tiphys.api.StorageV1;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A table of what is refused, in the words of upstream's pkg/apis/.../validation packages. */
class RefusalsTest {
  private static final String IN_C = "spec.containers[0].";

  private static Arguments row(Resource<?> resource, String object, String... messages) {
    return Arguments.of(resource, object, messages);
  }

  private static Arguments container(String more, String... messages) {
    return pod("'containers':[{'name':'c','image':'i'" + more + "}]", messages);
  }

  private static Arguments pod(String spec, String... messages) {
    String own = spec.contains("'containers'") ? "" : "'containers':[{'name':'c','image':'i'}],";
    return row(CoreV1.PODS, "{'spec':{" + own + spec + "}}", messages);
  }

  private static Arguments volume(String source, String... messages) {
    return pod("'volumes':[{'name':'v'," + source + "}]", messages);
  }

  static Stream<Arguments> containers() {
    return Stream.of(
        container(
            ",'resources':{'requests':{'cpus':'1'}}",
            IN_C
                + "resources.requests[cpus]: Invalid value: \"cpus\": must be a standard resource"
                + " type or fully qualified",
            IN_C
                + "resources.requests[cpus]: Invalid value: \"cpus\": must be a standard resource"
                + " for containers"),
        container(
            ",'resources':{'requests':{'cpu':'2'},'limits':{'cpu':'1'}}",
            IN_C
                + "resources.requests: Invalid value: \"2\": must be less than or equal to cpu"
                + " limit of 1"),
        container(
            ",'resources':{'requests':{'example.com/gpu':'1'}}",
            IN_C
                + "resources.limits: Required value: Limit must be set for non overcommitable"
                + " resources"),
        container(
            ",'livenessProbe':{'httpGet':{'port':0}}",
            IN_C
                + "livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535,"
                + " inclusive"),
        container(
            ",'livenessProbe':{'exec':{'command':['a']},'tcpSocket':{'port':1}}",
            IN_C + "livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type"),
        container(
            ",'readinessProbe':{}",
            IN_C + "readinessProbe: Required value: must specify a handler type"),
        container(
            ",'lifecycle':{'preStop':{'sleep':{'seconds':31}}}",
            IN_C
                + "lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than"
                + " terminationGracePeriodSeconds (30)"),
        container(
            ",'env':[{'name':'A','valueFrom':{'fieldRef':{'fieldPath':'spec.foo'}}}]",
            IN_C
                + "env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"spec.foo\": error"
                + " converting fieldPath: field label not supported: spec.foo"),
        container(
            ",'env':[{'name':'A','valueFrom':{'secretKeyRef':{'name':'s'}}}]",
            IN_C + "env[0].valueFrom.secretKeyRef.key: Required value"),
        container(
            ",'envFrom':[{}]",
            IN_C
                + "envFrom: Invalid value: \"\": must specify one of: `configMapRef` or"
                + " `secretRef`"),
        container(
            ",'ports':[{'containerPort':80,'hostPort':80},{'containerPort':81,'hostPort':80}]",
            IN_C + "ports[1].hostPort: Duplicate value: \"TCP//80\""),
        container(
            ",'securityContext':{'runAsUser':-1}",
            IN_C
                + "securityContext.runAsUser: Invalid value: -1: must be between 0 and"
                + " 2147483647, inclusive"),
        container(
            ",'volumeMounts':[{'name':'v','mountPath':'/a'}]",
            IN_C + "volumeMounts[0].name: Not found: \"v\""),
        container(
            ",'imagePullPolicy':'Ever'",
            IN_C
                + "imagePullPolicy: Unsupported value: \"Ever\": supported values: \"Always\","
                + " \"IfNotPresent\", \"Never\""),
        pod(
            "'initContainers':[{'name':'c','image':'i','readinessProbe':{'tcpSocket':{'port':1}}}]",
            "spec.initContainers[0].name: Duplicate value: \"c\"",
            "spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers"
                + " without restartPolicy=Always"));
  }

  static Stream<Arguments> pods() {
    return Stream.of(
        volume(
            "'configMap':{'name':'m','items':[{'key':'k','path':'../x'}]}",
            "spec.volumes[0].configMap.items[0].path: Invalid value: \"../x\": must not contain"
                + " '..'"),
        volume(
            "'secret':{'secretName':'s','defaultMode':512}",
            "spec.volumes[0].secret.defaultMode: Invalid value: 512: must be a number between 0"
                + " and 0777 (octal), both inclusive"),
        volume(
            "'hostPath':{'path':'/a','type':'Folder'}",
            "spec.volumes[0].hostPath.type: Unsupported value: \"Folder\": supported values: \"\","
                + " \"BlockDevice\", \"CharDevice\", \"Directory\", \"DirectoryOrCreate\","
                + " \"File\", \"FileOrCreate\", \"Socket\""),
        volume(
            "'projected':{'sources':[{'secret':{'name':'a'},'configMap':{'name':'b'}}]}",
            "spec.volumes[0].projected.sources[0]: Forbidden: may not specify more than 1 volume"
                + " type per source"),
        pod(
            "'dnsPolicy':'None'",
            "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"),
        pod(
            "'nodeSelector':{'a':'-b'}",
            "spec.nodeSelector: Invalid value: \"-b\": a valid label must be an empty string or"
                + " consist of alphanumeric characters, '-', '_' or '.', and must start and end"
                + " with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345',"
                + " regex used for validation is"
                + " '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"),
        pod(
            "'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':"
                + "{'nodeSelectorTerms':[{'matchExpressions':[{'key':'a','operator':'In'}]}]}}}",
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
                + ".nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be"
                + " specified when `operator` is 'In' or 'NotIn'"),
        pod(
            "'topologySpreadConstraints':[{'maxSkew':0,'topologyKey':'z',"
                + "'whenUnsatisfiable':'DoNotSchedule'}]",
            "spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than"
                + " zero"));
  }

  static Stream<Arguments> others() {
    String set =
        "{'spec':{'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':"
            + "{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i'}]%s}}%s}}";
    String cron =
        "{'metadata':{'name':'%s'},'spec':{'schedule':'%s'%s,'jobTemplate':{'spec':{'template':"
            + "{'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'i'}]}}}}}}";
    String name = "n".repeat(53);
    return Stream.of(
        row(
            AppsV1.DEPLOYMENTS,
            set.formatted(",'activeDeadlineSeconds':5", ""),
            "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in"
                + " ReplicaSet is not Supported"),
        row(
            AppsV1.DAEMONSETS,
            set.formatted("", ",'updateStrategy':{'rollingUpdate':{'maxUnavailable':0}}"),
            "spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when"
                + " maxSurge is 0"),
        row(
            BatchV1.CRONJOBS,
            cron.formatted("j", "* * * *", ""),
            "spec.schedule: Invalid value: \"* * * *\": expected exactly 5 fields, found 4: [* * *"
                + " *]"),
        row(
            BatchV1.CRONJOBS,
            cron.formatted("j", "60 * * * *", ",'timeZone':'Nowhere/Town'"),
            "spec.schedule: Invalid value: \"60 * * * *\": end of range (60) above maximum (59):"
                + " 60",
            "spec.timeZone: Invalid value: \"Nowhere/Town\": unknown time zone Nowhere/Town"),
        row(
            BatchV1.CRONJOBS,
            cron.formatted(name, "@daily", ""),
            "metadata.name: Invalid value: \"" + name + "\": must be no more than 52 characters"),
        row(
            PolicyV1.PODDISRUPTIONBUDGETS,
            "{'spec':{'minAvailable':'120%'}}",
            "spec.minAvailable: Invalid value: \"120%\": must not be greater than 100%"),
        row(
            RbacV1.ROLES,
            "{'rules':[{'resources':['pods'],'verbs':[]}]}",
            "rules[0].verbs: Required value: verbs must contain at least one value",
            "rules[0].apiGroups: Required value: resource rules must supply at least one api"
                + " group"),
        row(
            RbacV1.CLUSTERROLEBINDINGS,
            "{'roleRef':{'kind':'Role','name':'r'},'subjects':[{'kind':'ServiceAccount',"
                + "'name':'a'},{'kind':'Robot','name':'b'}]}",
            "roleRef.kind: Unsupported value: \"Role\": supported values: \"ClusterRole\"",
            "subjects[0].namespace: Required value",
            "subjects[1].kind: Unsupported value: \"Robot\": supported values:"
                + " \"ServiceAccount\", \"User\", \"Group\""),
        row(
            StorageV1.STORAGECLASSES,
            "{'volumeBindingMode':'Later'}",
            "provisioner: Required value",
            "volumeBindingMode: Unsupported value: \"Later\": supported values: \"Immediate\","
                + " \"WaitForFirstConsumer\""),
        row(
            SchedulingV1.PRIORITYCLASSES,
            "{'metadata':{'name':'p'},'value':1000000001}",
            "value: Forbidden: maximum allowed value of a user defined priority is 1000000000"),
        row(
            CoordinationV1.LEASES,
            "{'spec':{'leaseDurationSeconds':0}}",
            "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"),
        row(
            CoreV1.LIMITRANGES,
            "{'spec':{'limits':[{'type':'Container','min':{'cpu':'2'},'max':{'cpu':'2'},"
                + "'default':{'cpu':'2'},'defaultRequest':{'cpu':'1'}}]}}",
            "spec.limits[0].defaultRequest[cpu]: Invalid value: \"1\": min value 2 is greater than"
                + " default request value 1"),
        row(
            CoreV1.NODES,
            "{'spec':{'taints':[{'key':'a','effect':'Never'}]}}",
            "metadata.taints[0].effect: Unsupported value: \"Never\": supported values:"
                + " \"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\""),
        row(
            CoreV1.PERSISTENTVOLUMES,
            "{'spec':{'accessModes':['ReadWriteOnce'],'capacity':{'storage':'1Gi'}}}",
            "spec: Required value: must specify a volume type"),
        row(
            CoreV1.PERSISTENTVOLUMECLAIMS,
            "{'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'0'}}}}",
            "spec.resources[storage]: Invalid value: \"0\": must be greater than zero"),
        row(
            CoreV1.SERVICES,
            "{'spec':{'ports':[{'port':80}],'externalTrafficPolicy':'Local'}}",
            "spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for"
                + " externally-accessible services"));
  }

  @ParameterizedTest
  @MethodSource({"containers", "pods", "others"})
  <T extends ApiObject> void isRefused(Resource<T> resource, String object, String[] messages) {
    assertThat(errors(resource, object)).containsExactly(messages);
  }

  @Test
  void aSetsClaimsAreVolumesOfItsPods() {
    assertThat(
            errors(
                AppsV1.STATEFULSETS,
                "{'spec':{'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':"
                    + "{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i','volumeMounts':"
                    + "[{'name':'data','mountPath':'/d'},{'name':'none','mountPath':'/n'}]}]}},"
                    + "'volumeClaimTemplates':[{'metadata':{'name':'data'},'spec':{'accessModes':"
                    + "['ReadWriteOnce'],'resources':{'requests':{'storage':'1'}}}}]}}"))
        .containsExactly(
            "spec.template.spec.containers[0].volumeMounts[1].name: Not found: \"none\"");
  }

  @Test
  void aClaimGrowsOnlyOnceItIsBound() {
    String claim =
        "{'spec':{'accessModes':['ReadWriteOnce'],'volumeMode':'Filesystem','resources':"
            + "{'requests':{'storage':'%s'}}},'status':{'phase':'%s','capacity':{'storage':'1Gi'}}}";
    assertThat(
            updateErrors(
                CoreV1.PERSISTENTVOLUMECLAIMS,
                claim.formatted("1Gi", "Bound"),
                claim.formatted("2Gi", "Bound")))
        .isEmpty();
    assertThat(
            updateErrors(
                CoreV1.PERSISTENTVOLUMECLAIMS,
                claim.formatted("1Gi", "Pending"),
                claim.formatted("2Gi", "Pending")))
        .singleElement()
        .asString()
        .startsWith("spec: Forbidden: spec is immutable after creation except");
    assertThat(
            updateErrors(
                CoreV1.PERSISTENTVOLUMECLAIMS,
                claim.formatted("2Gi", "Bound"),
                claim.formatted("1Gi", "Bound")))
        .containsExactly(
            "spec.resources.requests.storage: Forbidden: field can not be less than"
                + " status.capacity");
  }
}
