package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.registry.ApiServerFixture.Answered;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What may be written to {@code ephemeralcontainers}, in the words of upstream's
 * ValidatePodEphemeralContainersUpdate and validateEphemeralContainers.
 */
class EphemeralContainersTest {
  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final String PATH = PODS + "/a/ephemeralcontainers";
  private static final String STRATEGIC = "application/strategic-merge-patch+json";
  private static final String INVALID = "Pod \"a\" is invalid: ";

  private ApiServerFixture apiServer;

  @BeforeEach
  void open() {
    apiServer = new ApiServerFixture().furnished();
    apiServer.post(PODS, pod("'labels':{'app':'web'}")).expect(201);
  }

  @AfterEach
  void close() {
    apiServer.close();
  }

  private static String pod(String metadata) {
    return json(
        "{'metadata':{'name':'a',"
            + metadata
            + "},'spec':{'containers':[{'name':'c',"
            + "'image':'i'}],'initContainers':[{'name':'setup','image':'i'}]}}");
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private static String container(String name, String more) {
    return "{'name':'" + name + "','image':'i'" + more + "}";
  }

  private Answered add(String... containers) {
    String all = String.join(",", containers);
    return apiServer.patch(PATH, STRATEGIC, json("{'spec':{'ephemeralContainers':[" + all + "]}}"));
  }

  /** Writes the pod with these ephemeral containers and no others. */
  private Answered replace(String... containers) {
    String all = String.join(",", containers);
    return apiServer.merge(PATH, json("{'spec':{'ephemeralContainers':[" + all + "]}}"));
  }

  private void refused(Answered answer, String... causes) {
    String list = causes.length == 1 ? causes[0] : "[" + String.join(", ", causes) + "]";
    assertThat(answer.expect(422).status().message()).isEqualTo(INVALID + list);
  }

  @Test
  void containersAreAddedOneAfterTheOther() {
    Answered first = add(container("d1", ",'targetContainerName':'c'")).expect(200);
    assertThat(first.at("spec.ephemeralContainers.0.terminationMessagePath"))
        .as("defaults as of every container")
        .isEqualTo("/dev/termination-log");
    Answered second = add(container("d2", "")).expect(200);
    assertThat(
            List.of(
                second.at("spec.ephemeralContainers.0.name"),
                second.at("spec.ephemeralContainers.1.name")))
        .containsExactlyInAnyOrder("d1", "d2");
    assertThat(second.at("metadata.generation")).isEqualTo("3");
  }

  @Test
  void whatIsThereStaysAsItIs() {
    add(container("d", "")).expect(200);
    refused(
        replace(),
        "spec.ephemeralContainers: Forbidden: existing ephemeral containers \"d\" may not be"
            + " removed\n");
    refused(
        replace(container("other", "")),
        "spec.ephemeralContainers: Forbidden: existing ephemeral containers \"d\" may not be"
            + " removed\n");
    assertThat(add(container("d", ",'command':['sh']")).expect(422).status().message())
        .startsWith(
            INVALID
                + "spec.ephemeralContainers: Forbidden: existing ephemeral containers \"d\" may not"
                + " be changed\n");
    add(container("d", "")).expect(200);
    assertThat(apiServer.get(PODS + "/a").at("spec.ephemeralContainers.0.command"))
        .isEqualTo("<absent>");
  }

  @Test
  void nothingElseChangesThroughTheSubresource() {
    Answered before = apiServer.get(PODS + "/a");
    Answered after =
        apiServer
            .patch(
                PATH,
                STRATEGIC,
                json(
                    "{'metadata':{'labels':{'app':'other'},'annotations':{'x':'y'},"
                        + "'finalizers':['x.io/y']},'spec':{'activeDeadlineSeconds':5,"
                        + "'containers':[{'name':'c','image':'other'}],"
                        + "'ephemeralContainers':[{'name':'d','image':'i'}]},"
                        + "'status':{'phase':'Failed'}}"))
            .expect(200);
    assertThat(after.at("spec.ephemeralContainers.0.name")).isEqualTo("d");
    for (String path :
        List.of(
            "metadata.labels.app",
            "metadata.annotations",
            "metadata.finalizers",
            "spec.activeDeadlineSeconds",
            "spec.containers.0.image",
            "status.phase")) {
      assertThat(after.at(path)).as(path).isEqualTo(before.at(path));
    }
  }

  @Test
  void thePodItselfTakesNone() {
    Answered direct =
        apiServer.merge(
            PODS + "/a", json("{'spec':{'ephemeralContainers':[{'name':'d','image':'i'}]}}"));
    assertThat(direct.expect(422).status().message())
        .contains("spec: Forbidden: pod updates may not change fields other than");
  }

  @Test
  void aStaticPodTakesNone() {
    apiServer.delete(PODS + "/a?gracePeriodSeconds=0").expect(200);
    String mirror = "'kubernetes.io/config.mirror':'x','kubernetes.io/config.source':'file'";
    apiServer
        .post(
            PODS,
            pod("'annotations':{" + mirror + "}")
                .replace("\"spec\":{", "\"spec\":{\"nodeName\":\"n1\","))
        .expect(201);
    refused(
        add(container("d", "")), "[]: Forbidden: static pods do not support ephemeral containers");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        ",'ports':[{'containerPort':80}] # ports",
        ",'resources':{'limits':{'cpu':'1'}} # resources",
        ",'resizePolicy':[{'resourceName':'cpu','restartPolicy':'NotRequired'}] # resizePolicy",
        ",'restartPolicy':'Always' # restartPolicy",
        ",'livenessProbe':{'exec':{'command':['a']}} # livenessProbe",
        ",'readinessProbe':{'exec':{'command':['a']}} # readinessProbe",
        ",'startupProbe':{'exec':{'command':['a']}} # startupProbe",
        ",'lifecycle':{'preStop':{'exec':{'command':['a']}}} # lifecycle"
      })
  void whatPodsRelyOnIsNothingForThem(String more, String field) {
    refused(
        add(container("d", more)),
        "spec.ephemeralContainers[0]."
            + field
            + ": Forbidden: cannot be set for an Ephemeral"
            + " Container");
  }

  @Test
  void namesAndTargetsAreThoseOfThePod() {
    refused(
        add(container("setup", "")),
        "spec.ephemeralContainers[0].name: Duplicate value: \"setup\"");
    refused(
        add(container("d", ",'targetContainerName':'nobody'")),
        "spec.ephemeralContainers[0].targetContainerName: Not found: \"nobody\"");
    add(container("d", "")).expect(200);
    assertThat(add(container("e", ",'targetContainerName':'d'")).expect(422).status().message())
        .endsWith("targetContainerName: Not found: \"d\"");
  }

  @Test
  void mountsHaveNoSubPaths() {
    apiServer.delete(PODS + "/a?gracePeriodSeconds=0").expect(200);
    apiServer
        .post(
            PODS,
            pod("'labels':{}")
                .replace("\"spec\":{", "\"spec\":{\"volumes\":[{\"name\":\"v\",\"emptyDir\":{}}],"))
        .expect(201);
    refused(
        add(
            container(
                "d",
                ",'volumeMounts':[{'name':'v','mountPath':'/v','subPath':'x'},"
                    + "{'name':'v','mountPath':'/w','subPathExpr':'y'}]")),
        "spec.ephemeralContainers[0].volumeMounts[0].subPath: Forbidden: cannot be set for an"
            + " Ephemeral Container",
        "spec.ephemeralContainers[0].volumeMounts[1].subPathExpr: Forbidden: cannot be set for an"
            + " Ephemeral Container");
  }
}
