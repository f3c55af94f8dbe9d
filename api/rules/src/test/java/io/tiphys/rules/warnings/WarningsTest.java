package io.tiphys.rules.warnings;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiObject;
import io.tiphys.api.AppsV1;
import io.tiphys.api.BatchV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.Resource;
import io.tiphys.api.Resources;
import io.tiphys.rules.ResourceRules;
import io.tiphys.rules.Rules;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Objects and what upstream warns of when they are created. */
class WarningsTest {
  private static final String DOTS =
      "which can result in surprising behavior; a DNS label is recommended: [must not contain"
          + " dots]";

  private static <T extends ApiObject> T read(Resource<T> resource, String json) {
    byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    T object = ObjectCodec.fromJson(resource.type(), bytes);
    return Rules.of(resource).defaults(object);
  }

  private static <T extends ApiObject> List<String> onCreate(Resource<T> resource, String json) {
    return Rules.of(resource).warningsOnCreate(read(resource, json));
  }

  private static <T extends ApiObject> List<String> onUpdate(
      Resource<T> resource, String json, String old) {
    ResourceRules<T> rules = Rules.of(resource);
    return rules.warningsOnUpdate(read(resource, json), read(resource, old));
  }

  private static Resource<?> resource(String qualifiedName) {
    return Resources.all().stream()
        .filter(each -> each.qualifiedName().equals(qualifiedName))
        .filter(each -> !each.version().contains("alpha"))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      textBlock =
          """
          persistentvolumes # {'spec':{'persistentVolumeReclaimPolicy':'Recycle'}} # spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.
          persistentvolumes # {'metadata':{'annotations':{'volume.beta.kubernetes.io/mount-options':'x'}},'spec':{}} # metadata.annotations[volume.beta.kubernetes.io/mount-options]: deprecated since v1.31; use "mountOptions" attribute instead
          persistentvolumes # {'spec':{'rbd':{}}} # spec.rbd: deprecated in v1.28, non-functional in v1.31+
          persistentvolumes # {'spec':{'nodeAffinity':{'required':{'nodeSelectorTerms':[{'matchExpressions':[{'key':'beta.kubernetes.io/os','operator':'Exists'}]}]}}}} # spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].key: beta.kubernetes.io/os is deprecated since v1.14; use "kubernetes.io/os" instead
          persistentvolumeclaims # {'metadata':{'annotations':{'volume.beta.kubernetes.io/storage-class':'x'}}} # metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use "storageClassName" attribute instead
          persistentvolumeclaims # {'spec':{'resources':{'requests':{'storage':'100500m'}}}} # spec.resources.requests[storage]: fractional byte value "100500m" is invalid, must be an integer
          storageclasses.storage.k8s.io # {'allowedTopologies':[{'matchLabelExpressions':[{'key':'failure-domain.beta.kubernetes.io/zone','values':['a']}]}]} # allowedTopologies[0].matchLabelExpressions[0].key: deprecated since v1.17; use "topology.kubernetes.io/zone" instead
          endpointslices.discovery.k8s.io # {'addressType':'FQDN'} # spec.addressType: FQDN endpoints are deprecated
          endpointslices.discovery.k8s.io # {'addressType':'IPv6','endpoints':[{'addresses':['2001:DB8::0']}]} # endpoints[0].addresses[0]: IPv6 address "2001:DB8::0" should be in RFC 5952 canonical format ("2001:db8::")
          endpoints # {'subsets':[{'addresses':[{'ip':'010.1.2.3'}]}]} # subsets[0].addresses[0].ip: non-standard IP address "010.1.2.3" is invalid: use "10.1.2.3"
          endpoints # {'subsets':[{'notReadyAddresses':[{'ip':'::ffff:1.2.3.4'}]}]} # subsets[0].notReadyAddresses[0].ip: non-standard IP address "::ffff:1.2.3.4" is invalid: use "1.2.3.4"
          secrets # {'type':'kubernetes.io/tls','data':{'tls.crt':'YQ==','tls.key':'YQ=='}} # tls: failed to find any PEM data in certificate input
          secrets # {'type':'kubernetes.io/tls','data':{'tls.crt':'LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCllRPT0KLS0tLS1FTkQgUFJJVkFURSBLRVktLS0tLQo=','tls.key':'LS0tLS1CRUdJTiB4LS0tLS0KWVE9PQotLS0tLUVORCB4LS0tLS0K'}} # tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched
          secrets # {'type':'kubernetes.io/tls','data':{'tls.crt':'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCllRPT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=','tls.key':'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCllRPT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo='}} # tls: found a certificate rather than a key in the PEM for the private key
          secrets # {'type':'kubernetes.io/tls','data':{'tls.crt':'LS0tLS1CRUdJTiBYNTA5IENSTC0tLS0tCllRPT0KLS0tLS1FTkQgWDUwOSBDUkwtLS0tLQo=','tls.key':'LS0tLS1CRUdJTiB4LS0tLS0KWVE9PQotLS0tLUVORCB4LS0tLS0K'}} # tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [X509 CRL]
          secrets # {'type':'kubernetes.io/tls','data':{'tls.crt':'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCllRPT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=','tls.key':'LS0tLS1CRUdJTiBFQyBQQVJBTUVURVJTLS0tLS0KWVE9PQotLS0tLUVORCBFQyBQQVJBTUVURVJTLS0tLS0K'}} # tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [EC PARAMETERS]
          resourcequotas # {'spec':{'hard':{'cpu':'2','limits.cpu':'1'}}} # ResourceQuota cpu (2) should be less than limits.cpu (1)
          serviceaccounts # {'metadata':{'annotations':{'kubernetes.io/enforce-mountable-secrets':'true'}}} # metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets
          nodes # {'spec':{'externalID':'x'}} # spec.externalID: this field is deprecated, and is unused by Kubernetes
          nodes # {'spec':{'podCIDRs':['10.0.0.1/24']}} # spec.podCIDRs[0]: CIDR value "10.0.0.1/24" is ambiguous in this context (should be "10.0.0.0/24" or "10.0.0.1/32"?)
          nodes # {'spec':{'podCIDRs':['010.0.0.0/24']}} # spec.podCIDRs[0]: non-standard CIDR value "010.0.0.0/24" is invalid: use "10.0.0.0/24"
          nodes # {'spec':{'podCIDRs':['FD00::/64']}} # spec.podCIDRs[0]: IPv6 CIDR value "FD00::/64" should be in RFC 5952 canonical format ("fd00::/64")
          services # {'spec':{'type':'ClusterIP','externalName':'x'}} # spec.externalName is ignored when spec.type is not "ExternalName"
          services # {'spec':{'externalIPs':['1.2.3.4']}} # spec.externalIPs is deprecated and may no longer be implemented in some clusters
          services # {'spec':{'trafficDistribution':'PreferClose'}} # spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"
          services # {'metadata':{'annotations':{'service.kubernetes.io/topology-aware-hints':'auto'}},'spec':{}} # annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead
          podtemplates # {'template':{'spec':{'nodeSelector':{'beta.kubernetes.io/arch':'a'}}}} # template.spec.nodeSelector[beta.kubernetes.io/arch]: deprecated since v1.14; use "kubernetes.io/arch" instead
          deployments.apps # {'metadata':{'name':'a'},'spec':{'template':{'spec':{'nodeSelector':{'beta.kubernetes.io/arch':'a'}}}}} # spec.template.spec.nodeSelector[beta.kubernetes.io/arch]: deprecated since v1.14; use "kubernetes.io/arch" instead
          replicasets.apps # {'metadata':{'name':'a'},'spec':{'template':{'spec':{'containers':[{'name':'c','resources':{'limits':{'memory':'1500m'}}}]}}}} # spec.template.spec.containers[0].resources.limits[memory]: fractional byte value "1500m" is invalid, must be an integer
          replicationcontrollers # {'metadata':{'name':'a'},'spec':{'template':{'spec':{'terminationGracePeriodSeconds':-1}}}} # spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1
          daemonsets.apps # {'spec':{'template':{'metadata':{'annotations':{'container.apparmor.security.beta.kubernetes.io/c':'unconfined'}},'spec':{'containers':[{'name':'c'}]}}}} # spec.template.metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated since v1.30; use the "appArmorProfile" field instead
          statefulsets.apps # {'spec':{'revisionHistoryLimit':-1}} # spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended
          statefulsets.apps # {'spec':{'volumeClaimTemplates':[{'spec':{'resources':{'requests':{'storage':'100500m'}}}}]}} # spec.volumeClaimTemplates[0].resources.requests[storage]: fractional byte value "100500m" is invalid, must be an integer
          jobs.batch # {'metadata':{'name':'a'},'spec':{'completionMode':'Indexed','completions':100001,'parallelism':10001,'template':{}}} # spec: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail
          cronjobs.batch # {'metadata':{'name':'a'},'spec':{'jobTemplate':{'spec':{'template':{'spec':{'nodeSelector':{'beta.kubernetes.io/arch':'a'}}}}}}} # spec.jobTemplate.spec.template.spec.nodeSelector[beta.kubernetes.io/arch]: deprecated since v1.14; use "kubernetes.io/arch" instead
          pods # {'metadata':{'name':'a','annotations':{'scheduler.alpha.kubernetes.io/critical-pod':''}},'spec':{}} # metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "priorityClassName" field instead
          pods # {'metadata':{'name':'a'},'spec':{'volumes':[{'name':'v','gitRepo':{}}]}} # spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+
          pods # {'metadata':{'name':'a'},'spec':{'volumes':[{'name':'v','configMap':{'name':'m','items':[{'key':'a','path':'p'},{'key':'b','path':'p/q/'}]}}]}} # volume "v" (ConfigMap "m"): overlapping paths: "p/q" with "p"
          pods # {'metadata':{'name':'a'},'spec':{'volumes':[{'name':'v','projected':{'sources':[{}]}}]}} # volume "v" (Projected) has no sources provided
          pods # {'metadata':{'name':'a'},'spec':{'volumes':[{'name':'v','projected':{'sources':[{'secret':{'name':'s','items':[{'key':'a','path':'t'}]}},{'serviceAccountToken':{'path':'t'}}]}}]}} # volume "v" (Projected): overlapping paths: "t" (ServiceAccountToken) with "t" (Secret "s")
          pods # {'metadata':{'name':'a'},'spec':{'hostAliases':[{'ip':'1.1.1.1'},{'ip':'1.1.1.1'}]}} # spec.hostAliases[1].ip: duplicate ip "1.1.1.1"
          pods # {'metadata':{'name':'a'},'spec':{'imagePullSecrets':[{'name':'s'},{'name':'s'}]}} # spec.imagePullSecrets[1].name: duplicate name "s"
          pods # {'metadata':{'name':'a'},'spec':{'imagePullSecrets':[{}]}} # spec.imagePullSecrets[0].name: invalid empty name ""
          pods # {'metadata':{'name':'a'},'spec':{'containers':[{'name':'c','env':[{'name':'X','value':'1'},{'name':'X','value':'2'}]}]}} # spec.containers[0].env[1]: hides previous definition of "X", which may be dropped when using apply
          pods # {'metadata':{'name':'a'},'spec':{'containers':[{'name':'c','ports':[{'containerPort':80},{'containerPort':80,'hostPort':81}]}]}} # spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]
          pods # {'metadata':{'name':'a'},'spec':{'containers':[{'name':'c','ports':[{'name':'p','containerPort':80}]},{'name':'d','ports':[{'name':'p','containerPort':81}]}]}} # spec.containers[1].ports[0]: duplicate port name "p" with spec.containers[0].ports[0], services and probes that select ports by name will use spec.containers[0].ports[0]
          pods # {'metadata':{'name':'a'},'spec':{'containers':[{'name':'c','ports':[{'containerPort':80,'hostIP':'1.1.1.1'}]}]}} # spec.containers[0].ports[0]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:80 Protocol:TCP HostIP:1.1.1.1}
          pods # {'metadata':{'name':'a'},'spec':{'topologySpreadConstraints':[{'topologyKey':'z'}]}} # spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod
          pods # {'metadata':{'name':'a'},'spec':{'affinity':{'podAntiAffinity':{'preferredDuringSchedulingIgnoredDuringExecution':[{'weight':1,'podAffinityTerm':{'topologyKey':'z'}}]}}}} # spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.labelSelector: a null labelSelector results in matching no pod
          pods # {'metadata':{'name':'a'},'spec':{'dnsConfig':{'nameservers':['::FFFF']}}} # spec.dnsConfig.nameservers[0]: IPv6 address "::FFFF" should be in RFC 5952 canonical format ("::ffff")
          """)
  void whatIsDeprecatedOrStrangeIsToldInUpstreamsWords(
      String resource, String json, String warning) {
    assertThat(onCreate(resource(resource), json)).containsExactly(warning);
  }

  @Test
  void slashesBehindAPathDoNotCountHoweverManyAreWithinIt() {
    String pod =
        "{'metadata':{'name':'a'},'spec':{'volumes':[{'name':'v','configMap':{'name':'m','items':"
            + "[{'key':'a','path':'%s'},{'key':'b','path':'p//'}]}}]}}";
    assertThat(onCreate(CoreV1.PODS, pod.formatted("/".repeat(1_000_000) + "x"))).isEmpty();
    assertThat(onCreate(CoreV1.PODS, pod.formatted("p///")))
        .containsExactly("volume \"v\" (ConfigMap \"m\"): overlapping paths: \"p\" with \"p\"");
  }

  @Test
  void namesThatBecomeHostNamesAreLabels() {
    String named = "{'metadata':{'name':'w.dots'},'spec':{'template':{}}}";
    assertThat(onCreate(CoreV1.PODS, "{'metadata':{'name':'w.dots'}}"))
        .containsExactly("metadata.name: this is used in the Pod's hostname, " + DOTS);
    String pods = "metadata.name: this is used in Pod names and hostnames, " + DOTS;
    assertThat(onCreate(AppsV1.DEPLOYMENTS, named)).containsExactly(pods);
    assertThat(onCreate(AppsV1.REPLICASETS, named)).containsExactly(pods);
    assertThat(onCreate(CoreV1.REPLICATIONCONTROLLERS, named)).containsExactly(pods);
    assertThat(onCreate(BatchV1.JOBS, named)).containsExactly(pods);
    assertThat(onCreate(BatchV1.CRONJOBS, "{'metadata':{'name':'w.dots'}}")).containsExactly(pods);
  }

  @Test
  void headlessServicesIgnoreWhatNeedsAnAddress() {
    String service =
        "{'spec':{'clusterIP':'None','externalIPs':['1.2.3.4'],'sessionAffinity':'ClientIP'}}";
    assertThat(onCreate(CoreV1.SERVICES, service))
        .containsExactly(
            "spec.externalIPs is ignored for headless services",
            "spec.SessionAffinity is ignored for headless services");
  }

  @Test
  void templatesAreLookedAtAgainOnlyWhenTheWishHasChanged() {
    String template =
        "{'metadata':{'name':'a','generation':%d},'spec':{'template':{'spec':"
            + "{'nodeSelector':{'beta.kubernetes.io/arch':'a'}}}}}";
    for (Resource<?> each :
        List.of(AppsV1.DEPLOYMENTS, AppsV1.REPLICASETS, AppsV1.STATEFULSETS, BatchV1.JOBS)) {
      assertThat(onUpdate(each, template.formatted(1), template.formatted(1))).isEmpty();
      assertThat(onUpdate(each, template.formatted(2), template.formatted(1))).hasSize(1);
    }
  }

  @Test
  void addressesInAStatusAreLookedAt() {
    String pod = "{'metadata':{'name':'a'},'status':{'podIPs':[{'ip':'::FFFF'}]}}";
    assertThat(onStatus(CoreV1.PODS, pod))
        .containsExactly(
            "status.podIPs[0].ip: IPv6 address \"::FFFF\" should be in RFC 5952 canonical format"
                + " (\"::ffff\")");
    String service =
        "{'status':{'loadBalancer':{'ingress':[{'ip':'010.0.0.1'},{'hostname':'h'}]}}}";
    assertThat(onStatus(CoreV1.SERVICES, service))
        .containsExactly(
            "status.loadBalancer.ingress[0]: non-standard IP address \"010.0.0.1\" is invalid: use"
                + " \"10.0.0.1\"");
  }

  private static <T extends ApiObject> List<String> onStatus(Resource<T> resource, String json) {
    T object = read(resource, json);
    return Objects.requireNonNull(Rules.of(resource).subresources().get("status"))
        .warningsOnUpdate(object, object);
  }

  @Test
  void podsAreNotLookedAtAgain() {
    String odd = "{'metadata':{'name':'w.dots'}}";
    assertThat(onUpdate(CoreV1.PODS, odd, odd)).isEmpty();
  }

  @Test
  void addressesOfTheControllersAreInOrder() {
    String own =
        "{'metadata':{'labels':{'endpoints.kubernetes.io/managed-by':'endpoint-controller'}},"
            + "'subsets':[{'addresses':[{'ip':'010.1.2.3'}]}]}";
    assertThat(onCreate(CoreV1.ENDPOINTS, own)).isEmpty();
  }

  @Test
  void schedulesWithATimeZoneInThemAreToldOfTheField() {
    String old = "{'metadata':{'name':'a'},'spec':{'schedule':'TZ=UTC @daily'}}";
    assertThat(onUpdate(BatchV1.CRONJOBS, old, old))
        .singleElement()
        .asString()
        .startsWith("cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead");
  }
}
