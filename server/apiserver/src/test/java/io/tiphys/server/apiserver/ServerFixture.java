package io.tiphys.server.apiserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.base.Loops;
import io.tiphys.base.SystemClock;
import io.tiphys.server.audit.AuditEvent;
import io.tiphys.server.audit.AuditLog;
import io.tiphys.server.authentication.AuthenticationConfig;
import io.tiphys.server.http.ApiListener;
import io.tiphys.server.http.ListenerConfig;
import io.tiphys.server.http.LoopbackClient;
import io.tiphys.server.http.ServerUsage;
import io.tiphys.server.http.User;
import io.tiphys.server.proxy.Dialer;
import io.tiphys.server.tables.KubectlTables;
import io.tiphys.server.tls.Pki;
import io.tiphys.store.MemoryStore;
import io.tiphys.store.Store;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The whole server on a real socket, over a store in memory and a clock that stands still. */
abstract class ServerFixture {
  static final User ADMIN = new User("admin", "", List.of(User.MASTERS), Map.of());
  static final Pki PKI = Pki.ephemeral(new SystemClock(), new SecureRandom());

  private static final Duration TICK = Duration.ofMillis(5);

  final StillClock clock = new StillClock();
  final ServerUsage usage = new ServerUsage(clock);
  private final Store store = new MemoryStore(clock);
  final Audited audited = new Audited(new LinkedBlockingQueue<>());
  private final Loops loops = new Loops(clock, new Random(9));
  ApiServer apiServer;
  HttpClient client;
  private ApiListener listener;

  /** What is written to the audit log. */
  record Audited(BlockingQueue<String> lines) implements AuditLog {
    @Override
    public boolean record(List<AuditEvent> events) {
      events.forEach(event -> lines.add(new String(event.toJson(), UTF_8)));
      return true;
    }

    /** The next event of a stage; those of others are passed over. */
    String next(String stage) throws InterruptedException {
      String line = lines.take();
      while (!line.contains("\"stage\":\"" + stage + "\"")) {
        line = lines.take();
      }
      return line;
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void open() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair key = generator.generateKeyPair();
    ApiServerConfig config =
        new ApiServerConfig(
            "v1.36.0+tiphys",
            "amd64",
            "192.0.2.1",
            6443,
            "10.96.0.0/16",
            List.of(PKI.authority()),
            key,
            Map.of("t-admin", ADMIN),
            authentication());
    apiServer = ApiServer.open(config, dependencies());
    listener =
        ApiListener.open(
            new ListenerConfig("127.0.0.1", 0),
            PKI.serving(List.of()),
            apiServer.handler(),
            usage,
            clock,
            new Random(1));
    client = HttpClient.newBuilder().sslContext(LoopbackClient.tls(PKI, null)).build();
  }

  /** Who is let in besides; upstream's defaults unless a test says otherwise. */
  AuthenticationConfig authentication() {
    return AuthenticationConfig.STANDARD;
  }

  /** Reaches nobody unless a test says otherwise. */
  Dialer dialer() {
    return Dialer.NOBODY;
  }

  /** What is recorded; everything at level Metadata unless a test says otherwise. */
  AuditLog audit() {
    return audited;
  }

  private ApiServer.Dependencies dependencies() {
    return new ApiServer.Dependencies(
        store,
        clock,
        new Random(1),
        loops,
        new KubectlTables(clock),
        node -> {
          throw ApiFailure.notFound(CoreV1.NODES, node);
        },
        dialer(),
        audit(),
        usage.metrics(),
        List.of());
  }

  @AfterEach
  void close() throws InterruptedException {
    client.shutdownNow();
    Thread closing = Thread.ofVirtual().start(listener::close);
    while (closing.isAlive()) {
      clock.advance(TICK); // what is still asked is waited for, by this clock
      closing.join(TICK);
    }
    apiServer.close();
    store.close();
  }

  int port() {
    return listener.port();
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + listener.port() + path))
        .header("Authorization", "Bearer t-admin");
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws Exception {
    return send(request(path));
  }

  HttpResponse<String> post(String path, String body, String... headers) throws Exception {
    HttpRequest.Builder post = request(path).POST(BodyPublishers.ofString(body));
    return send(headers.length == 0 ? post : post.headers(headers));
  }
}
