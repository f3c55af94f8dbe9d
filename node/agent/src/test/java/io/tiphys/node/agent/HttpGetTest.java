package io.tiphys.node.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.core.v1.HTTPGetAction;
import io.tiphys.api.core.v1.HTTPHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

final class HttpGetTest {
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
    return new HttpGet("127.0.0.1", server.getLocalPort(), action);
  }

  @Test
  void theCodeIsWhatCounts() throws Exception {
    try (ServerSocket server = server("HTTP/1.1 204 No Content\r\n\r\n")) {
      assertThat(get(server, action("HTTP")).code(PATIENCE)).isEqualTo(204);
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
    HTTPHeader agent = new HTTPHeader("User-Agent", "");
    HTTPHeader more = new HTTPHeader("X-Probe", "yes");
    try (ServerSocket server = server("HTTP/1.0 500 oh\r\n\r\n")) {
      assertThat(get(server, action("HTTP", host, agent, more)).code(PATIENCE)).isEqualTo(500);
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
    assertThatThrownBy(() -> new HttpGet("127.0.0.1", port, action("HTTP")).code(PATIENCE))
        .hasMessage(
            "Get \"http://127.0.0.1:%d/healthz\": dial tcp 127.0.0.1:%d: connect: connection refused"
                .formatted(port, port));
  }

  @Test
  void silenceEndsWithTheDeadlineAndNoAnswerIsTheEndOfFile() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> get(silent, action("HTTP")).code(Duration.ofMillis(50)))
          .hasMessageEndingWith(
              ": context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
    }
    try (ServerSocket server = server("")) {
      assertThatThrownBy(() -> get(server, action("HTTP")).code(PATIENCE))
          .hasMessageEndingWith(": EOF");
    }
  }

  @Test
  void nonsenseAndPlainTextWhereTlsIsExpectedAreFailures() throws IOException {
    try (ServerSocket server = server("220 mail.example.com\r\n")) {
      assertThatThrownBy(() -> get(server, action("HTTP")).code(PATIENCE))
          .hasMessageContaining("malformed HTTP response");
    }
    try (ServerSocket server = server("HTTP/1.1 400 Bad Request\r\n\r\n")) {
      assertThatThrownBy(() -> get(server, action("HTTPS")).code(PATIENCE))
          .hasMessageStartingWith("Get \"https://127.0.0.1:");
    }
  }
}
