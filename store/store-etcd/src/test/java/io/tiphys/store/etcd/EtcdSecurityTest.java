package io.tiphys.store.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.base.Clock;
import io.tiphys.base.Loops;
import io.tiphys.base.SystemClock;
import io.tiphys.store.Store;
import io.tiphys.store.StoreException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An etcd that speaks TLS, wants certificates and asks for passwords. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class EtcdSecurityTest {
  @TempDir private Path folder;

  private final Clock clock = new SystemClock();

  private Store connect(EtcdConfig config) {
    return EtcdStore.open(config, clock, new Loops(clock, new Random(1)));
  }

  private void run(String... command) throws Exception {
    File log = folder.resolve("commands.log").toFile();
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
            .start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }

  private void makeCertificates() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/openssl")), "no openssl: apt-get install openssl");
    run(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        "ca.key",
        "-out",
        "ca.crt",
        "-subj",
        "/CN=test-ca",
        "-days",
        "2");
    Files.writeString(
        folder.resolve("ext"),
        "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n");
    for (String name : List.of("server", "client")) {
      run(
          "openssl",
          "req",
          "-newkey",
          "ec",
          "-pkeyopt",
          "ec_paramgen_curve:P-256",
          "-nodes",
          "-keyout",
          name + ".key",
          "-out",
          name + ".csr",
          "-subj",
          "/CN=" + name);
      run(
          "openssl",
          "x509",
          "-req",
          "-in",
          name + ".csr",
          "-CA",
          "ca.crt",
          "-CAkey",
          "ca.key",
          "-CAcreateserial",
          "-out",
          name + ".crt",
          "-days",
          "2",
          "-extfile",
          "ext");
    }
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  @Test
  void whoHasACertificateOfTheAuthorityIsLetInOverTlsAndNobodyElse() throws Exception {
    makeCertificates();
    try (EtcdServer server =
        EtcdServer.start(
            folder,
            "https",
            "--cert-file=" + file("server.crt"),
            "--key-file=" + file("server.key"),
            "--client-cert-auth",
            "--trusted-ca-file=" + file("ca.crt"))) {
      EtcdConfig config =
          new EtcdConfig(
              List.of(server.url()),
              "",
              file("ca.crt"),
              file("client.crt"),
              file("client.key"),
              "");
      try (Store store = connect(config)) {
        store.put("a", "1".getBytes(UTF_8), Store.ABSENT);
        assertThat(store.get("a")).isNotNull();
      }
      EtcdConfig without =
          new EtcdConfig(List.of(server.url()), "", file("ca.crt"), null, null, "");
      assertThatThrownBy(() -> connect(without)).isInstanceOf(StoreException.class);
      EtcdConfig distrusting = new EtcdConfig(List.of(server.url()), "", null, null, null, "");
      assertThatThrownBy(() -> connect(distrusting)).isInstanceOf(StoreException.class);
    }
  }

  @Test
  void whoKnowsThePasswordIsLetInAndStaysInWhenHisTokenEnds() throws Exception {
    makeCertificates();
    Path authority = file("ca.crt");
    try (EtcdServer server =
        EtcdServer.start(
            folder,
            "https",
            "--auth-token-ttl=1",
            "--cert-file=" + file("server.crt"),
            "--key-file=" + file("server.key"))) {
      try (Store _ =
          connect(new EtcdConfig(List.of(server.url()), "", authority, null, null, ""))) {
        Assumptions.assumeTrue(
            Files.isExecutable(Path.of("/usr/bin/etcdctl")),
            "no etcdctl: apt-get install etcd-client");
      }
      String endpoint = "--endpoints=" + server.url();
      run("etcdctl", endpoint, "--cacert=" + authority, "user", "add", "root:secret");
      run("etcdctl", endpoint, "--cacert=" + authority, "user", "grant-role", "root", "root");
      run("etcdctl", endpoint, "--cacert=" + authority, "auth", "enable");
      EtcdConfig config =
          new EtcdConfig(List.of(server.url()), "", authority, null, null, "root:secret");
      try (Store store = connect(config)) {
        long first =
            ((Store.Outcome.Committed) store.put("a", new byte[0], Store.ABSENT)).revision();
        server.kill(); // its tokens go with it
        server.start();
        assertThat(store.put("a", new byte[] {1}, first))
            .isInstanceOf(Store.Outcome.Committed.class);
      }
      EtcdConfig wrong =
          new EtcdConfig(List.of(server.url()), "", authority, null, null, "root:guess");
      assertThatThrownBy(() -> connect(wrong)).isInstanceOf(StoreException.class);
      assertThatThrownBy(
              () -> connect(new EtcdConfig(List.of(server.url()), "", authority, null, null, "")))
          .isInstanceOf(StoreException.class);
    }
  }

  @Test
  void aPasswordIsNeitherSentInTheClearNorShown() {
    assertThatThrownBy(
            () ->
                new EtcdConfig(List.of("http://127.0.0.1:1"), "", null, null, null, "root:secret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("https://");
    assertThat(
            new EtcdConfig(List.of("https://127.0.0.1:1"), "", null, null, null, "root:secret")
                .toString())
        .contains("root")
        .doesNotContain("secret");
  }
}
