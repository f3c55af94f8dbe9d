package io.tiphys.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.ApiFailure;
import io.tiphys.base.SystemClock;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.server.tls.Pki;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that ask too much, send too little or never read, beside one who behaves. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class BadClientsTest {
  private static final Pki PKI = Pki.ephemeral(new SystemClock(), new SecureRandom());
  private static final SSLContext TLS = LoopbackClient.tls(PKI, null);
  private static final byte[] PIECE = new byte[16 * 1024];

  private final ManualClock clock = new ManualClock();
  private final ServerUsage usage = new ServerUsage(clock);
  private final AtomicLong handled = new AtomicLong();
  private final AtomicLong mostHeld = new AtomicLong();
  private final CountDownLatch streamClosed = new CountDownLatch(1);
  private final CountDownLatch answerDropped = new CountDownLatch(1);
  private ApiListener listener;
  private HttpClient client;

  @BeforeEach
  void open() {
    listener =
        ApiListener.open(
            new ListenerConfig("127.0.0.1", 0),
            PKI.serving(List.of()),
            this::handle,
            usage,
            clock,
            new Random(1));
    client = HttpClient.newBuilder().sslContext(TLS).build();
  }

  @AfterEach
  void close() {
    client.shutdownNow();
    listener.close();
  }

  /** An unknown client is refused before the body is looked at. */
  private Response handle(Request request) {
    handled.incrementAndGet();
    mostHeld.accumulateAndGet(usage.bodies().taken(), Math::max);
    if (request.path().equals("/unknown")) {
      throw ApiFailure.unauthorized("Unauthorized");
    }
    if (request.path().equals("/endless")) {
      return new Response.Streaming(200, "text/plain", this::writeForever);
    }
    if (request.path().equals("/large")) {
      request.scope().onAnswered(answerDropped::countDown);
      return Response.Full.of(200, "text/plain", new byte[64 * 1024 * 1024]);
    }
    return Answers.text(200, request.method() + " " + request.body().length);
  }

  private void writeForever(Response.Sink sink) throws InterruptedException {
    sink.onClose(streamClosed::countDown);
    while (true) {
      sink.write(List.of(PIECE));
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + listener.port() + path));
  }

  private void othersAreServed() throws Exception {
    for (HttpClient.Version version : HttpClient.Version.values()) {
      HttpResponse<String> answer =
          client.send(request("/ok").version(version).build(), BodyHandlers.ofString());
      assertThat(answer.body()).isEqualTo("GET 0");
    }
  }

  private SSLSocket connect() throws IOException {
    SSLSocket socket = (SSLSocket) TLS.getSocketFactory().createSocket("127.0.0.1", port());
    socket.startHandshake();
    return socket;
  }

  private int port() {
    return listener.port();
  }

  /** Announces a body, sends its first piece and then nothing more. */
  private static BodyPublisher stalled(long announced) {
    return BodyPublishers.fromPublisher(
        (Flow.Subscriber<? super ByteBuffer> subscriber) ->
            subscriber.onSubscribe(
                new Flow.Subscription() {
                  private boolean sent;

                  @Override
                  public void request(long count) {
                    if (!sent) {
                      sent = true;
                      subscriber.onNext(ByteBuffer.wrap(PIECE));
                    }
                  }

                  @Override
                  public void cancel() {}
                }),
        announced);
  }

  /** The whole of what comes back until the server ends the connection. */
  private String exchange(String request) throws IOException {
    try (SSLSocket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(UTF_8));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET /a HTTP/1.1\\r\\n\\r\\n | HTTP/1.1 400 Bad Request | missing required Host header
          GET /a HTTP/1.1\\r\\nHost: a\\r\\nHost: b\\r\\n\\r\\n | HTTP/1.1 400 Bad Request | 400 Bad Request
          GET /a HTTP/2.5\\r\\nHost: a\\r\\n\\r\\n | HTTP/1.1 505 HTTP Version Not Supported | unsupported protocol version
          GET /a HTTP/1.1\\r\\nHost: a\\r\\nExpect: more\\r\\n\\r\\n | HTTP/1.1 417 Expectation Failed | close
          POST /a HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 1\\r\\nContent-Length: 2\\r\\n\\r\\nxy | HTTP/1.1 400 Bad Request | close
          POST /a HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\nContent-Length: 2\\r\\nContent-Length: 2\\r\\n\\r\\nxy | HTTP/1.1 200 OK | POST 2
          GET http://else/a HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n | HTTP/1.1 200 OK | GET 0
          GET healthz?x=http://h/api/v1/secrets HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n | HTTP/1.1 400 Bad Request | 400 Bad Request
          GET api/v1/secrets HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n | HTTP/1.1 400 Bad Request | 400 Bad Request
          GET 1http://h/a HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n | HTTP/1.1 400 Bad Request | 400 Bad Request
          OPTIONS * HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n | HTTP/1.1 200 OK | OPTIONS 0
          GET /a HTTP/1.1\\r\\nHost: a/b\\r\\n\\r\\n | HTTP/1.1 400 Bad Request | 400 Bad Request: malformed Host header
          GET /a HTTP/1.1\\r\\nHost: [::1%25eth_0]:80\\r\\nConnection: close\\r\\n\\r\\n | HTTP/1.1 200 OK | GET 0
          """)
  void whatIsNoRequestIsRefusedAsGoRefusesIt(String request, String status, String text)
      throws Exception {
    String answer = exchange(request.replace("\\r", "\r").replace("\\n", "\n"));

    assertThat(answer).startsWith(status).contains(text);
    othersAreServed();
  }

  @Test
  void whoIsStillSendingItsHeaderHearsThatItIsTooLong() throws Exception {
    String header = "GET /a HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(1_000_000) + "\r\n\r\n";

    assertThat(exchange(header)).startsWith("HTTP/1.1 431 Request Header Fields Too Large");
  }

  @Test
  void anUnknownClientsBodiesAreNotWaitedForNorMadeRoomFor() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < Limits.MAX_STREAMS_PER_CONNECTION; i++) {
      HttpRequest post = request("/unknown").POST(stalled(Limits.MAX_BODY_BYTES)).build();
      answers.add(client.sendAsync(post, BodyHandlers.ofString()));
    }

    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertThat(answer.get().statusCode()).isEqualTo(401);
    }
    // What had arrived before its request was refused: far from the 750 MB that were announced.
    assertThat(mostHeld.get()).isLessThan(8_000_000);
    assertThat(usage.bodies().taken()).isZero();
    othersAreServed();
  }

  @Test
  void aBodyThatStopsComingEndsWithTheRequestsTime() throws Exception {
    CompletableFuture<Integer> code =
        client
            .sendAsync(request("/ok").POST(stalled(1_000_000)).build(), BodyHandlers.ofString())
            .thenApply(HttpResponse::statusCode);
    answersTimeout(code);

    try (SSLSocket socket = connect()) {
      String head = "POST /ok HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc";
      socket.getOutputStream().write(head.getBytes(UTF_8));
      answersTimeout(
          CompletableFuture.supplyAsync(() -> Integer.parseInt(text(socket, 12).substring(9))));
    }
    othersAreServed();
  }

  private void answersTimeout(CompletableFuture<Integer> code) throws Exception {
    while (handled.get() == 0) {
      Thread.onSpinWait();
    }
    handled.set(0);
    clock.advance(Limits.REQUEST_TIMEOUT.plus(Limits.DEADLINE_SWEEP.multipliedBy(2)));
    assertThat(code.get()).isEqualTo(504);
    while (usage.bodies().taken() > 0) {
      Thread.onSpinWait();
    }
  }

  private static String text(SSLSocket socket, int length) {
    try {
      return new String(socket.getInputStream().readNBytes(length), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aClientThatExpectsToContinueIsAskedForItsBodyOnlyWhenItIsWanted() throws Exception {
    String head = " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
    try (SSLSocket socket = connect()) {
      socket.getOutputStream().write(("POST /unknown" + head).getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readNBytes(12), UTF_8))
          .isEqualTo("HTTP/1.1 401");
    }
    try (SSLSocket socket = connect()) {
      socket.getOutputStream().write(("POST /ok" + head).getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readNBytes(25), UTF_8))
          .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      socket.getOutputStream().write("abc".getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readNBytes(12), UTF_8))
          .isEqualTo("HTTP/1.1 200");
    }
  }

  @Test
  void aThousandIdleConnectionsHarmNobodyAndGoInTime() throws Exception {
    List<SSLSocket> idle = new ArrayList<>();
    try (SSLSocket watching = connect()) {
      watching.getOutputStream().write("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
      assertThat(watching.getInputStream().readNBytes(4)).isEqualTo("HTTP".getBytes(UTF_8));
      for (int i = 0; i < 1000; i++) {
        idle.add(connect());
      }
      assertThat(usage.connections().size()).isGreaterThan(1000);
      othersAreServed();

      // Half a head again and again keeps no connection open.
      for (int i = 0; i < 8; i++) {
        idle.getFirst().getOutputStream().write('G');
        clock.advance(Limits.IDLE_SWEEP);
      }
      while (usage.connections().size() > 1) {
        Thread.onSpinWait();
      }
      assertThat(watching.getInputStream().readNBytes(1_000_000)).hasSize(1_000_000);
      assertThat(idle.getFirst().getInputStream().read()).isEqualTo(-1);
    } finally {
      for (SSLSocket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  void whoeverReadsNothingLosesHisStream() throws Exception {
    try (SSLSocket socket = connect()) {
      socket.getOutputStream().write("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
      assertThat(socket.getInputStream().readNBytes(4)).isEqualTo("HTTP".getBytes(UTF_8));

      while (!streamClosed.await(10, TimeUnit.MILLISECONDS)) {
        clock.advance(Limits.WRITE_PATIENCE);
      }
      othersAreServed();
    }
  }

  @Test
  void whoeverDoesNotReadALargeAnswerDoesNotHoldItForEver() throws Exception {
    try (SSLSocket socket = connect()) {
      socket.getOutputStream().write("GET /large HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
      assertThat(socket.getInputStream().readNBytes(4)).isEqualTo("HTTP".getBytes(UTF_8));

      while (!answerDropped.await(10, TimeUnit.MILLISECONDS)) {
        clock.advance(Limits.WRITE_PATIENCE);
      }
      othersAreServed();
    }
  }

  @Test
  void whatIsHeldIsLetGoOnlyWhenTheAnswerWasTaken() throws Exception {
    try (SSLSocket socket = connect()) {
      socket.getOutputStream().write("GET /large HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
      assertThat(socket.getInputStream().readNBytes(4)).isEqualTo("HTTP".getBytes(UTF_8));
      assertThat(answerDropped.getCount()).isEqualTo(1);

      assertThat(socket.getInputStream().readNBytes(64 * 1024 * 1024)).hasSize(64 * 1024 * 1024);
      answerDropped.await();
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void headersOfAMegabyteAreRefused(HttpClient.Version version) throws Exception {
    HttpRequest large =
        request("/ok").version(version).header("X-Large", "x".repeat(1024 * 1024)).build();

    if (version == HttpClient.Version.HTTP_1_1) {
      try (SSLSocket socket = connect()) {
        String head = "GET /ok HTTP/1.1\r\nX-Large: " + "x".repeat(1024 * 1024);
        socket.getOutputStream().write(head.getBytes(UTF_8));
        assertThat(new String(socket.getInputStream().readNBytes(12), UTF_8))
            .isEqualTo("HTTP/1.1 431");
      } catch (IOException reset) {
        // The answer may be lost to a client that goes on sending.
        assertThat(reset).isNotNull();
      }
    } else {
      assertThatThrownBy(() -> client.send(large, BodyHandlers.ofString()))
          .isInstanceOf(IOException.class);
    }
    othersAreServed();
  }

  @Test
  void whoeverNeverFinishesTlsIsSentAway() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
      socket.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1});
      while (usage.connections().size() == 0) {
        Thread.onSpinWait();
      }
      othersAreServed();

      CompletableFuture<Integer> end = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> end.complete(read(socket)));
      while (!end.isDone()) {
        clock.advance(Duration.ofSeconds(1));
        Thread.onSpinWait();
      }
      assertThat(end.get()).isEqualTo(-1);
    }
  }

  private static int read(Socket socket) {
    try {
      return socket.getInputStream().read();
    } catch (IOException reset) {
      return -1;
    }
  }
}
