package io.tiphys.node.engine.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tiphys.base.SystemClock;
import io.tiphys.base.machine.Machine;
import io.tiphys.node.cri.AuthConfig;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.engine.fixture.OciImageBuilder;
import io.tiphys.node.engine.fixture.TarWriter;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Random;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulling from a real registry; skipped, saying why, where Debian's is not installed. */
class RegistryPullTest {
  @TempDir Path folder;

  private final OciImageBuilder image =
      OciImageBuilder.named("")
          .layer(new TarWriter().folder("etc").file("etc/hello", "world"))
          .layer(new TarWriter().file("etc/more", "of it"))
          .cmd("/bin/true");

  @BeforeEach
  void requireRegistry() {
    assumeTrue(
        DebianRegistry.whyNot().isEmpty(), () -> DebianRegistry.whyNot().orElse("there is one"));
  }

  private Images images(RegistryConfig config) {
    return new Images(
        folder.resolve("images"), config, Machine.own(), new SystemClock(), new Random(1), false);
  }

  @Test
  void pullsByTagAndDigestWithoutTlsOnLoopback() throws Exception {
    try (DebianRegistry registry = DebianRegistry.start(folder, null, false);
        HttpClient client = HttpClient.newHttpClient()) {
      String digest = registry.push(client, "http", "team/app", "v1", image);
      Images images = images(RegistryConfig.DEFAULT);
      String name = registry.address() + "/team/app";
      StoredImage pulled = images.pull(name + ":v1", null);
      assertThat(pulled.id().toString()).isEqualTo(image.id());
      assertThat(pulled.tags()).containsExactly(name + ":v1");
      assertThat(pulled.digests()).containsExactly(name + "@" + digest);
      assertThat(images.pull(name + "@" + digest, null).id()).isEqualTo(pulled.id());
      assertThat(images.find(name + ":v1")).contains(pulled);
      assertThatThrownBy(() -> images.pull(name + ":v2", null))
          .isInstanceOfSatisfying(
              CriException.class, e -> assertThat(e.code()).isEqualTo(CriException.Code.NOT_FOUND))
          .hasMessage(
              "failed to pull and unpack image \"%1$s:v2\": failed to resolve reference"
                      .formatted(name)
                  + " \"%1$s:v2\": %1$s:v2: not found".formatted(name));
    }
  }

  @Test
  void whoIsNotThereIsNamed() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String name = "127.0.0.1:" + port + "/web:v1";
    assertThatThrownBy(() -> images(RegistryConfig.DEFAULT).pull(name, null))
        .hasMessage(
            "failed to pull and unpack image \"%1$s\": failed to resolve reference \"%1$s\":"
                    .formatted(name)
                + (" failed to do request: Get \"https://127.0.0.1:%1$d/v2/web/manifests/v1\":"
                        + " dial tcp 127.0.0.1:%1$d: connect: connection refused")
                    .formatted(port));
    // Reserved for what does not exist.
    assertThatThrownBy(() -> images(RegistryConfig.DEFAULT).pull("registry.invalid/web:v1", null))
        .hasMessage(
            "failed to pull and unpack image \"registry.invalid/web:v1\": failed to resolve"
                + " reference \"registry.invalid/web:v1\": failed to do request: Get"
                + " \"https://registry.invalid/v2/web/manifests/v1\": dial tcp: lookup"
                + " registry.invalid: no such host");
  }

  @Test
  void logsInWithGivenCredentialsOnly() throws Exception {
    try (DebianRegistry registry = DebianRegistry.start(folder, null, true);
        HttpClient client = HttpClient.newHttpClient()) {
      registry.push(client, "http", "secret", "latest", image);
      Images images = images(RegistryConfig.DEFAULT);
      String name = registry.address() + "/secret";
      assertThatThrownBy(() -> images.pull(name, null))
          .isInstanceOfSatisfying(
              CriException.class,
              e -> assertThat(e.code()).isEqualTo(CriException.Code.UNAUTHENTICATED))
          .hasMessageContaining("may require authorization");
      assertThatThrownBy(() -> images.pull(name, AuthConfig.basic("ali", "wrong")))
          .hasMessageContaining("401");
      AuthConfig right = AuthConfig.basic(DebianRegistry.USER, DebianRegistry.PASSWORD);
      assertThat(images.pull(name, right).id().toString()).isEqualTo(image.id());
    }
  }

  @Test
  void checksCertificatesUnlessToldNotTo() throws Exception {
    Path openssl = Path.of("/usr/bin/openssl");
    assumeTrue(Files.isExecutable(openssl), "openssl is not installed: apt-get install -y openssl");
    Path certificate = folder.resolve("certificate.pem");
    int made =
        new ProcessBuilder(
                openssl.toString(),
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=registry",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                folder.resolve("key.pem").toString(),
                "-out",
                certificate.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("openssl.log").toFile())
            .start()
            .waitFor();
    assertThat(made).isZero();
    try (DebianRegistry registry = DebianRegistry.start(folder, certificate, true);
        HttpClient client = trusting(certificate)) {
      registry.push(client, "https", "app", "v1", image);
      AuthConfig auth = AuthConfig.basic(DebianRegistry.USER, DebianRegistry.PASSWORD);
      String name = registry.address() + "/app:v1";
      assertThatThrownBy(() -> images(RegistryConfig.DEFAULT).pull(name, auth))
          .hasMessageContaining(
              "tls: failed to verify certificate: x509: certificate signed by unknown authority");
      RegistryConfig known = new RegistryConfig(Set.of(), certificate);
      assertThat(images(known).pull(name, auth).id().toString()).isEqualTo(image.id());
      RegistryConfig insecure = new RegistryConfig(Set.of("127.0.0.1"), null);
      assertThat(images(insecure).pull(name, auth).id().toString()).isEqualTo(image.id());
    }
  }

  private static HttpClient trusting(Path certificate) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(certificate)) {
      store.setCertificateEntry(
          "it", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }

  @Test
  void aRegistryThatIsDownIsUnavailable() throws IOException {
    Images images = images(RegistryConfig.DEFAULT);
    assertThatThrownBy(() -> images.pull("127.0.0.1:1/x", null))
        .isInstanceOfSatisfying(
            CriException.class, e -> assertThat(e.code()).isEqualTo(CriException.Code.UNAVAILABLE));
  }
}
