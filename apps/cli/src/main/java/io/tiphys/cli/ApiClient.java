package io.tiphys.cli;

import io.tiphys.base.PrivateKeyPem;
import io.tiphys.codec.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A plain client of one cluster's API server, with the credentials of its own kubeconfig. */
final class ApiClient {
  /** Reading an image of many gigabytes from a slow disk ends well within it. */
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  /** A server that takes longer to look something up hangs. */
  private static final Duration LOOK_UP = Duration.ofSeconds(20);

  private final HttpClient http;
  private final String server;

  private ApiClient(HttpClient http, String server) {
    this.http = http;
    this.server = server;
  }

  /**
   * @throws CliException when the cluster is not running
   */
  static ApiClient of(Profile profile) throws IOException {
    DaemonRecord record =
        DaemonRecord.running(profile)
            .filter(DaemonRecord::ready)
            .orElseThrow(
                () ->
                    new CliException(
                        "%s is not running; start it with: tiphys start -p %s"
                            .formatted(profile.name(), profile.name())));
    try {
      Json.Obj kubeconfig = Kubeconfig.read(profile.kubeconfig());
      HttpClient http =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .sslContext(tls(kubeconfig))
              .build();
      return new ApiClient(http, record.server());
    } catch (GeneralSecurityException e) {
      throw new CliException("unusable credentials in " + profile.kubeconfig(), e);
    }
  }

  Json get(String path) throws InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(server + path)).timeout(LOOK_UP).build());
  }

  Json post(String path, Json.Obj body) throws InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create(server + path))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body.toBytes()))
            .build());
  }

  private Json send(HttpRequest request) throws InterruptedException {
    HttpResponse<byte[]> response;
    try {
      response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new CliException(
          "the API server at %s does not answer (%s)"
              .formatted(server, e.getClass().getSimpleName()),
          e);
    }
    if (response.statusCode() / 100 != 2) {
      throw new CliException(message(response));
    }
    return Json.parse(response.body());
  }

  private static String message(HttpResponse<byte[]> response) {
    String text = new String(response.body(), StandardCharsets.UTF_8);
    return text.startsWith("{")
            && Json.parse(response.body()) instanceof Json.Obj status
            && status.get("message") instanceof Json.Str(String message)
        ? message
        : "the server answered " + response.statusCode() + ": " + text;
  }

  private static SSLContext tls(Json.Obj kubeconfig) throws GeneralSecurityException, IOException {
    Json.Obj cluster = entry(kubeconfig, "clusters", "cluster");
    Json.Obj user = entry(kubeconfig, "users", "user");
    KeyStore trusted = emptyStore();
    trusted.setCertificateEntry("ca", certificate(pem(cluster, "certificate-authority-data")));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyStore own = emptyStore();
    own.setKeyEntry(
        "client",
        PrivateKeyPem.read(new String(pem(user, "client-key-data"), StandardCharsets.US_ASCII)),
        new char[0],
        new Certificate[] {certificate(pem(user, "client-certificate-data"))});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Certificate certificate(byte[] pem) throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(pem));
  }

  private static byte[] pem(Json.Obj entry, String name) {
    if (entry.get(name) instanceof Json.Str(String base64)) {
      return Base64.getDecoder().decode(base64);
    }
    throw new CliException("the cluster's kubeconfig lacks " + name);
  }

  private static Json.Obj entry(Json.Obj kubeconfig, String section, String kind) {
    if (kubeconfig.get(section) instanceof Json.Arr(List<Json> entries)
        && !entries.isEmpty()
        && entries.getFirst() instanceof Json.Obj first
        && first.get(kind) instanceof Json.Obj value) {
      return value;
    }
    throw new CliException("the cluster's kubeconfig lacks " + section);
  }
}
