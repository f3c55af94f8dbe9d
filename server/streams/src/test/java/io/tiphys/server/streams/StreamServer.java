package io.tiphys.server.streams;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.SystemClock;
import io.tiphys.server.authentication.AuthenticationStage;
import io.tiphys.server.authentication.ClientCertificates;
import io.tiphys.server.authorization.Authorizer;
import io.tiphys.server.http.Answers;
import io.tiphys.server.http.ApiListener;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.ListenerConfig;
import io.tiphys.server.http.LoopbackClient;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestPipeline;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.ServerUsage;
import io.tiphys.server.tls.Pem;
import io.tiphys.server.tls.Pki;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** A server that knows two pods on one node, and just enough discovery for kubectl to find them. */
final class StreamServer implements Lifecycle {
  final LocalNode node = new LocalNode();
  private final Pki pki;
  private final ApiListener listener;

  StreamServer() {
    this(new Sessions(Sessions.MAX_SESSIONS, Sessions.MAX_PROCESSES));
  }

  StreamServer(Sessions sessions) {
    SystemClock clock = new SystemClock();
    pki = Pki.ephemeral(clock, new SecureRandom());
    Authorizer everyone = _ -> new Authorizer.Decision(true, "");
    PodStreams streams =
        new PodStreams(StreamServer::pod, _ -> node, everyone, (_, _) -> {}, clock, sessions);
    Handler pipeline =
        RequestPipeline.through(
            List.of(
                new AuthenticationStage(
                    List.of(new ClientCertificates(List.of(pki.authority()), clock)))),
            RequestPipeline.routes(
                List.of(new RequestPipeline.Route(PodStreams::fits, streams)),
                StreamServer::discovery));
    listener =
        ApiListener.open(
            new ListenerConfig("127.0.0.1", 0),
            pki.serving(List.of()),
            pipeline,
            new ServerUsage(clock),
            clock,
            new java.util.Random(1));
  }

  int port() {
    return listener.port();
  }

  /** A client that trusts this server and is its administrator. */
  HttpClient client() {
    return LoopbackClient.of(pki, pki.issueClient("admin", List.of("system:masters")));
  }

  Path writeKubeconfig(Path folder) throws IOException {
    Pki.Credential admin = pki.issueClient("admin", List.of("system:masters"));
    String config =
        """
        apiVersion: v1
        kind: Config
        current-context: c
        contexts: [{name: c, context: {cluster: c, user: u}}]
        clusters: [{name: c, cluster: {server: "https://127.0.0.1:%d", certificate-authority-data: %s}}]
        users: [{name: u, user: {client-certificate-data: %s, client-key-data: %s}}]
        """
            .formatted(
                listener.port(),
                base64(Pem.of(pki.authority())),
                base64(admin.certificatePem()),
                base64(admin.keyPem()));
    return Files.writeString(folder.resolve("kubeconfig"), config);
  }

  private static Pod pod(String namespace, String name) {
    return switch (name) {
      case "one" -> podOf(name, "main");
      case "two" -> podOf(name, "a", "b");
      default -> throw ApiFailure.notFound("pods", name);
    };
  }

  private static Pod podOf(String name, String... containers) {
    return Pod.EMPTY
        .withMetadata(ObjectMeta.EMPTY.withNamespace("default").withName(name).withUid("u-" + name))
        .withSpec(
            PodSpec.EMPTY
                .withNodeName("n")
                .withContainers(
                    Arrays.stream(containers)
                        .map(container -> Container.EMPTY.withName(container).withTty(true))
                        .map(container -> container.withStdin(true))
                        .toList()))
        .withStatus(PodStatus.EMPTY.withPhase("Running"));
  }

  private static Response discovery(Request request) {
    if (request.info().resource().equals("pods") && request.info().verb().equals("get")) {
      Pod pod = pod(request.info().namespace(), request.info().name());
      return Response.Full.of(200, Answers.JSON, ObjectCodec.toJson(pod));
    }
    return switch (request.path()) {
      case "/api" -> json("{\"kind\":\"APIVersions\",\"versions\":[\"v1\"]}");
      case "/apis" -> json("{\"kind\":\"APIGroupList\",\"apiVersion\":\"v1\",\"groups\":[]}");
      case "/api/v1" ->
          json(
              """
              {"kind":"APIResourceList","groupVersion":"v1","resources":[
                {"name":"pods","singularName":"pod","namespaced":true,"kind":"Pod",
                 "verbs":["get","list"],"shortNames":["po"]}]}
              """);
      default -> Answers.pageNotFound();
    };
  }

  private static Response json(String text) {
    return Response.Full.of(200, Answers.JSON, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    listener.close();
  }
}
