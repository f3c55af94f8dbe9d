package io.tiphys.rules;

import static io.tiphys.rules.Written.errors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Pods that are refused, in the words of pkg/apis/core/validation: the rarer rules. */
class PodRefusalsTest {
  private static final String C = "spec.containers[0].";
  private static final String V = "spec.volumes[0].";

  private static Arguments pod(String spec, String... messages) {
    String own = spec.contains("'containers'") ? "" : "'containers':[{'name':'c','image':'i'}],";
    return Arguments.of("{'metadata':{'name':'p'},'spec':{" + own + spec + "}}", List.of(messages));
  }

  private static Arguments annotated(String annotations, String spec, String... messages) {
    return Arguments.of(
        "{'metadata':{'name':'p','annotations':{%s}},'spec':{'containers':[{'name':'c','image':'i'%s}]}}"
            .formatted(annotations, spec),
        List.of(messages));
  }

  private static Arguments container(String more, String... messages) {
    return pod("'containers':[{'name':'c','image':'i'" + more + "}]", messages);
  }

  private static Arguments mounted(String volumes, String more, String... messages) {
    return pod(
        "'volumes':[" + volumes + "],'containers':[{'name':'c','image':'i'," + more + "}]",
        messages);
  }

  private static Arguments init(String more, String... messages) {
    return pod("'initContainers':[{'name':'n','image':'i'" + more + "}]", messages);
  }

  private static Arguments volume(String source, String... messages) {
    return pod("'volumes':[{'name':'v'," + source + "}]", messages);
  }

  static Stream<Arguments> names() {
    return Stream.of(
        Arguments.of("iqn.2020-01.a.b:c:d", true),
        Arguments.of("iqnX iqn.2020-01.a:b", true),
        Arguments.of("iqn.2020-01.a:b,iqn.2020-01.a:b", true),
        Arguments.of("iqn.2020-01.a:", false),
        Arguments.of("iqn.2020-01.:a", false),
        Arguments.of("iqn.2020-01.a:b\\n", false),
        Arguments.of("iqn.2020-01.a".repeat(500_000) + "!", false),
        Arguments.of("iqn.2020-01.a:b".repeat(500_000) + ",", false),
        Arguments.of("iqn.2020-01.a:b".repeat(500_000), true),
        Arguments.of("eui." + "0".repeat(16), true),
        Arguments.of("eui." + "0".repeat(16) + "\\n", false),
        Arguments.of("eui." + "0".repeat(17), false),
        Arguments.of("naa." + "0".repeat(32), true),
        Arguments.of("naa." + "0".repeat(32) + "\\n", false));
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("names")
  void namesOfTargetsAreReadWholeAndOnce(String name, boolean valid) {
    String iscsi = "{'volumes':[{'name':'v','iscsi':{'targetPortal':'t','iqn':'%s'}}],";
    String containers = "'containers':[{'name':'c','image':'i'}]}";
    String spec = (iscsi + containers).formatted(name);
    List<String> found = errors(CoreV1.PODS, "{'metadata':{'name':'p'},'spec':" + spec + "}");
    if (valid) {
      assertThat(found).isEmpty();
    } else {
      assertThat(found)
          .singleElement()
          .asString()
          .startsWith(V + "iscsi.iqn: Invalid value: ")
          .endsWith(": must be valid format");
    }
  }

  static Stream<Arguments> containers() {
    String rules = C + "restartPolicyRules[0].";
    return Stream.of(
        container(
            ",'restartPolicyRules':[{'action':'Restart','exitCodes':{'operator':'In','values':[1]}}]",
            C
                + "restartPolicy: Required value: must specify restartPolicy when restart rules are"
                + " used"),
        container(
            ",'restartPolicy':'Never','restartPolicyRules':[{'action':'Stop'}]",
            rules
                + "action: Unsupported value: \"Stop\": supported values: \"Restart\","
                + " \"RestartAllContainers\"",
            rules + "exitCodes: Required value: must be specified"),
        container(
            ",'restartPolicy':'Never','restartPolicyRules':[{'action':'Restart','exitCodes':"
                + "{'operator':'Gt','values':[1]}}]",
            rules
                + "exitCodes.operator: Unsupported value: \"Gt\": supported values: \"In\","
                + " \"NotIn\""),
        container(
            ",'resizePolicy':[{'resourceName':'cpu','restartPolicy':'NotRequired'},"
                + "{'resourceName':'cpu','restartPolicy':'Now'},{'resourceName':'gpu',"
                + "'restartPolicy':'NotRequired'}]",
            C + "resizePolicy[1]: Duplicate value: \"cpu\"",
            C
                + "resizePolicy: Unsupported value: \"Now\": supported values: \"NotRequired\","
                + " \"RestartContainer\"",
            C + "resizePolicy: Unsupported value: \"gpu\": supported values: \"cpu\", \"memory\""),
        pod(
            "'restartPolicy':'Never','containers':[{'name':'c','image':'i','resizePolicy':"
                + "[{'resourceName':'cpu','restartPolicy':'RestartContainer'}]}]",
            C
                + "resizePolicy: Invalid value: \"RestartContainer\": must be 'NotRequired' when"
                + " pod `restartPolicy` is 'Never'"),
        init(
            ",'resizePolicy':[{'resourceName':'cpu','restartPolicy':'RestartContainer'}]",
            "spec.initContainers[0].resizePolicy[0].restartPolicy: Invalid value:"
                + " \"RestartContainer\": must not be set to 'RestartContainer' for non-sidecar"
                + " initContainers"),
        init(
            ",'restartPolicy':'Always','livenessProbe':{'grpc':{'port':0}}",
            "spec.initContainers[0].livenessProbe.grpc.port: Invalid value: 0: must be between 1"
                + " and 65535, inclusive"),
        container(
            ",'resources':{'limits':{'hugepages-2Mi':'3Mi'}}",
            C
                + "resources.limits[hugepages-2Mi]: Invalid value: \"3Mi\": 3Mi is not positive"
                + " integer multiple of hugepages-2Mi",
            C
                + "resources.requests[hugepages-2Mi]: Invalid value: \"3Mi\": 3Mi is not positive"
                + " integer multiple of hugepages-2Mi",
            C + "resources: Forbidden: HugePages require cpu or memory"),
        container(
            ",'resources':{'claims':[{'name':'a'}]}",
            C
                + "resources.claims[0]: Not found: \"a\": must be one of the names in"
                + " pod.spec.resourceClaims which is empty"),
        container(
            ",'env':[{'name':'A','valueFrom':{'resourceFieldRef':{'resource':'limits.cpu',"
                + "'divisor':'2'}}}]",
            C
                + "env[0].valueFrom.resourceFieldRef.divisor: Invalid value: \"limits.cpu\": only"
                + " divisor's values 1m and 1 are supported with the cpu resource"),
        container(
            ",'env':[{'name':'A','valueFrom':{'fieldRef':{'fieldPath':'metadata.labels['}}}]",
            C
                + "env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"metadata.labels[\": error"
                + " converting fieldPath: field label not supported: metadata.labels["),
        mounted(
            "{'name':'v'}",
            "'env':[{'name':'A','valueFrom':{'fileKeyRef':{'volumeName':'w','path':'../a',"
                + "'key':'A'}}}]",
            C
                + "env[0].valueFrom.fileKeyRef.path: Invalid value: \"../a\": must not contain"
                + " '..'",
            C + "env[0].valueFrom.fileKeyRef.volumeName: Not found: \"w\""),
        mounted(
            "{'name':'v','secret':{'secretName':'s'}}",
            "'env':[{'name':'A','valueFrom':{'fileKeyRef':{'volumeName':'v','path':'a',"
                + "'key':'A'}}}]",
            C
                + "env[0].valueFrom.fileKeyRef.volumeName: Invalid value: \"v\": referenced volume"
                + " must be of type emptyDir"),
        mounted(
            "{'name':'v'}",
            "'volumeMounts':[{'name':'v','mountPath':'/a','recursiveReadOnly':'Enabled',"
                + "'mountPropagation':'HostToContainer'}]",
            C
                + "volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly"
                + " is true",
            C
                + "volumeMounts.recursiveReadOnly: Forbidden: may only be specified when"
                + " mountPropagation is None or not specified"),
        mounted(
            "{'name':'v'}",
            "'volumeDevices':[{'name':'v','devicePath':'/dev/../a'}],'volumeMounts':[{'name':'v',"
                + "'mountPath':'/a'}]",
            C
                + "volumeMounts[0].name: Invalid value: \"v\": must not already exist in"
                + " volumeDevices",
            C
                + "volumeDevices[0].name: Invalid value: \"v\": can only use volume source type of"
                + " PersistentVolumeClaim or Ephemeral for block mode",
            C
                + "volumeDevices[0].devicePath: Invalid value: \"/dev/../a\": can not contain"
                + " backsteps ('..')",
            C
                + "volumeDevices[0].name: Invalid value: \"v\": must not already exist in"
                + " volumeMounts"));
  }

  static Stream<Arguments> volumes() {
    return Stream.of(
        volume(
            "'emptyDir':{},'nfs':{'server':'s','path':'p'}",
            V + "nfs: Forbidden: may not specify more than 1 volume type"),
        volume(
            "'nfs':{'path':'p'}",
            V + "nfs.server: Required value",
            V + "nfs.path: Invalid value: \"p\": must be an absolute path"),
        volume(
            "'gcePersistentDisk':{'pdName':'','partition':256}",
            V + "persistentDisk.pdName: Required value",
            V
                + "persistentDisk.partition: Invalid value: 256: must be between 1 and 255,"
                + " inclusive"),
        volume(
            "'iscsi':{'targetPortal':'t','iqn':'iqn.x','lun':256}",
            V + "iscsi.iqn: Invalid value: \"iqn.x\": must be valid format",
            V + "iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive"),
        volume(
            "'fc':{'targetWWNs':['a']}",
            V + "fc.lun: Required value: lun is required if targetWWNs is specified"),
        volume(
            "'csi':{'driver':'a_b','nodePublishSecretRef':{'name':''}}",
            V
                + "csi.driver: Invalid value: \"a_b\": a lowercase RFC 1123 subdomain must consist"
                + " of lower case alphanumeric characters, '-' or '.', and must start and end with"
                + " an alphanumeric character (e.g. 'example.com', regex used for validation is"
                + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
            V + "csi.nodePublishSecretRef.name: Required value"),
        volume(
            "'flexVolume':{'driver':'','options':{'a.kubernetes.io/b':''}}",
            V + "flexVolume.driver: Required value",
            V
                + "flexVolume.options[a.kubernetes.io/b]: Invalid value: \"a.kubernetes.io/b\":"
                + " kubernetes.io and k8s.io namespaces are reserved"),
        volume("'image':{}", V + "image.reference: Required value"),
        volume(
            "'ephemeral':{'volumeClaimTemplate':{'metadata':{'name':'x'},'spec':{'accessModes':"
                + "['ReadWriteOncePod','ReadWriteOnce'],'dataSource':{'kind':'Pod','name':'d'}}}}",
            V + "ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set",
            V
                + "ephemeral.volumeClaimTemplate.spec.accessModes: Forbidden: may not use"
                + " ReadWriteOncePod with other access modes",
            V + "ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value",
            V
                + "ephemeral.volumeClaimTemplate.spec.dataSource: Invalid value: \"Pod\": must be"
                + " 'PersistentVolumeClaim' when referencing the default apiGroup"),
        pod(
            "'volumes':[{'name':'v','ephemeral':{'volumeClaimTemplate':{'spec':{'accessModes':"
                + "['ReadWriteOnce'],'resources':{'requests':{'storage':'1'}}}}}},{'name':'w',"
                + "'persistentVolumeClaim':{'claimName':'p-v'}}]",
            "spec.volumes[1].persistentVolumeClaim.claimName: Invalid value: \"p-v\": must not"
                + " reference a PVC that gets created for an ephemeral volume"));
  }

  static Stream<Arguments> systems() {
    return Stream.of(
        pod(
            "'os':{'name':'plan9'}",
            "spec.os: Unsupported value: \"plan9\": supported values: \"linux\", \"windows\""),
        pod(
            "'os':{'name':'linux'},'containers':[{'name':'c','image':'i','securityContext':"
                + "{'windowsOptions':{}}}]",
            C
                + "securityContext.windowsOptions: Forbidden: windows options cannot be set for a"
                + " linux pod"),
        pod(
            "'os':{'name':'windows'},'hostPID':true,'securityContext':{'runAsUser':1},"
                + "'containers':[{'name':'c','image':'i','securityContext':{'capabilities':{}}}]",
            "spec.hostPID: Forbidden: cannot be set for a windows pod",
            "spec.securityContext.runAsUser: Forbidden: cannot be set for a windows pod",
            C + "securityContext.capabilities: Forbidden: cannot be set for a windows pod"),
        pod(
            "'securityContext':{'windowsOptions':{'hostProcess':true,'runAsUserName':'a\\\\b\\\\c'}}",
            "spec.securityContext.windowsOptions.runAsUserName: Invalid value: \"a\\\\b\\\\c\":"
                + " runAsUserName cannot contain more than one backslash",
            "spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any"
                + " hostProcess containers"),
        pod(
            "'hostUsers':false,'hostNetwork':true,'hostPID':true",
            "spec.hostNetwork: Forbidden: when `hostUsers` is false",
            "spec.HostPID: Forbidden: when `hostUsers` is false"),
        pod(
            "'hostnameOverride':'A','setHostnameAsFQDN':true",
            "spec.hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true",
            "spec.hostnameOverride: Invalid value: \"A\": a lowercase RFC 1123 subdomain must"
                + " consist of lower case alphanumeric characters, '-' or '.', and must start and"
                + " end with an alphanumeric character (e.g. 'example.com', regex used for"
                + " validation is"
                + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"),
        pod(
            "'securityContext':{'seLinuxChangePolicy':'MountOption'}",
            "spec.securityContext.seLinuxChangePolicy: Unsupported value: \"MountOption\":"
                + " supported values: \"Recursive\""),
        pod(
            "'resources':{'requests':{'cpu':'1'},'limits':{'cpu':'2','storage':'1'}},"
                + "'containers':[{'name':'c','image':'i','resources':{'requests':{'cpu':'1500m'},"
                + "'limits':{'cpu':'3'}}}]",
            "spec.resources.limits[storage]: Unsupported value: \"storage\": supported values:"
                + " \"cpu\", \"memory\"",
            "spec.resources.requests[cpu]: Invalid value: \"1\": must be greater than or equal to"
                + " aggregate container requests of 1500m",
            "spec.resources.containers[0][cpu].limits: Invalid value: \"3\": must be less than or"
                + " equal to pod limits of 2"),
        pod(
            "'resourceClaims':[{'name':'a'}]",
            "spec.resourceClaims[0]: Invalid value: {\"Name\":\"a\",\"ResourceClaimName\":null,"
                + "\"ResourceClaimTemplateName\":null}: must specify one of: `resourceClaimName`,"
                + " `resourceClaimTemplateName`"));
  }

  static Stream<Arguments> placement() {
    String spread =
        "'topologySpreadConstraints':[{'maxSkew':1,'topologyKey':'z','whenUnsatisfiable':'%s'%s}]";
    String at = "spec.topologySpreadConstraints[0]";
    return Stream.of(
        pod(
            spread.formatted("ScheduleAnyway", ",'minDomains':0,'nodeTaintsPolicy':'Ask'"),
            at + ".minDomains: Invalid value: 0: must be greater than zero",
            at
                + ".minDomains: Invalid value: 0: can only use minDomains if"
                + " whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway",
            at
                + ".nodeTaintsPolicy: Unsupported value: \"Ask\": supported values: \"Honor\","
                + " \"Ignore\""),
        pod(
            spread.formatted("DoNotSchedule", ",'matchLabelKeys':['a']"),
            at + ".matchLabelKeys: Forbidden: must not be specified when labelSelector is not set"),
        Arguments.of(
            "{'metadata':{'name':'p','labels':{'a':'b'}},'spec':{'containers':[{'name':'c',"
                + "'image':'i'}],"
                + spread.formatted(
                    "DoNotSchedule",
                    ",'matchLabelKeys':['a'],'labelSelector':{'matchLabels':{'a':'x'}}")
                + "}}",
            List.of(
                at + "[0]: Invalid value: \"a\": exists in both matchLabelKeys and labelSelector")),
        pod(
            "'affinity':{'nodeAffinity':{'preferredDuringSchedulingIgnoredDuringExecution':"
                + "[{'weight':1,'preference':{'matchExpressions':[{'key':'a','operator':'In',"
                + "'values':['-']}]}}]}}"),
        pod(
            "'tolerations':[{'key':'a','operator':'Lt','value':'1'}]",
            "spec.tolerations[0].operator: Unsupported value: \"Lt\": supported values: \"Equal\","
                + " \"Exists\", \"Lt\", \"Gt\""),
        pod("'dnsConfig':{'searches':['_a.b.','.']}"),
        pod(
            "'nodeName':'n','schedulingGates':[{'name':'g'}]",
            "spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared"),
        pod(
            "'ephemeralContainers':[{'name':'e','image':'i'}]",
            "spec.ephemeralContainers: Forbidden: cannot be set on create"),
        pod(
            "'overhead':{'cpus':'1'}",
            "spec.overhead.limits[cpus]: Invalid value: \"cpus\": must be a standard resource type"
                + " or fully qualified",
            "spec.overhead.limits[cpus]: Invalid value: \"cpus\": must be a standard resource for"
                + " containers"));
  }

  static Stream<Arguments> annotations() {
    String appArmor = "container.apparmor.security.beta.kubernetes.io/";
    String seccomp = "container.seccomp.security.alpha.kubernetes.io/c";
    return Stream.of(
        annotated(
            "'" + appArmor + "d':'own'",
            "",
            "metadata.annotations[" + appArmor + "d]: Invalid value: \"d\": container not found",
            "metadata.annotations["
                + appArmor
                + "d]: Invalid value: \"own\": invalid AppArmor profile name: \"own\""),
        annotated(
            "'" + appArmor + "c':'localhost/a'",
            ",'securityContext':{'appArmorProfile':{'type':'Localhost','localhostProfile':'b'}}",
            C
                + "securityContext.appArmorProfile.localhostProfile: Forbidden: apparmor profile in"
                + " annotation and field must match"),
        annotated(
            "'" + seccomp + "':'docker/default'",
            ",'securityContext':{'seccompProfile':{'type':'Unconfined'}}",
            C
                + "securityContext.seccompProfile.type: Forbidden: seccomp type in annotation and"
                + " field must match"),
        annotated(
            "'" + seccomp + "':'localhost/../a'",
            "",
            "metadata.annotations." + seccomp + ": Invalid value: \"../a\": must not contain '..'"),
        annotated(
            "'scheduler.alpha.kubernetes.io/tolerations':'[{\\\"key\\\":\\\"a\\\",\\\"operator\\\""
                + ":\\\"Has\\\"}]'",
            "",
            "metadata.annotations.scheduler.alpha.kubernetes.io/tolerations[0].operator:"
                + " Unsupported value: \"Has\": supported values: \"Equal\", \"Exists\""));
  }

  @ParameterizedTest
  @MethodSource({"containers", "volumes", "systems", "placement", "annotations"})
  void isRefused(String pod, List<String> messages) {
    assertThat(errors(CoreV1.PODS, pod)).containsExactlyElementsOf(messages);
  }
}
