package io.tiphys.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelPipeline;
import io.tiphys.base.SystemClock;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.server.tls.Pki;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two listeners of one process: what clients of one hold is missing at the other. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SharedLimitsTest {
  private static final Pki PKI = Pki.ephemeral(new SystemClock(), new SecureRandom());
  private static final SSLContext TLS = LoopbackClient.tls(PKI, null);
  private static final int BODY = 100_000;

  private final ManualClock clock = new ManualClock();
  private final ServerUsage usage = new ServerUsage(clock, 2, BODY + BODY / 2, 1);
  private final Semaphore waiting = new Semaphore(0);
  private final CountDownLatch letGo = new CountDownLatch(1);
  private ApiListener first;
  private ApiListener second;

  @BeforeEach
  void open() {
    first = listen();
    second = listen();
  }

  private ApiListener listen() {
    return ApiListener.open(
        new ListenerConfig("127.0.0.1", 0),
        PKI.serving(List.of()),
        this::handle,
        usage,
        clock,
        new Random(1));
  }

  @AfterEach
  void close() {
    letGo.countDown();
    first.close();
    second.close();
  }

  private Response handle(Request request) throws InterruptedException {
    if (request.path().equals("/session")) {
      return new Response.Upgrade(new Silent());
    }
    int length = request.body().length;
    if (request.path().equals("/wait")) {
      waiting.release();
      letGo.await();
    }
    return Answers.text(200, "read " + length);
  }

  /** A session in which nothing is said. */
  private record Silent() implements UpgradeHandler {
    @Override
    public Map<String, String> headers() {
      return Map.of("Connection", "Upgrade", "Upgrade", "silence");
    }

    @Override
    public void takeOver(ChannelPipeline pipeline) {}
  }

  private static SSLSocket send(ApiListener to, String path, int body) throws IOException {
    SSLSocket socket = (SSLSocket) TLS.getSocketFactory().createSocket("127.0.0.1", to.port());
    String head = "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + body + "\r\n\r\n";
    socket.getOutputStream().write(head.getBytes(US_ASCII));
    socket.getOutputStream().write(new byte[body]);
    socket.getOutputStream().flush();
    return socket;
  }

  /** The first line of the answer; empty when the connection was closed without one. */
  private static String status(SSLSocket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = socket.getInputStream().read(); c >= 0 && c != '\r'; ) {
      line.append((char) c);
      c = socket.getInputStream().read();
    }
    return line.toString();
  }

  private static String attempt(ApiListener to, String path, int body) {
    try (SSLSocket socket = send(to, path, body)) {
      return status(socket);
    } catch (IOException closed) {
      return "";
    }
  }

  @Test
  void connectionsOfOneListenerCountAtTheOther() throws Exception {
    try (SSLSocket a = send(first, "/wait", 0);
        SSLSocket b = send(second, "/wait", 0)) {
      waiting.acquire(2);
      assertThat(usage.connections().size()).isEqualTo(2);
      assertThat(attempt(first, "/", 0)).isEmpty();
      assertThat(attempt(second, "/", 0)).isEmpty();

      letGo.countDown();
      assertThat(status(a)).isEqualTo("HTTP/1.1 200 OK");
      assertThat(status(b)).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @Test
  void bytesHeldThroughOneListenerAreMissingAtTheOther() throws Exception {
    try (SSLSocket holder = send(first, "/wait", BODY)) {
      waiting.acquire();
      assertThat(attempt(second, "/", BODY)).isEqualTo("HTTP/1.1 429 Too Many Requests");

      letGo.countDown();
      assertThat(status(holder)).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @Test
  void sessionsOfOneListenerCountAtTheOther() throws Exception {
    try (SSLSocket session = send(first, "/session", 0)) {
      assertThat(status(session)).startsWith("HTTP/1.1 101 ");
      assertThat(attempt(second, "/session", 0)).isEqualTo("HTTP/1.1 429 Too Many Requests");
    }
  }

  @Test
  void requestsAtEveryListenerAreCountedTogether() {
    attempt(first, "/", 0);
    attempt(second, "/", 0);

    StringBuilder text = new StringBuilder();
    usage.metrics().writeTo(text);
    assertThat(text.toString())
        .contains("apiserver_request_total{")
        .containsPattern("apiserver_request_total\\{.*\\} 2");
  }
}
