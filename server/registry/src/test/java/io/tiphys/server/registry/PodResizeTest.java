package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.registry.ApiServerFixture.Answered;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The subresource {@code resize} of pods, and what its node allows. */
class PodResizeTest {
  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final String RESIZE = PODS + "/a/resize";
  private static final String STRATEGIC = "application/strategic-merge-patch+json";

  private ApiServerFixture apiServer;

  @BeforeEach
  void open() {
    apiServer = new ApiServerFixture().furnished();
  }

  @AfterEach
  void close() {
    apiServer.close();
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private void pod(String node) {
    apiServer
        .post(
            PODS,
            json(
                "{'metadata':{'name':'a'},'spec':{"
                    + node
                    + "'containers':[{'name':'c','image':'i','resources':{'requests':"
                    + "{'cpu':'1'}}}]}}"))
        .expect(201);
  }

  private void node(String labels) {
    apiServer
        .post(
            "/api/v1/nodes",
            json(
                "{'metadata':{'name':'n','labels':{"
                    + labels
                    + "}},'status':{'capacity':{'cpu':'2','memory':'1Gi'}}}"))
        .expect(201);
  }

  private Answered ask(String cpu) {
    return apiServer.patch(
        RESIZE,
        STRATEGIC,
        json(
            "{'metadata':{'labels':{'x':'y'}},'spec':{'containers':[{'name':'c','image':'j',"
                + "'resources':{'requests':{'cpu':'"
                + cpu
                + "'}}}]}}"));
  }

  @Test
  void onlyTheResourcesChange() {
    pod("");
    Answered resized = ask("2").expect(200);
    assertThat(resized.at("spec.containers.0.resources.requests.cpu")).isEqualTo("2");
    assertThat(resized.at("spec.containers.0.image")).isEqualTo("i");
    assertThat(resized.at("metadata.labels")).isEqualTo("<absent>");
    assertThat(resized.at("metadata.generation")).isEqualTo("2");
    assertThat(ask("2").expect(200).at("metadata.generation")).isEqualTo("2");
    assertThat(apiServer.get(RESIZE).at("spec.containers.0.resources.requests.cpu")).isEqualTo("2");
  }

  @Test
  void thePodItselfIsNotResized() {
    pod("");
    Answered direct =
        apiServer.patch(
            PODS + "/a",
            STRATEGIC,
            json("{'spec':{'containers':[{'name':'c','resources':{'requests':{'cpu':'2'}}}]}}"));
    assertThat(direct.expect(422).status().message())
        .contains("spec: Forbidden: pod updates may not change fields other than");
  }

  @Test
  void aPodGetsNoMoreThanItsNodeHas() {
    node("");
    pod("'nodeName':'n',");
    ask("2").expect(200);
    Answered refused = ask("3").expect(403);
    assertThat(refused.status().message())
        .isEqualTo(
            "pods \"a\" is forbidden: node didn't have enough allocatable resources: cpu,"
                + " requested: 3000, allocatable: 2000");
    assertThat(refused.at("details.causes.0.reason")).isEqualTo("NodeCapacity");
  }

  @Test
  void aNodeMustBeThereAndRunLinux() {
    pod("'nodeName':'n',");
    assertThat(ask("2").expect(403).status().message())
        .isEqualTo("pods \"a\" is forbidden: node \"n\" not found");
    node("'kubernetes.io/os':'windows'");
    Answered refused = ask("2").expect(403);
    assertThat(refused.status().message())
        .isEqualTo(
            "pods \"a\" is forbidden: pod resize is only supported on linux nodes, node \"n\" is"
                + " \"windows\"");
    assertThat(refused.at("details.causes.0.reason")).isEqualTo("UnsupportedPlatform");
  }
}
