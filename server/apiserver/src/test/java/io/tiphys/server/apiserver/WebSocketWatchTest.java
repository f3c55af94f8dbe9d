package io.tiphys.server.apiserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.meta.v1.ListMeta;
import io.tiphys.base.Clock;
import io.tiphys.base.Loops;
import io.tiphys.base.SystemClock;
import io.tiphys.codec.Json;
import io.tiphys.server.audit.AuditEvent;
import io.tiphys.server.audit.AuditLog;
import io.tiphys.server.http.ApiListener;
import io.tiphys.server.http.HttpMetrics;
import io.tiphys.server.http.ListenerConfig;
import io.tiphys.server.http.LoopbackClient;
import io.tiphys.server.http.ServerUsage;
import io.tiphys.server.http.User;
import io.tiphys.server.tables.TablePrinter;
import io.tiphys.server.tables.TableShape;
import io.tiphys.server.tls.Pki;
import io.tiphys.store.MemoryStore;
import io.tiphys.store.Store;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Watches as fabric8 and browsers open them. */
class WebSocketWatchTest {
  private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

  private final Clock clock = new SystemClock();
  private final Store store = new MemoryStore(clock);
  private final Pki pki = Pki.ephemeral(clock, new SecureRandom());
  private ApiServer apiServer;
  private ApiListener listener;
  private HttpClient client;

  @BeforeEach
  void open() {
    apiServer =
        ApiServer.open(
            new ApiServerConfig(
                "v1.36.0+tiphys",
                "amd64",
                "192.0.2.1",
                6443,
                "10.96.0.0/16",
                List.of(pki.authority()),
                pki.serviceAccountKey(),
                Map.of()),
            new ApiServer.Dependencies(
                store,
                clock,
                new Random(1),
                new Loops(clock, new Random(9)),
                new NoTables(),
                node -> {
                  throw ApiFailure.notFound(CoreV1.NODES, node);
                },
                new NoAudit(),
                new HttpMetrics(),
                List.of()));
    listener =
        ApiListener.open(
            new ListenerConfig("127.0.0.1", 0),
            pki.serving(List.of()),
            apiServer.handler(),
            new ServerUsage(clock),
            clock,
            new java.util.Random(1));
    client = LoopbackClient.of(pki, pki.issueClient("admin", List.of(User.MASTERS)));
  }

  @AfterEach
  void close() {
    listener.close();
    apiServer.close();
    store.close();
  }

  @Test
  void everyEventIsOneTextMessageAndTheEndIsNormal() throws Exception {
    Messages messages = new Messages();
    watch("watch=true&timeoutSeconds=5&labelSelector=mine", messages);
    create("first");
    create("second");

    assertThat(messages.next()).startsWith("{\"type\":\"ADDED\"").contains("\"name\":\"first\"");
    assertThat(messages.next()).startsWith("{\"type\":\"ADDED\"").contains("\"name\":\"second\"");
    assertThat(messages.closed.get(60, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
  }

  @Test
  void manyEventsAtOnceAreStillOneMessageEach() throws Exception {
    for (int i = 0; i < 20; i++) {
      create("n" + i);
    }
    Messages messages = new Messages();
    watch("watch=true&timeoutSeconds=5&labelSelector=mine", messages);

    for (int i = 0; i < 20; i++) {
      assertThat(Json.parse(messages.next().getBytes(UTF_8))).isInstanceOf(Json.Obj.class);
    }
  }

  @Test
  void protobufComesInBinaryMessagesWithoutFrames() throws Exception {
    create("first");
    Messages messages = new Messages();
    client
        .newWebSocketBuilder()
        .header("Origin", "https://page.example")
        .header("Accept", "application/vnd.kubernetes.protobuf;stream=watch")
        .buildAsync(uri("watch=true&timeoutSeconds=5&labelSelector=mine"), messages)
        .join();

    // Field 1 of the event, its type; a frame would begin with four bytes of length.
    assertThat(messages.next()).startsWith("\n\u0005ADDED");
  }

  @Test
  void anErrorBeforeTheFirstEventIsAnOrdinaryAnswer() {
    assertThat(refusal("watch=true&labelSelector=%3D%3D", true)).isEqualTo(400);
  }

  @Test
  void aClientThatDoesNotSayWhereItComesFromIsRefusedAsUpstreamDoes() {
    assertThat(refusal("watch=true", false)).isEqualTo(403);
  }

  private int refusal(String query, boolean withOrigin) {
    WebSocket.Builder builder = client.newWebSocketBuilder();
    if (withOrigin) {
      builder.header("Origin", "https://page.example");
    }
    CompletableFuture<WebSocket> refused = builder.buildAsync(uri(query), new Messages());
    assertThatThrownBy(refused::join).isInstanceOf(CompletionException.class);
    return ((WebSocketHandshakeException) refused.exceptionNow()).getResponse().statusCode();
  }

  private void watch(String query, Messages messages) {
    client
        .newWebSocketBuilder()
        .header("Origin", "https://page.example")
        .buildAsync(uri(query), messages)
        .join();
  }

  private URI uri(String query) {
    return URI.create("wss://127.0.0.1:" + listener.port() + CONFIG_MAPS + "?" + query);
  }

  private void create(String name) throws Exception {
    String body =
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"%s\",\"labels\":{\"mine\":\"\"}}}"
            .formatted(name);
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + listener.port() + CONFIG_MAPS))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
  }

  /** Collects whole messages. */
  private static final class Messages implements WebSocket.Listener {
    final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final BlockingQueue<String> whole = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

    String next() throws InterruptedException {
      return String.valueOf(whole.poll(60, TimeUnit.SECONDS));
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        whole.add(text.toString());
        text.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      binary.writeBytes(bytes);
      if (last) {
        whole.add(binary.toString(UTF_8));
        binary.reset();
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed.complete(code);
      return null;
    }
  }

  private static final class NoAudit implements AuditLog {
    @Override
    public boolean record(List<AuditEvent> events) {
      return true;
    }

    @Override
    public void close() {}
  }

  private static final class NoTables implements TablePrinter {
    @Override
    public <T extends ApiObject> Json.Obj print(
        TableShape<? super T> shape, List<T> objects, ListMeta metadata, TableOptions options) {
      return Json.Obj.EMPTY;
    }
  }
}
