package io.tiphys.node.engine.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tiphys.base.SystemClock;
import io.tiphys.base.machine.Machine;
import io.tiphys.node.cri.AuthConfig;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.engine.fixture.OciImageBuilder;
import io.tiphys.node.engine.fixture.TarWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens and redirects, against a registry in a few lines. */
class RegistryAuthTest {
  @TempDir Path folder;

  private final OciImageBuilder image =
      OciImageBuilder.named("").layer(new TarWriter().file("hello", "world")).cmd("x");
  private final Map<String, byte[]> files = image.layout();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private HttpServer registry;
  private HttpServer storage;
  private boolean tampers;

  @BeforeEach
  void start() throws IOException {
    storage = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    storage.createContext("/", this::store);
    storage.start();
    registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext("/token", this::token);
    registry.createContext("/v2/", this::serve);
    registry.start();
  }

  @AfterEach
  void stop() {
    registry.stop(0);
    storage.stop(0);
  }

  private String at(HttpServer server) {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  private void token(HttpExchange exchange) throws IOException {
    seen.add("token " + exchange.getRequestURI().getQuery());
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    // base64 of ali:baba
    boolean known = "Basic YWxpOmJhYmE=".equals(authorization);
    answer(exchange, known ? 200 : 401, "{\"token\": \"t0ken\"}".getBytes(StandardCharsets.UTF_8));
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (!"Bearer t0ken".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      exchange
          .getResponseHeaders()
          .add(
              "WWW-Authenticate",
              "Bearer realm=\"http://%s/token\",service=\"s\",scope=\"repository:app:pull\""
                  .formatted(at(registry)));
      answer(exchange, 401, new byte[0]);
    } else if (path.contains("/manifests/")) {
      answer(exchange, 200, manifest());
    } else {
      exchange.getResponseHeaders().add("Location", "http://" + at(storage) + path);
      answer(exchange, 307, new byte[0]);
    }
  }

  private void store(HttpExchange exchange) throws IOException {
    seen.add("storage saw " + exchange.getRequestHeaders().getFirst("Authorization"));
    String path = exchange.getRequestURI().getPath();
    Digest digest = Digest.parse(path.substring(path.lastIndexOf('/') + 1));
    byte[] blob = files.getOrDefault("blobs/sha256/" + digest.hex(), new byte[0]).clone();
    if (tampers) {
      blob[blob.length - 1]++;
    }
    answer(exchange, 200, blob);
  }

  private byte[] manifest() throws IOException {
    String digest =
        io.tiphys.node.engine.document.Document.parse(files.getOrDefault("index.json", new byte[0]))
            .elements("manifests")
            .getFirst()
            .text("digest");
    return files.getOrDefault("blobs/sha256/" + Digest.parse(digest).hex(), new byte[0]);
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private Images images() {
    RegistryConfig config = new RegistryConfig(Set.of("http://" + at(registry)), null);
    return new Images(folder, config, Machine.own(), new SystemClock(), new Random(1), false);
  }

  @Test
  void getsATokenAndKeepsItFromOtherHosts() {
    StoredImage pulled = images().pull(at(registry) + "/app:v1", AuthConfig.basic("ali", "baba"));
    assertThat(pulled.id().toString()).isEqualTo(image.id());
    assertThat(seen)
        .contains("token scope=repository:app:pull&service=s", "storage saw null")
        .doesNotContain("storage saw Bearer t0ken");
    assertThat(seen.stream().filter(s -> s.startsWith("token")).count()).isOne();
  }

  @Test
  void wrongCredentialsAreSaidSo() {
    assertThatThrownBy(
            () -> images().pull(at(registry) + "/app:v1", AuthConfig.basic("ali", "wrong")))
        .isInstanceOfSatisfying(
            CriException.class,
            e -> assertThat(e.code()).isEqualTo(CriException.Code.UNAUTHENTICATED))
        .hasMessageContaining("failed to fetch token");
  }

  @Test
  void contentThatIsNotWhatWasAskedForIsRefused() {
    tampers = true;
    Images images = images();
    assertThatThrownBy(() -> images.pull(at(registry) + "/app:v1", AuthConfig.basic("ali", "baba")))
        .hasMessageContaining("unexpected content: expected digest");
    assertThat(images.list()).isEmpty();
  }

  @Test
  void passwordsDoNotLeaveTls() {
    RegistryAuth auth = new RegistryAuth(AuthConfig.basic("ali", "baba"));
    RegistryAuth.Challenge challenge =
        RegistryAuth.Challenge.parse("Bearer realm=\"http://elsewhere/token\",service=s");
    assertThatThrownBy(() -> auth.tokenRequest(challenge, "app", true))
        .hasMessageContaining("without TLS");
    assertThat(auth.tokenRequest(challenge, "app", false).uri())
        .hasToString("http://elsewhere/token?scope=repository%3Aapp%3Apull&service=s");
  }

  @Test
  void aTokenIsPreferredToAPassword() {
    assertThat(
            RegistryAuth.Challenge.choose(
                List.of("Basic realm=\"r\"", "Bearer realm=\"https://a/b\"")))
        .hasValueSatisfying(c -> assertThat(c.scheme()).isEqualTo("bearer"));
    assertThat(RegistryAuth.Challenge.choose(List.of("Negotiate"))).isEmpty();
  }
}
