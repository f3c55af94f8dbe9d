package io.tiphys.server.apiserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.base.machine.Machine;
import io.tiphys.server.proxy.Dialer;
import io.tiphys.server.webhook.OtherServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that the whole server passes on; the address of every pod leads to loopback. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ProxyTest extends ServerFixture {
  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final String SERVICES = "/api/v1/namespaces/default/services";

  private final OtherServer pod = OtherServer.open();

  /** Leads every connection to the port of this machine that it names. */
  @Override
  Dialer dialer() {
    return (to, patience) -> {
      InetSocketAddress here =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), to.getPort());
      return Machine.own().network().connect(here, patience);
    };
  }

  @AfterEach
  void closePod() {
    pod.close();
  }

  private int podPort() {
    return URI.create(pod.url()).getPort();
  }

  /** A pod with an address, as the kubelet reports it. */
  private void runPod(String name, String address) throws Exception {
    post("/api/v1/namespaces/default/serviceaccounts", "{\"metadata\":{\"name\":\"default\"}}");
    HttpResponse<String> made =
        post(
            PODS,
            "{\"metadata\":{\"name\":\"%s\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\",\"ports\":[{\"containerPort\":%d}]}]}}"
                .formatted(name, podPort()));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    HttpResponse<String> running =
        send(
            request(PODS + "/" + name + "/status")
                .header("Content-Type", "application/merge-patch+json")
                .method(
                    "PATCH",
                    BodyPublishers.ofString(
                        "{\"status\":{\"podIP\":\"%s\",\"podIPs\":[{\"ip\":\"%s\"}]}}"
                            .formatted(address, address))));
    assertThat(running.statusCode()).as(running.body()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
  void everyVerbGetsToThePodWithPathQueryAndBody(String method) throws Exception {
    runPod("p", "192.0.2.9");
    pod.answer(asked -> new OtherServer.Answer(207, asked.method() + asked.path() + asked.body()));
    String body = method.equals("GET") ? "" : "sent";

    HttpResponse<String> answer =
        send(
            request(PODS + "/p/proxy/a%20b/?c=%2F&c=d")
                .method(method, BodyPublishers.ofString(body)));

    assertThat(answer.statusCode()).isEqualTo(207);
    assertThat(answer.body()).isEqualTo(method + "/a%20b/?c=%2F&c=d" + body);
    assertThat(pod.asked().take().authorization()).isNull();
  }

  @Test
  void aPodIsNamedWithItsPortAndScheme() throws Exception {
    runPod("p", "192.0.2.9");
    pod.answer(asked -> new OtherServer.Answer(200, asked.path()));

    assertThat(get(PODS + "/p:" + podPort() + "/proxy/x").body()).isEqualTo("/x");
    assertThat(get(PODS + "/http:p:" + podPort() + "/proxy/").body()).isEqualTo("/");
    assertThat(get(PODS + "/ftp:p:1/proxy/").body())
        .contains("invalid pod request \\\"ftp:p:1\\\"", "\"code\":400");
    assertThat(get(PODS + "/none/proxy/").body()).contains("pods \\\"none\\\" not found");
  }

  @ParameterizedTest
  @CsvSource({
    "//a%20HTTP/1.1%0d%0aX:%20y, //a%20HTTP/1.1%0D%0AX:%20y",
    "//my_host/x, //my_host/x",
    "/%c3%a9;a=b, /%C3%A9;a=b"
  })
  void aPathCannotEndTheRequestLine(String path, String arrives) throws Exception {
    runPod("p", "192.0.2.9");
    pod.answer(asked -> new OtherServer.Answer(200, asked.path()));

    assertThat(get(PODS + "/p/proxy" + path).body()).isEqualTo(arrives);
  }

  @Test
  void whoMayOnlyWatchPassesNothingOn() throws Exception {
    runPod("p", "192.0.2.9");
    pod.answer(_ -> new OtherServer.Answer(200, "deleted"));

    HttpResponse<String> answer =
        send(request("/api/v1/watch/namespaces/default/pods/p/proxy/x").DELETE());

    assertThat(answer.statusCode()).isNotEqualTo(200);
    assertThat(pod.asked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nFoo : x\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nFoo: a\0b\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"
      })
  void anAnswerThatIsNoneIsTold(String raw) throws Exception {
    runPod("p", "192.0.2.9");
    assertThat(answerTo(raw).statusCode()).isEqualTo(503);
  }

  @Test
  void whatComesBeforeTheAnswerIsPassedOver() throws Exception {
    runPod("p", "192.0.2.9");
    HttpResponse<String> answer =
        answerTo(
            "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    assertThat(answer.body()).isEqualTo("ok");
  }

  @Test
  void anAnswerThatBreaksOffIsNotTakenForTheWhole() throws Exception {
    runPod("p", "192.0.2.9");
    assertThatThrownBy(() -> answerTo("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nbegun"))
        .isInstanceOf(IOException.class);
  }

  /** What the pod sends, byte by byte, before it closes the connection. */
  private HttpResponse<String> answerTo(String raw) throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(
              () -> {
                try (Socket socket = listening.accept()) {
                  BufferedReader in =
                      new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
                  while (!in.readLine().isEmpty()) {}
                  socket.getOutputStream().write(raw.getBytes(UTF_8));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      return get(PODS + "/p:" + listening.getLocalPort() + "/proxy/");
    }
  }

  @Test
  void aPathWithoutASlashIsSentToTheOneWithIt() throws Exception {
    runPod("p", "192.0.2.9");

    HttpResponse<String> answer = get(PODS + "/p/proxy?a=b");

    assertThat(answer.statusCode()).isEqualTo(301);
    assertThat(answer.headers().firstValue("Location")).contains(PODS + "/p/proxy/?a=b");
  }

  @Test
  void longAnswersComeWhole() throws Exception {
    runPod("p", "192.0.2.9");
    String much = "0123456789".repeat(100_000);
    pod.answer(_ -> new OtherServer.Answer(200, much));

    assertThat(get(PODS + "/p/proxy/").body()).isEqualTo(much);
  }

  @Test
  void whereNobodyListensTheAnswerIs503() throws Exception {
    runPod("p", "192.0.2.9");
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }

    HttpResponse<String> answer = get(PODS + "/p:" + free + "/proxy/");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body())
        .contains(
            "error trying to reach service: dial tcp 192.0.2.9:"
                + free
                + ": connect: connection refused");
  }

  @Test
  void addressesOfThisMachineAreNotGoneTo() throws Exception {
    runPod("p", "127.0.0.1");

    assertThat(get(PODS + "/p/proxy/").body()).contains("address not allowed", "\"code\":400");
  }

  @Test
  void aServiceLeadsToOneOfItsPods() throws Exception {
    runPod("p", "192.0.2.9");
    pod.answer(asked -> new OtherServer.Answer(200, "s" + asked.path()));
    post(
        SERVICES,
        "{\"metadata\":{\"name\":\"s\"},\"spec\":{\"ports\":[{\"name\":\"web\",\"port\":80}]}}");

    assertThat(get(SERVICES + "/s:web/proxy/").body()).contains("endpoints \\\"s\\\" not found");
    post(
        "/api/v1/namespaces/default/endpoints",
        "{\"metadata\":{\"name\":\"s\"},\"subsets\":[{\"addresses\":[{\"ip\":\"192.0.2.9\",\"targetRef\":{\"kind\":\"Pod\",\"name\":\"p\",\"namespace\":\"default\"}}],\"ports\":[{\"name\":\"web\",\"port\":%d}]}]}"
            .formatted(podPort()));

    assertThat(get(SERVICES + "/s:web/proxy/x").body()).isEqualTo("s/x");
    assertThat(get(SERVICES + "/s:80/proxy/x").body()).isEqualTo("s/x");
    assertThat(get(SERVICES + "/s:81/proxy/").body())
        .contains("no service port 81 found for service \\\"s\\\"", "\"code\":503");
    assertThat(get(SERVICES + "/s:other/proxy/").body())
        .contains("no endpoints available for service \\\"s:other\\\"");
  }

  @Test
  void onlyPodsAreReachedThroughAService() throws Exception {
    post(SERVICES, "{\"metadata\":{\"name\":\"s\"},\"spec\":{\"ports\":[{\"port\":80}]}}");
    post(
        "/api/v1/namespaces/default/endpoints",
        "{\"metadata\":{\"name\":\"s\"},\"subsets\":[{\"addresses\":[{\"ip\":\"192.0.2.9\"}],\"ports\":[{\"port\":%d}]}]}"
            .formatted(podPort()));

    assertThat(get(SERVICES + "/s/proxy/").body())
        .contains("no endpoints available for service \\\"s\\\"", "\"code\":503");
  }
}
