package io.tiphys.rules;

import static io.tiphys.rules.Written.errors;
import static io.tiphys.rules.Written.updateErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.AppsV1;
import io.tiphys.api.AppsV1alpha1;
import io.tiphys.api.BatchV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.RbacV1;
import org.junit.jupiter.api.Test;

/** Messages of upstream's validation packages, word for word. */
class ValidationTest {
  private static final String IMMUTABLE = "field is immutable";

  private static String pod(String more) {
    return "{'spec':{'containers':[{'name':'c','image':'i'" + more + "}]}}";
  }

  private static String spec(String more) {
    return "{'spec':{'containers':[{'name':'c','image':'i'}]" + more + "}}";
  }

  private static String set(String more) {
    return "{'spec':{'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'"
        + "}},'spec':{'containers':[{'name':'c','image':'i'}]}}"
        + more
        + "}}";
  }

  private static String job(String more) {
    return "{'metadata':{'name':'j'},'spec':{'template':{'spec':{'restartPolicy':'Never',"
        + "'containers':[{'name':'c','image':'i'}]}}"
        + more
        + "}}";
  }

  @Test
  void goodObjectsAreGood() {
    assertThat(errors(CoreV1.PODS, pod(""))).isEmpty();
    assertThat(errors(AppsV1.DEPLOYMENTS, set(""))).isEmpty();
    assertThat(errors(AppsV1.STATEFULSETS, set(",'serviceName':'s'"))).isEmpty();
    assertThat(errors(AppsV1.DAEMONSETS, set(""))).isEmpty();
    assertThat(errors(BatchV1.JOBS, job(""))).isEmpty();
    assertThat(errors(CoreV1.SERVICES, "{'spec':{'ports':[{'port':80}]}}")).isEmpty();
  }

  @Test
  void aVolumeHasOneSource() {
    assertThat(
            errors(
                CoreV1.PODS,
                spec(",'volumes':[{'name':'v','emptyDir':{},'hostPath':{'path':'/a'}}]")))
        .containsExactly(
            "spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type");
  }

  @Test
  void aVariableHasOneSource() {
    assertThat(errors(CoreV1.PODS, pod(",'env':[{'name':'A','valueFrom':{}}]")))
        .containsExactly(
            "spec.containers[0].env[0].valueFrom: Invalid value: \"\": must specify one of:"
                + " `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or"
                + " `fileKeyRef`");
    assertThat(
            errors(
                CoreV1.PODS,
                pod(
                    ",'env':[{'name':'A','valueFrom':{'fieldRef':{'fieldPath':'metadata.name'},"
                        + "'secretKeyRef':{'name':'s','key':'k'}}}]")))
        .containsExactly(
            "spec.containers[0].env[0].valueFrom: Invalid value: \"\": may not have more than one"
                + " field specified at a time");
  }

  @Test
  void aTolerationThatExistsHasNoValue() {
    assertThat(
            errors(
                CoreV1.PODS, spec(",'tolerations':[{'key':'k','operator':'Exists','value':'v'}]")))
        .containsExactly(
            "spec.tolerations[0].operator: Invalid value: \"v\": value must be empty when"
                + " `operator` is 'Exists'");
  }

  @Test
  void podsMayChangeTheirImageAndLittleElse() {
    assertThat(updateErrors(CoreV1.PODS, pod(""), pod("").replace("'i'", "'j:1'"))).hasSize(1);
    assertThat(
            updateErrors(
                CoreV1.PODS,
                pod(",'imagePullPolicy':'Never'"),
                pod(",'imagePullPolicy':'Never'").replace("'i'", "'j:1'")))
        .isEmpty();
    assertThat(updateErrors(CoreV1.PODS, pod(""), spec(",'hostname':'h'")).getFirst())
        .startsWith(
            "spec: Forbidden: pod updates may not change fields other than"
                + " `spec.containers[*].image`,`spec.initContainers[*].image`,"
                + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing"
                + " tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if"
                + " it was previously negative)\n");
  }

  @Test
  void deploymentsMustMove() {
    assertThat(
            errors(
                AppsV1.DEPLOYMENTS,
                set(",'strategy':{'rollingUpdate':{'maxSurge':0,'maxUnavailable':0}}")))
        .containsExactly(
            "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when"
                + " `maxSurge` is 0");
    assertThat(
            errors(
                AppsV1.DEPLOYMENTS, set(",'strategy':{'rollingUpdate':{'maxUnavailable':'101%'}}")))
        .containsExactly(
            "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be"
                + " greater than 100%");
    assertThat(errors(AppsV1.DEPLOYMENTS, set(",'progressDeadlineSeconds':5,'minReadySeconds':5")))
        .containsExactly(
            "spec.progressDeadlineSeconds: Invalid value: 5: must be greater than"
                + " minReadySeconds");
  }

  @Test
  void aSelectorStaysAndIsShown() {
    assertThat(updateErrors(AppsV1.DEPLOYMENTS, set(""), set("").replace("'a':'b'", "'a':'c'")))
        .containsExactly(
            "spec.selector: Invalid value: {\"matchLabels\":{\"a\":\"c\"}}: " + IMMUTABLE);
  }

  @Test
  void statefulSetsKeepTheirIdentity() {
    assertThat(
            updateErrors(AppsV1.STATEFULSETS, set(",'serviceName':'s'"), set(",'serviceName':'t'")))
        .containsExactly(
            "spec: Forbidden: updates to statefulset spec for fields other than 'replicas',"
                + " 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit',"
                + " 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
    assertThat(errors(AppsV1.STATEFULSETS, set(",'podManagementPolicy':'Best'")))
        .containsExactly(
            "spec.podManagementPolicy: Invalid value: \"Best\": must be 'OrderedReady' or"
                + " 'Parallel'");
    assertThat(errors(AppsV1.STATEFULSETS, set(",'updateStrategy':{'type':'Best'}")))
        .containsExactly(
            "spec.updateStrategy: Invalid value: {\"Type\":\"Best\",\"RollingUpdate\":null}:"
                + " must be 'RollingUpdate' or 'OnDelete'");
  }

  @Test
  void ofPetSetsOnlyTheNumberChanges() {
    assertThat(updateErrors(AppsV1alpha1.PETSETS, set(""), set(",'replicas':3"))).isEmpty();
    assertThat(updateErrors(AppsV1alpha1.PETSETS, set(""), set(",'serviceName':'t'")))
        .containsExactly(
            "spec: Forbidden: updates to petset spec for fields other than 'replicas' are"
                + " forbidden.");
  }

  @Test
  void jobsSayHowTheyComplete() {
    assertThat(errors(BatchV1.JOBS, job(",'completionMode':'Indexed','parallelism':1")))
        .containsExactly("spec.completions: Required value: when completion mode is Indexed");
    assertThat(updateErrors(BatchV1.JOBS, job(",'completions':1"), job(",'completions':2")))
        .contains("spec.completions: Invalid value: 2: " + IMMUTABLE);
    assertThat(errors(BatchV1.JOBS, job("").replace("'Never'", "'Always'")))
        .containsExactly(
            "spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\","
                + " \"Never\"");
  }

  @Test
  void roleReferencesAndFrozenMapsStay() {
    assertThat(
            updateErrors(
                    RbacV1.ROLEBINDINGS,
                    "{'roleRef':{'kind':'Role','name':'r'}}",
                    "{'roleRef':{'kind':'Role','name':'s'}}")
                .getFirst())
        .endsWith(": cannot change roleRef");
    assertThat(
            updateErrors(
                CoreV1.CONFIGMAPS,
                "{'immutable':true,'data':{'a':'b'}}",
                "{'immutable':true,'data':{'a':'c'}}"))
        .containsExactly("data: Forbidden: field is immutable when `immutable` is set");
  }

  @Test
  void servicesKeepTheirAddress() {
    String with = "{'spec':{'ports':[{'port':80}],'clusterIP':'%s','clusterIPs':['%s']}}";
    assertThat(
            updateErrors(
                CoreV1.SERVICES,
                with.formatted("10.0.0.1", "10.0.0.1"),
                with.formatted("10.0.0.2", "10.0.0.2")))
        .containsExactly(
            "spec.clusterIPs[0]: Invalid value: [\"10.0.0.2\"]: may not change once set");
  }
}
