package io.tiphys.node.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.core.v1.HTTPGetAction;
import io.tiphys.api.core.v1.HTTPHeader;
import io.tiphys.base.Clock;
import io.tiphys.base.SystemClock;
import io.tiphys.base.machine.Machine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class HttpGetTest {
  private static final Clock CLOCK = new SystemClock();
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();

  private static HTTPGetAction action(String scheme, HTTPHeader... headers) {
    return HTTPGetAction.builder()
        .path("/healthz")
        .scheme(scheme)
        .httpHeaders(List.of(headers))
        .build();
  }

  /** Answers one request with {@code answer} and hangs up. */
  private ServerSocket server(String answer) throws IOException {
    ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(
            () -> {
              try (Socket socket = server.accept()) {
                byte[] buffer = new byte[4096];
                int count = socket.getInputStream().read(buffer);
                asked.add(new String(buffer, 0, Math.max(0, count), StandardCharsets.ISO_8859_1));
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    return server;
  }

  private static HttpGet get(ServerSocket server, HTTPGetAction action) {
    return new HttpGet(Machine.own().network(), CLOCK, "127.0.0.1", server.getLocalPort(), action);
  }

  @Test
  void theCodeIsWhatCounts() throws Exception {
    try (ServerSocket server = server("HTTP/1.1 204 No Content\r\n\r\n")) {
      assertThat(get(server, action("HTTP")).answer(PATIENCE).code()).isEqualTo(204);
      assertThat(asked.take())
          .startsWith("GET /healthz HTTP/1.1\r\n")
          .contains("Host: 127.0.0.1:" + server.getLocalPort())
          .contains("User-Agent: kube-probe/1.36")
          .contains("Accept: */*");
    }
  }

  @Test
  void headersOfTheProbeReplaceItsOwn() throws Exception {
    HTTPHeader host = new HTTPHeader("Host", "example.com");
    HTTPHeader kubelet = new HTTPHeader("User-Agent", "");
    HTTPHeader more = new HTTPHeader("X-Probe", "yes");
    try (ServerSocket server = server("HTTP/1.0 500 oh\r\n\r\n")) {
      assertThat(get(server, action("HTTP", host, kubelet, more)).answer(PATIENCE).code())
          .isEqualTo(500);
      assertThat(asked.take())
          .contains("Host: example.com\r\n", "X-Probe: yes\r\n")
          .doesNotContain("127.0.0.1", "User-Agent");
    }
  }

  @Test
  void aRefusalReadsAsGoSaysIt() throws IOException {
    int port;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = server.getLocalPort();
    }
    assertThatThrownBy(
            () ->
                new HttpGet(Machine.own().network(), CLOCK, "127.0.0.1", port, action("HTTP"))
                    .answer(PATIENCE))
        .hasMessage(
            "Get \"http://127.0.0.1:%d/healthz\": dial tcp 127.0.0.1:%d: connect: connection refused"
                .formatted(port, port));
  }

  @Test
  void silenceEndsWithTheDeadlineAndNoAnswerIsTheEndOfFile() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> get(silent, action("HTTP")).answer(Duration.ofMillis(50)))
          .hasMessageEndingWith(
              ": context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
    }
    try (ServerSocket server = server("")) {
      assertThatThrownBy(() -> get(server, action("HTTP")).answer(PATIENCE))
          .hasMessageEndingWith(": EOF");
    }
  }

  @Test
  void nonsenseAndPlainTextWhereTlsIsExpectedAreFailures() throws IOException {
    try (ServerSocket server = server("220 mail.example.com\r\n")) {
      assertThatThrownBy(() -> get(server, action("HTTP")).answer(PATIENCE))
          .hasMessageContaining("malformed HTTP response");
    }
    try (ServerSocket server = server("HTTP/1.1 400 Bad Request\r\n\r\n")) {
      assertThatThrownBy(() -> get(server, action("HTTPS")).answer(PATIENCE))
          .hasMessageStartingWith("Get \"https://127.0.0.1:");
    }
  }

  /** Answers each request with what {@code answer} says to its first line, until it is closed. */
  private ServerSocket serving(UnaryOperator<String> answer) throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                while (true) {
                  serve(server.accept(), answer);
                }
              } catch (IOException _) {
                // Closed.
              }
            });
    return server;
  }

  private void serve(Socket socket, UnaryOperator<String> answer) throws IOException {
    try (socket) {
      byte[] buffer = new byte[4096];
      int count = socket.getInputStream().read(buffer);
      String request = new String(buffer, 0, Math.max(0, count), StandardCharsets.ISO_8859_1);
      asked.add(request);
      String line = request.lines().findFirst().orElse("");
      socket.getOutputStream().write(answer.apply(line).getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static String redirect(String location) {
    return "HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 4\r\n\r\nmove";
  }

  private static HTTPGetAction path(String path) {
    return HTTPGetAction.builder().path(path).scheme("HTTP").build();
  }

  @Test
  void redirectsWithinTheHostAreFollowedAndTheLastAnswerCounts() throws IOException {
    UnaryOperator<String> answers =
        line ->
            switch (line.split(" ")[1]) {
              case "/a/b" -> redirect("../c?d=e");
              case "/c?d=e" -> "HTTP/1.1 500 no\r\n\r\n";
              default -> "HTTP/1.1 404 none\r\n\r\n";
            };
    try (ServerSocket server = serving(answers)) {
      HTTPHeader own = new HTTPHeader("X-Probe", "yes");
      HTTPGetAction action = path("/a/b").toBuilder().httpHeaders(List.of(own)).build();
      assertThat(get(server, action).answer(PATIENCE).code()).isEqualTo(500);
      assertThat(asked).hasSize(2).allMatch(request -> request.contains("X-Probe: yes\r\n"));
      assertThat(asked).last().asString().contains("Referer: http://127.0.0.1:");
    }
  }

  @Test
  void aRedirectElsewhereEndsTheProbeWithWhatItSaid() throws IOException {
    try (ServerSocket server = serving(_ -> redirect("http://example.com/"))) {
      HttpAnswer answer = get(server, path("/")).answer(PATIENCE);
      assertThat(answer.code()).isEqualTo(302);
      assertThat(answer.body()).isEqualTo("move");
    }
  }

  @Test
  void redirectsInACircleEndAfterTen() throws IOException {
    try (ServerSocket server = serving(_ -> redirect("/again"))) {
      assertThatThrownBy(() -> get(server, path("/")).answer(PATIENCE))
          .hasMessage("Get \"/again\": stopped after 10 redirects");
      assertThat(asked).hasSize(10);
    }
  }

  @Test
  void theTimeoutIsOfTheWholeProbeHoweverOftenAByteComes() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CountDownLatch given = new CountDownLatch(1);
      Thread.ofVirtual().start(() -> drip(server, given));
      assertThatThrownBy(() -> get(server, path("/")).answer(Duration.ofMillis(300)))
          .hasMessageEndingWith(
              ": context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
      given.countDown();
    }
  }

  /** A header without end, far too slow to reach the limit of its length. */
  private static void drip(ServerSocket server, CountDownLatch given) {
    try (Socket socket = server.accept()) {
      while (!given.await(5, TimeUnit.MILLISECONDS)) {
        socket.getOutputStream().write('H');
      }
    } catch (IOException | InterruptedException _) {
      // The client has had enough.
    }
  }

  @Test
  void pathsAreAskedForAsGoWritesThem() {
    assertThat(HttpGet.target("healthz")).isEqualTo("/healthz");
    assertThat(HttpGet.target("")).isEqualTo("/");
    assertThat(HttpGet.target("/a b?c=d e#f")).isEqualTo("/a%20b?c=d%20e");
    assertThat(HttpGet.target("/a%2Fb!(x)?y=%20")).isEqualTo("/a%2Fb!(x)?y=%20");
    assertThat(HttpGet.target("/50%")).isEqualTo("/50%25");
    assertThat(HttpGet.target("http://other/x")).isEqualTo("/x");
    assertThat(HttpGet.target("/a\r\nX: y")).isEqualTo("/a%0D%0AX:%20y");
    assertThat(HttpGet.target("/ü")).isEqualTo("/%C3%BC");
  }

  @Test
  void headersThatWouldBecomeOthersAreRefused() throws IOException {
    try (ServerSocket server = serving(_ -> "HTTP/1.1 200 OK\r\n\r\n")) {
      HTTPHeader split = new HTTPHeader("X-A", "b\r\nHost: other");
      assertThatThrownBy(() -> get(server, action("HTTP", split)).answer(PATIENCE))
          .hasMessageEndingWith(": net/http: invalid header field value for \"X-A\"");
      HTTPHeader name = new HTTPHeader("X A", "b");
      assertThatThrownBy(() -> get(server, action("HTTP", name)).answer(PATIENCE))
          .hasMessageEndingWith(": net/http: invalid header field name \"X A\"");
      assertThat(asked).isEmpty();
    }
  }

  @Test
  void answersBeforeTheAnswerAreSkippedAndChunksAreRead() throws IOException {
    String chunked = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 304 Not Modified\r\n\r\n";
    try (ServerSocket server = serving(_ -> chunked)) {
      assertThat(get(server, path("/")).answer(PATIENCE).code()).isEqualTo(304);
    }
    String text =
        "HTTP/1.1 300 Many\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + "3\r\n"
            + "one\r\n"
            + "3;x\r\n"
            + "two\r\n"
            + "0\r\n\r\n";
    try (ServerSocket server = serving(_ -> text)) {
      assertThat(get(server, path("/")).answer(PATIENCE).body()).isEqualTo("onetwo");
    }
  }
}
