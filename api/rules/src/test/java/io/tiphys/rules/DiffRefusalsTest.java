package io.tiphys.rules;

import static io.tiphys.rules.Written.errors;
import static io.tiphys.rules.Written.updateErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Refusals that end in what would have changed. The differences expected here were made by Python's
 * difflib, whose port to Go upstream uses.
 */
class DiffRefusalsTest {
  private static String lines(String... lines) {
    return String.join("\n", lines) + "\n";
  }

  @Test
  void aPodsFieldsAreShownUnderTheirGoNames() {
    String pod =
        "{'metadata':{'name':'p'},'spec':{'containers':[{'name':'c','image':'i'}],'hostname':'%s',"
            + "'hostNetwork':%s}}";
    assertThat(updateErrors(CoreV1.PODS, pod.formatted("a", false), pod.formatted("b", true)))
        .containsExactly(
            "spec: Forbidden: pod updates may not change fields other than"
                + " `spec.containers[*].image`,`spec.initContainers[*].image`,"
                + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing"
                + " tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if"
                + " it was previously negative)\n"
                + lines(
                    "@@ -44,7 +44,7 @@",
                    "  \"AutomountServiceAccountToken\": null,",
                    "  \"NodeName\": \"\",",
                    "  \"SecurityContext\": {",
                    "-  \"HostNetwork\": false,",
                    "+  \"HostNetwork\": true,",
                    "   \"HostPID\": false,",
                    "   \"HostIPC\": false,",
                    "   \"ShareProcessNamespace\": null,",
                    "@@ -64,7 +64,7 @@",
                    "   \"SELinuxChangePolicy\": null",
                    "  },",
                    "  \"ImagePullSecrets\": null,",
                    "- \"Hostname\": \"a\",",
                    "+ \"Hostname\": \"b\",",
                    "  \"Subdomain\": \"\",",
                    "  \"SetHostnameAsFQDN\": null,",
                    "  \"Affinity\": null,"));
  }

  @Test
  void aClaimGetsItsClassOnceAndKeepsItsModes() {
    String claim = "{'spec':{%s'accessModes':['%s'],'resources':{'requests':{'storage':'1Gi'}}}}";
    assertThat(
            updateErrors(
                CoreV1.PERSISTENTVOLUMECLAIMS,
                claim.formatted("", "ReadWriteOnce"),
                claim.formatted("'storageClassName':'s',", "ReadWriteOnce")))
        .isEmpty();
    assertThat(
            updateErrors(
                CoreV1.PERSISTENTVOLUMECLAIMS,
                claim.formatted("", "ReadWriteOnce"),
                claim.formatted("'volumeMode':'Block',", "ReadWriteMany")))
        .containsExactly(
            "spec: Forbidden: spec is immutable after creation except resources.requests and"
                + " volumeAttributesClassName for bound claims\n"
                + lines(
                    "@@ -1,6 +1,6 @@",
                    " {",
                    "  \"AccessModes\": [",
                    "-  \"ReadWriteOnce\"",
                    "+  \"ReadWriteMany\"",
                    "  ],",
                    "  \"Selector\": null,",
                    "  \"Resources\": {",
                    "@@ -11,7 +11,7 @@",
                    "  },",
                    "  \"VolumeName\": \"\",",
                    "  \"StorageClassName\": null,",
                    "- \"VolumeMode\": \"Filesystem\",",
                    "+ \"VolumeMode\": \"Block\",",
                    "  \"DataSource\": null,",
                    "  \"DataSourceRef\": null,",
                    "  \"VolumeAttributesClassName\": null"),
            "volumeMode: Invalid value: \"Block\": field is immutable");
  }

  @Test
  void aVolumesSourceAndNodesStay() {
    String volume =
        "{'spec':{'accessModes':['ReadWriteOnce'],'capacity':{'storage':'1Gi'},'nfs':{'server':"
            + "'%s','path':'/'}%s}}";
    assertThat(
            updateErrors(
                CoreV1.PERSISTENTVOLUMES, volume.formatted("a", ""), volume.formatted("b", "")))
        .singleElement()
        .asString()
        .startsWith(
            "spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable"
                + " after creation\n@@ -4,7 +4,7 @@\n  \"HostPath\": null,\n")
        .contains("\n-  \"Server\": \"a\",\n+  \"Server\": \"b\",\n");
    String nodes =
        ",'nodeAffinity':{'required':{'nodeSelectorTerms':[{'matchExpressions':[{'key':'a',"
            + "'operator':'Exists'}]}]}}";
    assertThat(
            updateErrors(
                CoreV1.PERSISTENTVOLUMES, volume.formatted("a", nodes), volume.formatted("a", "")))
        .containsExactly(
            "nodeAffinity: Invalid value: null: field is immutable, except for updating from beta"
                + " label to GA");
  }

  @Test
  void volumesAreJudgedLikeThoseOfPods() {
    assertThat(
            errors(
                CoreV1.PERSISTENTVOLUMES,
                "{'spec':{'accessModes':['ReadWriteOncePod','ReadOnlyMany'],'capacity':{'storage':"
                    + "'1'},'persistentVolumeReclaimPolicy':'Recycle','hostPath':{'path':'/'},"
                    + "'csi':{'driver':'d'},'volumeAttributesClassName':'','nodeAffinity':{}}}"))
        .containsExactly(
            "spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes",
            "spec.nodeAffinity.required: Required value: must specify required node constraints",
            "spec.csi: Forbidden: may not specify more than 1 volume type",
            "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath"
                + " mount of '/'",
            "spec.volumeAttributesClassName: Required value: an empty string is disallowed");
    assertThat(
            errors(
                CoreV1.PERSISTENTVOLUMES,
                "{'spec':{'accessModes':['ReadWriteOnce'],'capacity':{'storage':'1'},'csi':"
                    + "{'driver':'d','nodePublishSecretRef':{'name':'s'}}}}"))
        .containsExactly(
            "spec.csi.volumeHandle: Required value",
            "spec.csi.nodePublishSecretRef.namespace: Required value");
  }

  @Test
  void aPathOfAnyLengthThatLeadsToTheRootIsNotRecycled() {
    String volume =
        "{'spec':{'accessModes':['ReadWriteOnce'],'capacity':{'storage':'1'},"
            + "'persistentVolumeReclaimPolicy':'Recycle','hostPath':{'path':'%s'}}}";
    String refusal =
        "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount"
            + " of '/'";
    for (String root : List.of("/", "//", "/.", "/./", "/./".repeat(1_000_000))) {
      assertThat(errors(CoreV1.PERSISTENTVOLUMES, volume.formatted(root))).containsExactly(refusal);
    }
    assertThat(errors(CoreV1.PERSISTENTVOLUMES, volume.formatted("/a/.."))).contains(refusal);
    for (String other : List.of("/a", "/.a", "./", "/./".repeat(1_000_000) + "a")) {
      assertThat(errors(CoreV1.PERSISTENTVOLUMES, volume.formatted(other))).isEmpty();
    }
  }

  @Test
  void linesThatComeOftenAreNoPlacesToBeginAtInLongTexts() {
    List<String> before = new ArrayList<>();
    IntStream.range(0, 70).forEach(i -> before.addAll(List.of("{", "line " + i, "}")));
    List<String> after = new ArrayList<>(before);
    after.remove("line 10");
    after.addAll(120, List.of("{", "new", "}"));
    assertThat(UnifiedDiff.of(String.join("\n", before), String.join("\n", after)))
        .isEqualTo(
            lines(
                "@@ -29,7 +29,6 @@",
                " line 9",
                " }",
                " {",
                "-line 10",
                " }",
                " {",
                " line 11",
                "@@ -119,6 +118,9 @@",
                " line 39",
                " }",
                " {",
                "+{",
                "+new",
                "+}",
                " line 40",
                " }",
                " {"));
  }
}
