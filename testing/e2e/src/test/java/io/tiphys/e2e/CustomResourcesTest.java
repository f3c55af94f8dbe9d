package io.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A definition and its objects in the hands of the oldest and the newest kubectl. */
class CustomResourcesTest {
  private static final String DEFINITION =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: crontabs.stable.example.com}
      spec:
        group: stable.example.com
        scope: Namespaced
        names: {plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct], categories: [all]}
        versions:
        - name: v1
          served: true
          storage: true
          schema:
            openAPIV3Schema:
              type: object
              properties:
                spec:
                  type: object
                  required: [cronSpec]
                  properties:
                    cronSpec: {type: string, description: When it runs.}
                    image: {type: string}
                    replicas: {type: integer, minimum: 1, maximum: 10, default: 1}
                status:
                  type: object
                  properties:
                    replicas: {type: integer}
          subresources:
            status: {}
            scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}
          additionalPrinterColumns:
          - {name: Spec, type: string, jsonPath: .spec.cronSpec}
          - {name: Replicas, type: integer, jsonPath: .spec.replicas}
          - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
      """;

  private static final String OBJECT =
      """
      apiVersion: stable.example.com/v1
      kind: CronTab
      metadata: {name: mine}
      spec: {cronSpec: "* * * * *", image: some}
      """;

  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = TestCluster.start("custom");
  }

  @AfterAll
  static void delete() {
    cluster.close();
  }

  static List<Path> kubectls() {
    return Kubectl.oldestAndNewest();
  }

  @ParameterizedTest
  @MethodSource("kubectls")
  void aDefinedKindIsUsedLikeAnyOther(Path program) {
    Kubectl kubectl = cluster.kubectl(program);
    kubectl.runWith(DEFINITION, "apply", "-f", "-").ok();
    kubectl.ok("wait", "--for=condition=established", "crd/crontabs.stable.example.com");

    assertThat(kubectl.ok("api-resources")).contains("crontabs", "CronTab");
    assertThat(kubectl.ok("explain", "crontab.spec.cronSpec")).contains("When it runs.");
    assertThat(kubectl.runWith(OBJECT, "apply", "-f", "-").ok().out()).contains("created");
    assertThat(kubectl.runWith(OBJECT, "apply", "-f", "-").ok().out()).contains("unchanged");
    assertThat(kubectl.ok("get", "ct")).contains("SPEC", "REPLICAS", "AGE", "* * * * *");
    assertThat(kubectl.ok("get", "all")).contains("crontab.stable.example.com/mine");
    kubectl.ok("scale", "ct/mine", "--replicas=3");
    assertThat(kubectl.value("ct/mine", ".spec.replicas")).isEqualTo("3");
    String status = "{\"status\":{\"replicas\":2}}";
    kubectl.ok("patch", "ct/mine", "--subresource=status", "--type=merge", "-p", status);
    assertThat(kubectl.value("ct/mine", ".status.replicas")).isEqualTo("2");
    assertThat(kubectl.value("ct/mine", ".metadata.generation")).isEqualTo("2");
    String tooMany = "{\"spec\":{\"replicas\":20}}";
    assertThat(kubectl.run("patch", "ct/mine", "--type=merge", "-p", tooMany).err())
        .contains(
            "spec.replicas: Invalid value: 20: spec.replicas in body should be less than or equal"
                + " to 10");
    assertThat(kubectl.run("patch", "ct/mine", "-p", tooMany).err())
        .contains("application/strategic-merge-patch+json is not supported");
    String unknown = OBJECT.replace("image", "picture");
    assertThat(kubectl.runWith(unknown, "apply", "-f", "-").err())
        .contains("unknown field \"spec.picture\"");
    String applied = OBJECT.replace("some", "other");
    // What kubectl itself applied before is its own; another manager's wish is a conflict.
    String[] other = {"apply", "--server-side", "--field-manager=other", "-f", "-"};
    assertThat(kubectl.runWith(applied, other).err()).contains("conflict", ".spec.image");
    kubectl.runWith(applied, "apply", "--server-side", "--force-conflicts", "-f", "-").ok();
    assertThat(kubectl.value("ct/mine", ".spec.image")).isEqualTo("other");

    kubectl.ok("create", "namespace", "ends");
    kubectl.runWith(OBJECT, "apply", "-n", "ends", "-f", "-").ok();
    kubectl.ok("delete", "namespace", "ends", "--timeout=60s");
    assertThat(kubectl.ok("get", "ct", "-A", "-o", "name"))
        .isEqualTo("crontab.stable.example.com/mine\n");

    kubectl.ok("delete", "crd", "crontabs.stable.example.com", "--timeout=60s");
    assertThat(kubectl.ok("api-resources")).doesNotContain("CronTab");
  }
}
