package io.tiphys.node.engine.images;

import io.tiphys.node.engine.document.Document;
import io.tiphys.node.engine.fixture.OciImageBuilder;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The registry that Debian ships, on loopback, filled by its own protocol. */
final class DebianRegistry implements AutoCloseable {
  static final String USER = "ali";
  static final String PASSWORD = "opensesame";

  private static final Path PROGRAM = Path.of("/usr/bin/docker-registry");

  /** Of the password, by bcrypt with the fewest rounds. */
  private static final String HTPASSWD =
      "ali:$2b$05$abcdefghijklmnopqrstuuQbLfdQZSxZ9gjhA5V9o8Tyc6aQRO0Qi\n";

  private final Process process;
  private final String address;

  private DebianRegistry(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  /** Why there is none here; empty if there is one. */
  static Optional<String> whyNot() {
    return Files.isExecutable(PROGRAM)
        ? Optional.empty()
        : Optional.of("docker-registry is not installed: apt-get install -y docker-registry");
  }

  /**
   * @param certificate and key for TLS; null for plain HTTP
   */
  static DebianRegistry start(
      Path folder, @org.jspecify.annotations.Nullable Path certificate, boolean login)
      throws IOException, InterruptedException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    List<String> yaml = new ArrayList<>();
    yaml.add("version: 0.1");
    yaml.add("log: {level: error, accesslog: {disabled: true}}");
    yaml.add("storage: {filesystem: {rootdirectory: %s}}".formatted(folder.resolve("data")));
    String tls =
        certificate == null
            ? ""
            : ", tls: {certificate: %s, key: %s}"
                .formatted(certificate, certificate.resolveSibling("key.pem"));
    yaml.add("http: {addr: '127.0.0.1:%d'%s}".formatted(port, tls));
    if (login) {
      Path htpasswd = Files.writeString(folder.resolve("htpasswd"), HTPASSWD);
      yaml.add("auth: {htpasswd: {realm: cave, path: %s}}".formatted(htpasswd));
    }
    Path config = Files.write(folder.resolve("config.yml"), yaml);
    Process process =
        new ProcessBuilder(PROGRAM.toString(), "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("registry.log").toFile())
            .start();
    DebianRegistry registry = new DebianRegistry(process, "127.0.0.1:" + port);
    while (!listens(port)) {
      if (process.waitFor(5, TimeUnit.MILLISECONDS)) {
        throw new IOException(Files.readString(folder.resolve("registry.log")));
      }
    }
    return registry;
  }

  private static boolean listens(int port) {
    try (var socket = new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  String address() {
    return address;
  }

  /** Pushes an image; returns the digest of its manifest. */
  String push(
      HttpClient client, String scheme, String repository, String tag, OciImageBuilder image)
      throws IOException, InterruptedException {
    Map<String, byte[]> files = image.layout();
    String base = scheme + "://" + address + "/v2/" + repository;
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      if (file.getKey().startsWith("blobs/")) {
        HttpResponse<String> begun =
            send(
                client,
                request(base + "/blobs/uploads/").POST(HttpRequest.BodyPublishers.noBody()));
        String place = begun.headers().firstValue("Location").orElseThrow();
        send(
            client,
            request(place + "&digest=" + Digest.of(file.getValue()))
                .header("Content-Type", "application/octet-stream")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(file.getValue())));
      }
    }
    Document entry =
        Document.parse(files.getOrDefault("index.json", new byte[0]))
            .elements("manifests")
            .getFirst();
    String digest = entry.text("digest");
    byte[] manifest = files.getOrDefault("blobs/sha256/" + Digest.parse(digest).hex(), new byte[0]);
    send(
        client,
        request(base + "/manifests/" + tag)
            .header("Content-Type", entry.text("mediaType"))
            .PUT(HttpRequest.BodyPublishers.ofByteArray(manifest)));
    return digest;
  }

  private static HttpRequest.Builder request(String uri) {
    String pair =
        Base64.getEncoder()
            .encodeToString(
                (USER + ":" + PASSWORD).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return HttpRequest.newBuilder(URI.create(uri)).header("Authorization", "Basic " + pair);
  }

  private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(response + " " + response.body());
    }
    return response;
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
