package io.tiphys.rules;

import static io.tiphys.rules.Written.defaulted;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiObject;
import io.tiphys.api.AppsV1;
import io.tiphys.api.AppsV1alpha1;
import io.tiphys.api.BatchV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.RbacV1;
import io.tiphys.api.Resource;
import io.tiphys.codec.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Against upstream's the v1 packages of pkg/apis,/defaults.go. */
class DefaultsTest {
  private static final String POD = "'containers':[{'name':'c','image':'web'}]";
  private static final String TEMPLATE =
      "'template':{'metadata':{'labels':{'a':'b'}},'spec':{" + POD + "}}";
  private static final String POD_SPEC =
      "'containers':[{'name':'c','image':'web','imagePullPolicy':'Always',"
          + "'terminationMessagePath':'/dev/termination-log','terminationMessagePolicy':'File',"
          + "'resources':{}}],'dnsPolicy':'ClusterFirst','restartPolicy':'%s',"
          + "'schedulerName':'default-scheduler','securityContext':{},"
          + "'terminationGracePeriodSeconds':30";
  private static final String FULL_TEMPLATE =
      "'template':{'metadata':{'labels':{'a':'b'}},'spec':{" + POD_SPEC.formatted("Always") + "}}";

  private static <T extends ApiObject> void becomes(
      Resource<T> resource, String spec, String expected) {
    T once = defaulted(resource, "{'spec':{" + spec + "}}");
    assertThat(sorted(Objects.requireNonNull(tree(once).get("spec"))))
        .isEqualTo(sorted(Json.parse(("{" + expected + "}").replace('\'', '"'))));
    assertThat(Rules.of(resource).defaults(once)).as("defaults twice").isEqualTo(once);
  }

  private static Json.Obj tree(ApiObject object) {
    return ObjectCodec.toTree(object);
  }

  /** The text with the members of all objects in order. */
  private static String sorted(Json value) {
    return switch (value) {
      case Json.Obj object -> {
        List<String> members = new ArrayList<>();
        object.members().forEach((name, member) -> members.add(name + ":" + sorted(member)));
        members.sort(null);
        yield members.toString();
      }
      case Json.Arr array -> array.elements().stream().map(DefaultsTest::sorted).toList() + "";
      default -> value.text();
    };
  }

  @Test
  void podsRunAlwaysAndEndInHalfAMinute() {
    becomes(CoreV1.PODS, POD, POD_SPEC.formatted("Always") + ",'enableServiceLinks':true");
  }

  @Test
  void limitsAreRequestsOfPodsButNotOfTemplates() {
    var pod =
        defaulted(
            CoreV1.PODS,
            "{'spec':{'containers':[{'name':'c','image':'i','resources':{'limits':{'cpu':'1',"
                + "'memory':'1Gi'},'requests':{'cpu':'500m'}}}]}}");
    assertThat(pod.spec().containers().getFirst().resources().requests().toString())
        .contains("cpu=500m", "memory=1Gi");
    var set =
        defaulted(
            AppsV1.REPLICASETS,
            "{'spec':{'template':{'spec':{'containers':[{'name':'c','image':'i',"
                + "'resources':{'limits':{'cpu':'1'}}}]}}}}");
    assertThat(set.spec().template().spec().containers().getFirst().resources().requests())
        .isEmpty();
  }

  @Test
  void imagesWhoseTagMovesArePulledAlways() {
    assertThat(List.of("a", "a:latest", "r:5000/a", "a:latest@sha256:" + "0".repeat(64)))
        .allSatisfy(image -> assertThat(policyOf(image)).isEqualTo("Always"));
    assertThat(List.of("a:1", "r:5000/a:1", "a@sha256:" + "0".repeat(64)))
        .allSatisfy(image -> assertThat(policyOf(image)).isEqualTo("IfNotPresent"));
  }

  private static String policyOf(String image) {
    String json = "{'spec':{'containers':[{'name':'c','image':'" + image + "'}]}}";
    return defaulted(CoreV1.PODS, json).spec().containers().getFirst().imagePullPolicy();
  }

  @Test
  void deploymentsRollByQuarters() {
    becomes(
        AppsV1.DEPLOYMENTS,
        TEMPLATE,
        FULL_TEMPLATE
            + ",'selector':null,'replicas':1,'revisionHistoryLimit':10,'progressDeadlineSeconds':600"
            + ",'strategy':{'type':'RollingUpdate','rollingUpdate':{'maxSurge':'25%',"
            + "'maxUnavailable':'25%'}}");
  }

  @Test
  void statefulSetsGoInOrder() {
    becomes(
        AppsV1.STATEFULSETS,
        TEMPLATE,
        FULL_TEMPLATE
            + ",'selector':null,'serviceName':'','replicas':1,'revisionHistoryLimit':10,"
            + "'podManagementPolicy':'OrderedReady',"
            + "'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'Retain',"
            + "'whenScaled':'Retain'},'updateStrategy':{'type':'RollingUpdate',"
            + "'rollingUpdate':{'partition':0}}");
    var set =
        defaulted(AppsV1.STATEFULSETS, "{'spec':{'updateStrategy':{'type':'RollingUpdate'}}}");
    assertThat(set.spec().updateStrategy().rollingUpdate()).isNull();
  }

  @Test
  void daemonSetsReplaceOneAtATime() {
    becomes(
        AppsV1.DAEMONSETS,
        TEMPLATE,
        FULL_TEMPLATE
            + ",'selector':null,'revisionHistoryLimit':10,'updateStrategy':{"
            + "'type':'RollingUpdate',"
            + "'rollingUpdate':{'maxSurge':0,'maxUnavailable':1}}");
  }

  @Test
  void jobsRunOnceAndTakeTheLabelsOfTheirPods() {
    becomes(
        BatchV1.JOBS,
        TEMPLATE,
        FULL_TEMPLATE
            + ",'completions':1,'parallelism':1,'backoffLimit':6,'completionMode':'NonIndexed',"
            + "'suspend':false,'manualSelector':false,"
            + "'podReplacementPolicy':'TerminatingOrFailed'");
    var job = defaulted(BatchV1.JOBS, "{'spec':{" + TEMPLATE + "}}");
    assertThat(job.metadata().labels()).containsEntry("a", "b");
  }

  @Test
  void cronJobsLeaveTheDefaultsOfTheirJobsToTheJobs() {
    becomes(
        BatchV1.CRONJOBS,
        "'jobTemplate':{'spec':{" + TEMPLATE + "}},'schedule':'* * * * *'",
        "'jobTemplate':{'metadata':{},'spec':{"
            + FULL_TEMPLATE
            + "}},'schedule':'* * * * *','concurrencyPolicy':'Allow','suspend':false,"
            + "'successfulJobsHistoryLimit':3,'failedJobsHistoryLimit':1");
  }

  @Test
  void servicesAreInternalAndTargetTheirOwnPort() {
    becomes(
        CoreV1.SERVICES,
        "'ports':[{'port':80}]",
        "'ports':[{'port':80,'targetPort':80,'protocol':'TCP'}],'type':'ClusterIP',"
            + "'sessionAffinity':'None','internalTrafficPolicy':'Cluster'");
    becomes(
        CoreV1.SERVICES,
        "'type':'NodePort','sessionAffinity':'ClientIP','sessionAffinityConfig':{}",
        "'type':'NodePort','sessionAffinity':'ClientIP',"
            + "'sessionAffinityConfig':{'clientIP':{'timeoutSeconds':10800}},"
            + "'internalTrafficPolicy':'Cluster','externalTrafficPolicy':'Cluster'");
    becomes(
        CoreV1.SERVICES,
        "'externalIPs':['1.2.3.4']",
        "'type':'ClusterIP','externalIPs':['1.2.3.4'],'sessionAffinity':'None',"
            + "'internalTrafficPolicy':'Cluster','externalTrafficPolicy':'Cluster'");
  }

  @Test
  void petSetsSelectTheirPets() {
    becomes(
        AppsV1alpha1.PETSETS,
        TEMPLATE,
        FULL_TEMPLATE + ",'replicas':1,'serviceName':'','selector':{'matchLabels':{'a':'b'}}");
  }

  @Test
  void theMostOfALimitRangeIsItsDefault() {
    becomes(
        CoreV1.LIMITRANGES,
        "'limits':[{'type':'Container','max':{'cpu':'2'},'min':{'memory':'1Mi'}}]",
        "'limits':[{'type':'Container','max':{'cpu':'2'},'min':{'memory':'1Mi'},"
            + "'default':{'cpu':'2'},'defaultRequest':{'cpu':'2','memory':'1Mi'}}]");
  }

  @Test
  void bindingsNameTheirGroup() {
    var binding =
        defaulted(
            RbacV1.ROLEBINDINGS,
            "{'roleRef':{'kind':'Role','name':'r'},'subjects':[{'kind':'User','name':'u'},"
                + "{'kind':'ServiceAccount','name':'s'}]}");
    assertThat(binding.roleRef().apiGroup()).isEqualTo("rbac.authorization.k8s.io");
    assertThat(binding.subjects().getFirst().apiGroup()).isEqualTo("rbac.authorization.k8s.io");
    assertThat(binding.subjects().getLast().apiGroup()).isEmpty();
  }
}
