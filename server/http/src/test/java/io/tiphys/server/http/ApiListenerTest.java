package io.tiphys.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelPipeline;
import io.tiphys.api.ApiFailure;
import io.tiphys.base.SystemClock;
import io.tiphys.server.tls.Pki;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The listener on a real socket, with the JDK's client in both versions of HTTP. */
class ApiListenerTest {
  private static final SystemClock CLOCK = new SystemClock();
  private static final Pki PKI = Pki.ephemeral(CLOCK, new SecureRandom());
  private static final byte[] PIECE = "0123456789".repeat(100).getBytes(UTF_8);
  private static final AtomicLong WRITTEN = new AtomicLong();
  private static final CountDownLatch CLOSED = new CountDownLatch(1);
  private static final CountDownLatch INTERRUPTED = new CountDownLatch(1);

  private static final AtomicLong HEADS_CLOSED = new AtomicLong();
  private static final Semaphore LET_GO = new Semaphore(0);

  private static ApiListener listener;
  private static HttpClient client;
  private static ServerUsage usage;

  @BeforeAll
  static void open() {
    usage = new ServerUsage(CLOCK);
    listener =
        ApiListener.open(
            new ListenerConfig("127.0.0.1", 0),
            PKI.serving(List.of()),
            RequestPipeline.through(List.of(new DeadlineStage()), new VerbContext()),
            usage,
            CLOCK,
            new java.util.Random(1));
    client = LoopbackClient.of(PKI, PKI.issueClient("me", List.of("us")));
  }

  @AfterAll
  static void close() {
    listener.close();
  }

  /** Answers by path. */
  private static final class VerbContext implements Handler {
    @Override
    public boolean mayBlock(Request request) {
      return !request.path().startsWith("/quick");
    }

    @Override
    public Response handle(Request request) throws InterruptedException {
      return switch (request.path()) {
        case "/quick" -> Response.Full.of(200, "text/plain", PIECE);
        case "/quick-or-not" -> {
          MustWait.unlessMayWait(request);
          yield Answers.text(200, "thread " + Thread.currentThread().isVirtual());
        }
        case "/big" -> new Response.Full(200, "text/plain", big(), Map.of("X-More", "yes"));
        case "/echo a" ->
            Answers.text(
                200,
                "%s %s %d %s"
                    .formatted(
                        request.method(),
                        request.query(),
                        request.body().length,
                        request.peer().certificates().size() + " certificate"));
        case "/stream" ->
            new Response.Streaming(
                200,
                "text/plain",
                sink -> {
                  sink.write(List.of("first\n".getBytes(UTF_8)));
                  sink.write(List.of("second\n".getBytes(UTF_8), "third\n".getBytes(UTF_8)));
                });
        case "/endless" ->
            new Response.Streaming(
                200,
                "text/plain",
                sink -> {
                  sink.onClose(CLOSED::countDown);
                  sink.onClose(HEADS_CLOSED::incrementAndGet);
                  while (true) {
                    sink.write(List.of(PIECE));
                    WRITTEN.addAndGet(PIECE.length);
                  }
                });
        case "/hang" -> {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            INTERRUPTED.countDown();
            throw e;
          }
          yield Answers.pageNotFound();
        }
        case "/late-upgrade" -> late(new Response.Upgrade(new Upgrading()));
        case "/late-stream" ->
            late(new Response.Streaming(200, "text/plain", sink -> sink.onClose(LET_GO::release)));
        case "/upgrade" -> new Response.Upgrade(new Upgrading());
        case "/broken" -> throw new IllegalStateException("a bug");
        case "/refused" -> throw ApiFailure.tooManyRequests("later", 7);
        default -> Answers.pageNotFound();
      };
    }
  }

  /** Comes once the time of its request is over. */
  private static Response late(Response response) {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      // The time is over.
    }
    return response;
  }

  private static final class Upgrading implements UpgradeHandler {
    @Override
    public Map<String, String> headers() {
      return Map.of();
    }

    @Override
    public void takeOver(ChannelPipeline pipeline) {}

    @Override
    public void abandoned() {
      LET_GO.release();
    }
  }

  private static List<byte[]> big() {
    return Collections.nCopies(1000, PIECE);
  }

  private static HttpRequest.Builder request(HttpClient.Version version, String path) {
    return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + listener.port() + path))
        .version(version);
  }

  private static HttpResponse<String> get(HttpClient.Version version, String path)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(request(version, path).build(), BodyHandlers.ofString());
    assertThat(response.version()).isEqualTo(version);
    return response;
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void answersWithAndWithoutAThread(HttpClient.Version version) throws Exception {
    assertThat(get(version, "/quick").body()).isEqualTo(new String(PIECE, UTF_8));
    HttpResponse<String> echo = get(version, "/echo%20a?x=1&x=%202&y=a;b&y=c%3Bd");
    assertThat(echo.body()).isEqualTo("GET {x=[1,  2], y=[c;d]} 0 1 certificate");
    assertThat(echo.headers().firstValue("cache-control")).hasValue("no-cache, private");
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void sendsManyPiecesAsOneBody(HttpClient.Version version) throws Exception {
    HttpResponse<String> response = get(version, "/big");

    assertThat(response.body()).isEqualTo(new String(PIECE, UTF_8).repeat(1000));
    assertThat(response.headers().firstValue("content-length")).hasValue("1000000");
    assertThat(response.headers().firstValue("x-more")).hasValue("yes");
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void compressesLargeBodiesForThoseWhoAsk(HttpClient.Version version) throws Exception {
    HttpResponse<byte[]> large =
        client.send(
            request(version, "/big").header("Accept-Encoding", "deflate, gzip").build(),
            BodyHandlers.ofByteArray());
    HttpResponse<byte[]> small =
        client.send(
            request(version, "/quick").header("Accept-Encoding", "gzip").build(),
            BodyHandlers.ofByteArray());

    assertThat(large.headers().firstValue("content-encoding")).hasValue("gzip");
    assertThat(large.body().length).isLessThan(100_000);
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(large.body()))) {
      assertThat(in.readAllBytes()).hasSize(1_000_000);
    }
    assertThat(small.headers().firstValue("content-encoding")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void headSendsTheLengthAlone(HttpClient.Version version) throws Exception {
    HttpResponse<String> response =
        client.send(request(version, "/big").HEAD().build(), BodyHandlers.ofString());

    assertThat(response.headers().firstValue("content-length")).hasValue("1000000");
    assertThat(response.body()).isEmpty();
    assertThat(get(version, "/quick").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void headLetsGoOfAStreamAtOnce(HttpClient.Version version) throws Exception {
    long before = HEADS_CLOSED.get();
    HttpResponse<String> response =
        client.send(request(version, "/endless").HEAD().build(), BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(HEADS_CLOSED.get()).isEqualTo(before + 1);
    assertThat(get(version, "/quick").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void everyAnswerHasADateAndAName(HttpClient.Version version) throws Exception {
    HttpResponse<String> answer = get(version, "/quick");
    HttpResponse<String> other = get(version, "/refused");
    HttpResponse<String> named =
        client.send(
            request(version, "/nothing").header("Audit-ID", "mine").build(),
            BodyHandlers.ofString());

    assertThat(answer.headers().firstValue("date").orElse(""))
        .matches("[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT");
    assertThat(answer.headers().firstValue("audit-id").orElse(""))
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
        .isNotEqualTo(other.headers().firstValue("audit-id").orElse(""));
    assertThat(named.headers().firstValue("audit-id")).hasValue("mine");
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void whatMustWaitIsHandledAgainOnItsOwnThread(HttpClient.Version version) throws Exception {
    assertThat(get(version, "/quick-or-not").body()).isEqualTo("thread true");
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void bodiesAreTakenUpToTheLimit(HttpClient.Version version) throws Exception {
    int limit = Limits.MAX_BODY_BYTES;

    HttpResponse<String> fits = post(version, BodyPublishers.ofByteArray(new byte[limit]));
    HttpResponse<String> announced = post(version, BodyPublishers.ofByteArray(new byte[limit + 1]));
    HttpResponse<String> unannounced =
        post(
            version,
            BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[limit + 1])));

    assertThat(fits.body()).isEqualTo("POST {} 3145728 1 certificate");
    assertThat(announced.statusCode()).isEqualTo(413);
    assertThat(announced.body())
        .contains("\"message\":\"Request entity too large: limit is 3145728\"")
        .contains("\"reason\":\"RequestEntityTooLarge\"");
    assertThat(unannounced.statusCode()).isEqualTo(413);
  }

  private static HttpResponse<String> post(
      HttpClient.Version version, HttpRequest.BodyPublisher body) throws Exception {
    return client.send(request(version, "/echo%20a").POST(body).build(), BodyHandlers.ofString());
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void whateverGoesWrongIsAnswered(HttpClient.Version version) throws Exception {
    HttpResponse<String> broken = get(version, "/broken");
    HttpResponse<String> refused = get(version, "/refused");
    HttpResponse<String> unknown = get(version, "/nothing");
    HttpResponse<String> late = get(version, "/hang?timeout=10ms");
    HttpResponse<String> senseless = get(version, "/quick?timeout=soon");

    assertThat(broken.statusCode()).isEqualTo(500);
    assertThat(broken.body())
        .contains("This request caused apiserver to panic. Look in the logs for details.")
        .doesNotContain("java.");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("retry-after")).hasValue("7");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).isEqualTo("404 page not found\n");
    assertThat(late.statusCode()).isEqualTo(504);
    assertThat(late.body())
        .contains("Timeout: request did not complete within the allotted timeout");
    assertThat(INTERRUPTED.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(senseless.statusCode()).isEqualTo(400);
    assertThat(senseless.body())
        .contains(
            "invalid timeout specified in the request URL - time: invalid duration \\\"soon\\\"");
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void anAnswerThatComesTooLateLetsGoOfWhatItHolds(HttpClient.Version version) throws Exception {
    for (String path : List.of("/late-upgrade", "/late-stream")) {
      assertThat(get(version, path + "?timeout=10ms").statusCode()).isEqualTo(504);
      assertThat(LET_GO.tryAcquire(30, TimeUnit.SECONDS)).as(path).isTrue();
    }
  }

  @Test
  void anUpgradeThatTheConnectionCannotMakeLetsGoOfWhatItHolds() throws Exception {
    HttpResponse<String> refused = get(HttpClient.Version.HTTP_2, "/upgrade");

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).isEqualTo("Upgrade is not possible over HTTP/2");
    assertThat(LET_GO.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void streamsAsItGrows(HttpClient.Version version) throws Exception {
    assertThat(get(version, "/stream").body()).isEqualTo("first\nsecond\nthird\n");
  }

  @Test
  void aClientThatReadsNothingStopsItsWriter() throws Exception {
    try (SSLSocket socket = connect()) {
      send(socket, "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(socket.getInputStream().readNBytes(4)).isEqualTo("HTTP".getBytes(UTF_8));
      // The writer has stopped when it has written nothing for long enough to fill any buffer.
      long before = -1;
      for (long now = WRITTEN.get(); now != before; now = WRITTEN.get()) {
        before = now;
        CLOCK.sleep(java.time.Duration.ofMillis(500));
      }
      // What the kernel holds for two sockets, and our own quarter of a megabyte.
      assertThat(before).isLessThan(64_000_000);
    }
    assertThat(CLOSED.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void requestsSentAheadAreAnsweredInOrder() throws Exception {
    try (SSLSocket socket = connect()) {
      String one = "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n";
      String last = "GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      send(socket, one + one + last);

      String all = new String(socket.getInputStream().readAllBytes(), UTF_8);
      assertThat(all.split("HTTP/1.1 ", -1)).hasSize(4);
      assertThat(all).endsWith("404 page not found\n").contains("connection: close");
    }
  }

  @Test
  void malformedRequestsAreRefused() throws Exception {
    assertThat(raw("nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(raw("GET /%zz?a HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(raw("GET /" + "x".repeat(300_000) + " HTTP/1.1\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ");
  }

  @Test
  void countsWhatItAnswers() throws Exception {
    get(HttpClient.Version.HTTP_1_1, "/api/v1/namespaces/n/pods/p?x=1");

    StringBuilder text = new StringBuilder();
    usage.metrics().writeTo(text);
    assertThat(text.toString())
        .contains(
            "apiserver_request_total{code=\"404\",component=\"apiserver\",dry_run=\"\",group=\"\",resource=\"pods\",scope=\"resource\",subresource=\"\",verb=\"GET\",version=\"v1\"}"
                + " 1")
        .contains("apiserver_current_inflight_requests{request_kind=\"readOnly\"}");
  }

  private static SSLSocket connect() throws IOException {
    return (SSLSocket)
        LoopbackClient.tls(PKI, null).getSocketFactory().createSocket("127.0.0.1", listener.port());
  }

  private static void send(SSLSocket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(UTF_8));
    out.flush();
  }

  private static String raw(String text) throws IOException {
    try (SSLSocket socket = connect()) {
      send(socket, text);
      byte[] answer = socket.getInputStream().readNBytes(200);
      return new String(Arrays.copyOf(answer, answer.length), UTF_8);
    }
  }
}
