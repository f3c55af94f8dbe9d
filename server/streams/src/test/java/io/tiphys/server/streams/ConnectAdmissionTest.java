package io.tiphys.server.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.ApiFailure;
import io.tiphys.base.SystemClock;
import io.tiphys.codec.Json;
import io.tiphys.server.authorization.Authorizer;
import io.tiphys.server.http.Peer;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestInfo;
import io.tiphys.server.http.User;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Connections to pods are admitted before anything else is done about them. */
class ConnectAdmissionTest {
  private static final User ANN = new User("ann", "", List.of(), Map.of());

  private final AtomicReference<Json.Obj> asked = new AtomicReference<>();
  private final PodStreams refusing =
      new PodStreams(
          (namespace, name) -> {
            throw new AssertionError("the pod was looked up");
          },
          _ -> {
            throw new AssertionError("the node was looked up");
          },
          _ -> new Authorizer.Decision(true, ""),
          (request, options) -> {
            asked.set(options);
            throw ApiFailure.forbidden("pods", request.info().name(), "no");
          },
          new SystemClock());

  private void refused(String subresource, Map<String, List<String>> query) {
    assertThatThrownBy(() -> refusing.handle(request(subresource, query)))
        .isInstanceOf(ApiFailure.class)
        .hasMessageContaining("pods \"p\" is forbidden: no");
  }

  private static Request request(String subresource, Map<String, List<String>> query) {
    String path = "/api/v1/namespaces/n/pods/p/" + subresource;
    RequestInfo info = RequestInfo.of("POST", path, query);
    return new Request("POST", path, query, Map.of(), new byte[0], info, ANN, Peer.LOCAL);
  }

  private static Json tree(String json) {
    return Json.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void execTellsItsCommandAndStreams() {
    refused(
        "exec",
        Map.of(
            "command", List.of("sh", "-c"),
            "container", List.of("c"),
            "stdin", List.of("true"),
            "tty", List.of("0")));
    assertThat(asked.get())
        .isEqualTo(
            tree(
                "{'kind':'PodExecOptions','apiVersion':'v1','stdin':true,'container':'c',"
                    + "'command':['sh','-c']}"));
  }

  @Test
  void attachTellsItsStreams() {
    refused("attach", Map.of("stdout", List.of("1")));
    assertThat(asked.get())
        .isEqualTo(tree("{'kind':'PodAttachOptions','apiVersion':'v1','stdout':true}"));
  }

  @Test
  void portForwardTellsItsPorts() {
    refused("portforward", Map.of("ports", List.of("80,443", "8080")));
    assertThat(asked.get())
        .isEqualTo(
            tree("{'kind':'PodPortForwardOptions','apiVersion':'v1','ports':[80,443,8080]}"));
  }

  @Test
  void nothingIsOnlyTried() {
    assertThatThrownBy(() -> refusing.handle(request("exec", Map.of("dryRun", List.of("All")))))
        .hasMessageContaining("dryRun is not supported");
  }
}
