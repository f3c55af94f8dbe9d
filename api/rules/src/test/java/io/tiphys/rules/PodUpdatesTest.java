package io.tiphys.rules;

import static io.tiphys.rules.Written.errors;
import static io.tiphys.rules.Written.updateErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What may change in a pod, and what its security may ask; upstream's ValidatePodUpdate. */
class PodUpdatesTest {
  private static final String OTHERS =
      "spec: Forbidden: pod updates may not change fields other than"
          + " `spec.containers[*].image`,`spec.initContainers[*].image`,"
          + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing"
          + " tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was"
          + " previously negative)\n";
  private static final String FIXED =
      "spec.tolerations: Forbidden: existing toleration can not be modified except its"
          + " tolerationSeconds";
  private static final String SECONDS =
      "'tolerations':[{'key':'k','operator':'Exists',"
          + "'effect':'NoExecute','tolerationSeconds':%s}]";

  private static String pod(String image, String more) {
    return "{'spec':{'containers':[{'name':'c','image':'"
        + image
        + "'}]"
        + (more.isEmpty() ? "" : "," + more)
        + "}}";
  }

  static Stream<Arguments> changes() {
    String gate = "'schedulingGates':[{'name':'g'}]";
    String zone =
        "'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':"
            + "{'nodeSelectorTerms':[{'matchExpressions':[%s]}]}}}";
    String inA = "{'key':'z','operator':'In','values':['a']}";
    String exists = "{'key':'y','operator':'Exists'}";
    return Stream.of(
        row(SECONDS.formatted("10"), SECONDS.formatted("20")),
        row(SECONDS.formatted("10"), SECONDS.formatted("null")),
        row(
            SECONDS.formatted("10"),
            SECONDS.formatted("10").replace("]", ",{'key':'m','operator':'Exists'}]")),
        row(SECONDS.formatted("10"), SECONDS.formatted("10").replace("'k'", "'l'"), FIXED),
        row(SECONDS.formatted("10"), "", FIXED),
        row("", "'activeDeadlineSeconds':5"),
        row("'activeDeadlineSeconds':5", "'activeDeadlineSeconds':4"),
        row(
            "'activeDeadlineSeconds':5",
            "'activeDeadlineSeconds':6",
            "spec.activeDeadlineSeconds: Invalid value: 6: must be less than or equal to previous"
                + " value"),
        row(
            "'activeDeadlineSeconds':5",
            "",
            "spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive"
                + " integer to nil value"),
        row("'terminationGracePeriodSeconds':-1", "'terminationGracePeriodSeconds':1"),
        row("'terminationGracePeriodSeconds':5", "'terminationGracePeriodSeconds':1", OTHERS),
        row("", "'hostname':'h'", OTHERS),
        row(gate, ""),
        row(
            "",
            gate,
            "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new"
                + " scheduling gate 'g'"),
        row(gate, gate + ",'nodeSelector':{'a':'b'}"),
        row("", "'nodeSelector':{'a':'b'}", OTHERS),
        row(
            gate + ",'nodeSelector':{'a':'b'}",
            gate + ",'nodeSelector':{'a':'c'}",
            "spec.nodeSelector: Invalid value: {\"a\":\"c\"}: only additions to"
                + " spec.nodeSelector are allowed (no mutations or deletions)"),
        row(gate, gate + "," + zone.formatted(inA)),
        row(gate + "," + zone.formatted(inA), gate + "," + zone.formatted(inA + "," + exists)),
        row(
            gate + "," + zone.formatted(inA),
            gate + "," + zone.formatted(exists),
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]:"
                + " Invalid value:"
                + " {\"MatchExpressions\":[{\"Key\":\"y\",\"Operator\":\"Exists\",\"Values\":null}],\"MatchFields\":null}:"
                + " only additions are allowed (no mutations or deletions)"),
        row(zone.formatted(inA), zone.formatted(inA + "," + exists), OTHERS));
  }

  private static Arguments row(String old, String now, String... messages) {
    return Arguments.of(old, now, messages);
  }

  @ParameterizedTest
  @MethodSource("changes")
  void aPodTakesOnlyTheseChanges(String old, String now, String[] messages) {
    assertThat(updateErrors(CoreV1.PODS, pod("i", old), pod("j", now)))
        .map(message -> message.replaceFirst("(?s)\n@@ .*", "\n")) // see DiffRefusalsTest
        .containsExactly(messages);
  }

  static Stream<Arguments> security() {
    String regex = "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";
    String at = "spec.securityContext.";
    return Stream.of(
        allowed("'securityContext':{'sysctls':[{'name':'net/ipv4/conf/eth0.1/x','value':'1'}]}"),
        refused(
            "'securityContext':{'sysctls':[{'name':'','value':'1'}]}",
            at + "sysctls[0].name: Required value"),
        refused(
            "'securityContext':{'sysctls':[{'name':'A b','value':'1'}]}",
            at
                + "sysctls[0].name: Invalid value: \"A b\": must have at most 253 characters and"
                + " match regex "
                + regex),
        refused(
            "'securityContext':{'sysctls':[{'name':'a.b','value':'1'},"
                + "{'name':'a.b','value':'2'}]}",
            at + "sysctls[1].name: Duplicate value: \"a.b\""),
        refused(
            "'hostNetwork':true,'securityContext':{'sysctls':["
                + "{'name':'net.ipv4.x','value':'1'},{'name':'kernel.sem','value':'1'}]}",
            at
                + "sysctls[0].name: Invalid value: \"net.ipv4.x\": may not be specified when"
                + " 'hostNetwork' is true"),
        refused(
            "'hostIPC':true,'securityContext':{'sysctls':["
                + "{'name':'fs/mqueue/x','value':'1'}]}",
            at
                + "sysctls[0].name: Invalid value: \"fs/mqueue/x\": may not be specified when"
                + " 'hostIPC' is true"),
        refused(
            "'securityContext':{'seccompProfile':{'type':'Localhost'}}",
            at
                + "seccompProfile.localhostProfile: Required value: must be set when seccomp type"
                + " is Localhost"),
        refused(
            "'securityContext':{'seccompProfile':{'type':'Localhost',"
                + "'localhostProfile':'/a/../b'}}",
            at
                + "seccompProfile.localhostProfile: Invalid value: \"/a/../b\": must be a relative"
                + " path",
            at
                + "seccompProfile.localhostProfile: Invalid value: \"/a/../b\": must not contain"
                + " '..'"),
        refused(
            "'securityContext':{'seccompProfile':{'type':'Other'}}",
            at
                + "seccompProfile.type: Unsupported value: \"Other\": supported values:"
                + " \"Localhost\", \"RuntimeDefault\", \"Unconfined\""),
        refused(
            "'securityContext':{'appArmorProfile':{'type':''}}",
            at
                + "appArmorProfile.type: Required value: type is required when appArmorProfile is"
                + " set"),
        refused(
            "'securityContext':{'appArmorProfile':{'type':'RuntimeDefault',"
                + "'localhostProfile':'x'}}",
            at
                + "appArmorProfile.localhostProfile: Invalid value: \"x\": can only be set when"
                + " AppArmor type is Localhost"));
  }

  private static Arguments allowed(String spec) {
    return Arguments.of(spec, List.of());
  }

  private static Arguments refused(String spec, String... messages) {
    return Arguments.of(spec, List.of(messages));
  }

  @ParameterizedTest
  @MethodSource("security")
  void securityIsChecked(String spec, List<String> messages) {
    assertThat(errors(CoreV1.PODS, pod("i", spec))).containsExactlyElementsOf(messages);
  }

  @Test
  void privilegesAreNotGivenAndTakenAtOnce() {
    assertThat(
            errors(
                CoreV1.PODS,
                "{'spec':{'containers':[{'name':'c','image':'i','securityContext':"
                    + "{'privileged':true,'allowPrivilegeEscalation':false}}]}}"))
        .containsExactly(
            "spec.containers[0].securityContext: Invalid value:"
                + " {\"Capabilities\":null,\"Privileged\":true,"
                + "\"SELinuxOptions\":null,\"WindowsOptions\":null,\"RunAsUser\":null,"
                + "\"RunAsGroup\":null,\"RunAsNonRoot\":null,\"ReadOnlyRootFilesystem\":null,"
                + "\"AllowPrivilegeEscalation\":false,\"ProcMount\":null,\"SeccompProfile\":null,\"AppArmorProfile\":null}:"
                + " cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
  }
}
