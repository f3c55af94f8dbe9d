package io.tiphys.server.admission.podsecurity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ObjectCodec;
import io.tiphys.api.core.v1.Pod;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every check of the pod security standards, in the versions in which it changed. */
class PodSecurityChecksTest {
  private static final Evaluator EVALUATOR = Evaluator.standard();

  /** A container that meets everything, but for what a case adds. */
  private static final String FIT =
      "{'name':'c','securityContext':{'allowPrivilegeEscalation':false,'runAsNonRoot':true,"
          + "'capabilities':{'drop':['ALL']},'seccompProfile':{'type':'RuntimeDefault'}}}";

  private static String evaluate(String level, String version, String pod) {
    String json = pod.replace("FIT", FIT).replace('\'', '"').replace('`', '\'');
    Pod read = ObjectCodec.fromJson(Pod.TYPE, json.getBytes(StandardCharsets.UTF_8));
    LevelVersion wanted = new LevelVersion(parsed(level), version(version));
    return Finding.details(EVALUATOR.evaluate(wanted, Candidate.of(read.metadata(), read.spec())));
  }

  private static Level parsed(String level) {
    return java.util.Objects.requireNonNull(Level.parse(level));
  }

  private static PolicyVersion version(String version) {
    return java.util.Objects.requireNonNull(PolicyVersion.parse(version));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      textBlock =
          """
          v1.0   # {'containers':[{'name':'c'}]} # ~~
          latest # {'hostNetwork':true,'hostPID':true,'hostIPC':true} # host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)
          latest # {'volumes':[{'name':'v','hostPath':{'path':'/'}}]} # hostPath volumes (volume "v")
          latest # {'volumes':[{'name':'v','hostPath':{'path':'/'}},{'name':'w','hostPath':{'path':'/'}}]} # hostPath volumes (volumes "v", "w")
          latest # {'containers':[{'name':'c','ports':[{'hostPort':80},{'hostPort':443}]}]} # hostPort (container "c" uses hostPorts 443, 80)
          latest # {'initContainers':[{'name':'i','ports':[{'hostPort':80}]}],'containers':[{'name':'c','ports':[{'hostPort':80}]}]} # hostPort (containers "i", "c" use hostPort 80)
          latest # {'containers':[{'name':'c','securityContext':{'privileged':true}}]} # privileged (container "c" must not set securityContext.privileged=true)
          latest # {'ephemeralContainers':[{'name':'e','securityContext':{'privileged':true}}]} # privileged (container "e" must not set securityContext.privileged=true)
          latest # {'containers':[{'name':'c','securityContext':{'capabilities':{'add':['KILL','NET_RAW','NET_ADMIN']}}}]} # non-default capabilities (container "c" must not include "NET_ADMIN", "NET_RAW" in securityContext.capabilities.add)
          v1.33  # {'containers':[{'name':'c','livenessProbe':{'httpGet':{'host':'h'}}}]} # ~~
          v1.34  # {'containers':[{'name':'c','livenessProbe':{'httpGet':{'host':'h'}},'lifecycle':{'preStop':{'tcpSocket':{'host':'g'}}}}]} # probe or lifecycle host (container "c" uses probe or lifecycle hosts "g", "h")
          latest # {'containers':[{'name':'c','securityContext':{'procMount':'Unmasked'}}]} # procMount (container "c" must not set securityContext.procMount to "Unmasked")
          v1.34  # {'hostUsers':false,'containers':[{'name':'c','securityContext':{'procMount':'Unmasked'}}]} # procMount (container "c" must not set securityContext.procMount to "Unmasked")
          v1.35  # {'hostUsers':false,'containers':[{'name':'c','securityContext':{'procMount':'Unmasked'}}]} # ~~
          v1.30  # {'securityContext':{'seLinuxOptions':{'type':'container_engine_t'}}} # seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "container_engine_t")
          v1.31  # {'securityContext':{'seLinuxOptions':{'type':'container_engine_t'}}} # ~~
          latest # {'securityContext':{'seLinuxOptions':{'user':'u'}},'containers':[{'name':'c','securityContext':{'seLinuxOptions':{'role':'r','type':'t'}}}]} # seLinuxOptions (pod and container "c" set forbidden securityContext.seLinuxOptions: type "t"; user may not be set; role may not be set)
          latest # {'securityContext':{'appArmorProfile':{'type':'Unconfined'}}} # forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")
          v1.19  # {'securityContext':{'seccompProfile':{'type':'Unconfined'}}} # seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")
          v1.18  # {'securityContext':{'seccompProfile':{'type':'Unconfined'}}} # ~~
          v1.26  # {'securityContext':{'sysctls':[{'name':'kernel.shm_rmid_forced'},{'name':'net.ipv4.ip_local_reserved_ports'}]}} # forbidden sysctls (net.ipv4.ip_local_reserved_ports)
          v1.27  # {'securityContext':{'sysctls':[{'name':'net.ipv4.ip_local_reserved_ports'},{'name':'net.ipv4.tcp_fin_timeout'}]}} # forbidden sysctls (net.ipv4.tcp_fin_timeout)
          v1.29  # {'securityContext':{'sysctls':[{'name':'net.ipv4.tcp_fin_timeout'},{'name':'net.ipv4.tcp_rmem'}]}} # forbidden sysctls (net.ipv4.tcp_rmem)
          v1.32  # {'securityContext':{'sysctls':[{'name':'net.ipv4.tcp_rmem'},{'name':'kernel.msgmax'}]}} # forbidden sysctls (kernel.msgmax)
          latest # {'securityContext':{'windowsOptions':{'hostProcess':true}},'containers':[{'name':'c','securityContext':{'windowsOptions':{'hostProcess':true}}}]} # hostProcess (pod and container "c" must not set securityContext.windowsOptions.hostProcess=true)
          v1.99  # {'hostNetwork':true} # host namespaces (hostNetwork=true)
          """)
  void theBaseline(String version, String spec, String expected) {
    assertThat(evaluate("baseline", version, "{'spec':" + spec + "}")).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      textBlock =
          """
          latest # {'container.apparmor.security.beta.kubernetes.io/c':'unconfined'} # forbidden AppArmor profile (annotation must not set AppArmor profile type to "container.apparmor.security.beta.kubernetes.io/c="unconfined"")
          latest # {'container.apparmor.security.beta.kubernetes.io/c':'localhost/x'} # ~~
          v1.18  # {'seccomp.security.alpha.kubernetes.io/pod':'unconfined','container.seccomp.security.alpha.kubernetes.io/c':'x','container.seccomp.security.alpha.kubernetes.io/other':'x'} # seccompProfile (forbidden annotations container.seccomp.security.alpha.kubernetes.io/c="x", seccomp.security.alpha.kubernetes.io/pod="unconfined")
          v1.18  # {'seccomp.security.alpha.kubernetes.io/pod':'docker/default'} # ~~
          v1.19  # {'seccomp.security.alpha.kubernetes.io/pod':'unconfined'} # ~~
          """)
  void theBaselineOfAnnotations(String version, String annotations, String expected) {
    String pod =
        "{'metadata':{'annotations':" + annotations + "},'spec':{'containers':[{'name':'c'}]}}";
    assertThat(evaluate("baseline", version, pod)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      textBlock =
          """
          latest # {'containers':[FIT]} # ~~
          v1.7   # {'containers':[{'name':'c'}]} # runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true)
          v1.8   # {'containers':[{'name':'c','securityContext':{'runAsNonRoot':true}}]} # allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false)
          latest # {'containers':[{'name':'c'}]} # allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")
          latest # {'os':{'name':'windows'},'containers':[{'name':'c','securityContext':{'runAsNonRoot':true}}]} # ~~
          v1.24  # {'os':{'name':'windows'},'containers':[{'name':'c','securityContext':{'runAsNonRoot':true,'allowPrivilegeEscalation':false,'capabilities':{'drop':['ALL']}}}]} # seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")
          latest # {'containers':[{'name':'c','securityContext':{'allowPrivilegeEscalation':false,'runAsNonRoot':true,'capabilities':{'drop':['ALL'],'add':['NET_BIND_SERVICE','KILL']},'seccompProfile':{'type':'Localhost'}}}]} # unrestricted capabilities (container "c" must not include "KILL" in securityContext.capabilities.add)
          v1.21  # {'securityContext':{'runAsNonRoot':true,'seccompProfile':{'type':'RuntimeDefault'}},'containers':[{'name':'c','securityContext':{'allowPrivilegeEscalation':false,'capabilities':{'add':['NET_RAW']}}}]} # non-default capabilities (container "c" must not include "NET_RAW" in securityContext.capabilities.add)
          latest # {'securityContext':{'runAsNonRoot':false},'containers':[FIT]} # runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)
          v1.22  # {'securityContext':{'runAsUser':0},'containers':[FIT]} # ~~
          v1.23  # {'securityContext':{'runAsUser':0},'containers':[FIT]} # runAsUser=0 (pod must not set runAsUser=0)
          v1.35  # {'hostUsers':false,'securityContext':{'runAsUser':0,'runAsNonRoot':false},'containers':[FIT]} # ~~
          v1.34  # {'hostUsers':false,'securityContext':{'runAsUser':0},'containers':[FIT]} # runAsUser=0 (pod must not set runAsUser=0)
          latest # {'securityContext':{'seccompProfile':{'type':'Unconfined'}},'containers':[FIT]} # seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")
          v1.18  # {'containers':[{'name':'c','securityContext':{'allowPrivilegeEscalation':false,'runAsNonRoot':true}}]} # ~~
          v1.35  # {'hostUsers':false,'containers':[FIT,{'name':'d','securityContext':{'procMount':'Unmasked','allowPrivilegeEscalation':false,'capabilities':{'drop':['ALL']},'seccompProfile':{'type':'RuntimeDefault'}}}]} # procMount (container "d" must not set securityContext.procMount to "Unmasked")
          latest # {'containers':[FIT],'volumes':[{'name':'a','nfs':{}},{'name':'b','hostPath':{'path':'/'}},{'name':'c','configMap':{}},{'name':'d','csi':{}},{'name':'e','emptyDir':{}},{'name':'f','secret':{}},{'name':'g','projected':{}},{'name':'h','downwardAPI':{}},{'name':'i','ephemeral':{}},{'name':'j','persistentVolumeClaim':{}},{'name':'k','image':{}}]} # restricted volume types (volumes "a", "b" use restricted volume types "hostPath", "nfs")
          latest # {'containers':[FIT],'volumes':[{'name':'a'}]} # restricted volume types (volume "a" uses restricted volume type "unknown")
          """)
  void whatIsRestricted(String version, String spec, String expected) {
    assertThat(evaluate("restricted", version, "{'spec':" + spec + "}")).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "gitRepo",
    "iscsi",
    "glusterfs",
    "rbd",
    "flexVolume",
    "cinder",
    "cephfs",
    "flocker",
    "fc",
    "azureFile",
    "vsphereVolume",
    "quobyte",
    "azureDisk",
    "photonPersistentDisk",
    "portworxVolume",
    "scaleIO",
    "storageos"
  })
  void restrictedVolumesAreNamed(String type) {
    String pod = "{'spec':{'containers':[FIT],'volumes':[{'name':'v','" + type + "':{}}]}}";
    assertThat(evaluate("restricted", "latest", pod))
        .isEqualTo(
            "restricted volume types (volume \"v\" uses restricted volume type \"" + type + "\")");
  }
}
