package io.tiphys.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.base.PrivateKeyPem;
import io.tiphys.base.machine.Machine;
import io.tiphys.base.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PkiTest {
  private final ManualClock clock = new ManualClock();

  @Test
  void keepsTheAuthorityAndTheAccountKey(@TempDir Path folder) throws Exception {
    Pki first = Pki.open(folder, Machine.own().disk(), clock, new SecureRandom());
    Pki second = Pki.open(folder, Machine.own().disk(), clock, new SecureRandom());

    assertThat(second.authority()).isEqualTo(first.authority());
    assertThat(second.serviceAccountKey().getPublic())
        .isEqualTo(first.serviceAccountKey().getPublic());
    second.issueClient("x", List.of()).certificate().verify(first.authority().getPublicKey());
    assertThat(Files.getPosixFilePermissions(folder.resolve("ca.key"))).hasSize(2);
    assertThat(Files.getPosixFilePermissions(folder.resolve("sa.key"))).hasSize(2);
  }

  @Test
  void keysForClientsAreInTheFormThatAllOfThemRead(@TempDir Path folder) throws Exception {
    Pki pki = Pki.open(folder, Machine.own().disk(), clock, new SecureRandom());

    assertThat(pki.issueClient("x", List.of()).keyPem()).startsWith("-----BEGIN EC PRIVATE KEY-");
    assertThat(pki.issueServer("x", List.of()).keyPem()).startsWith("-----BEGIN EC PRIVATE KEY-");
    assertThat(folder.resolve("ca.key")).content().startsWith("-----BEGIN EC PRIVATE KEY-");
    assertThat(folder.resolve("sa.key")).content().startsWith("-----BEGIN EC PRIVATE KEY-");
  }

  @Test
  void opensWhatEarlierReleasesKeptAsPkcs8(@TempDir Path folder) throws Exception {
    Pki first = Pki.open(folder, Machine.own().disk(), clock, new SecureRandom());
    for (String name : List.of("ca.key", "sa.key")) {
      byte[] pkcs8 = PrivateKeyPem.read(Files.readString(folder.resolve(name))).getEncoded();
      Files.writeString(
          folder.resolve(name),
          "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
              .formatted(Base64.getMimeEncoder().encodeToString(pkcs8)));
    }

    Pki second = Pki.open(folder, Machine.own().disk(), clock, new SecureRandom());

    second.issueClient("x", List.of()).certificate().verify(first.authority().getPublicKey());
    assertThat(((ECPrivateKey) second.serviceAccountKey().getPrivate()).getS())
        .isEqualTo(((ECPrivateKey) first.serviceAccountKey().getPrivate()).getS());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\0\0\0", "-----BEGIN EC PRIVATE KEY-----\nMHcC", "\u00ff"})
  void namesThePairThatIsDamaged(String content, @TempDir Path folder) throws Exception {
    for (String name : List.of("ca.key", "ca.crt", "sa.key", "sa.pub")) {
      Path keys = folder.resolve(name + "-damaged");
      Pki.open(keys, Machine.own().disk(), clock, new SecureRandom());
      Files.writeString(keys.resolve(name), content, StandardCharsets.ISO_8859_1);

      assertThatThrownBy(() -> Pki.open(keys, Machine.own().disk(), clock, new SecureRandom()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(keys.resolve(name).toString())
          .hasMessageContaining("do not hold a readable pair")
          .hasMessageEndingWith("restore them from a copy");
    }
  }

  @Test
  void namesTheFileThatIsMissing(@TempDir Path folder) throws Exception {
    Pki.open(folder, Machine.own().disk(), clock, new SecureRandom());
    Files.delete(folder.resolve("ca.key"));

    assertThatThrownBy(() -> Pki.open(folder, Machine.own().disk(), clock, new SecureRandom()))
        .hasMessageContaining("ca.key is missing beside");
  }

  @Test
  void servesUnderAllItsNames() throws Exception {
    Pki pki = Pki.ephemeral(clock, new SecureRandom());

    X509Certificate leaf =
        pki.serving(List.of("10.96.0.1", "my-host", "fd00::1")).get().chain().getFirst();

    assertThat(leaf.getSubjectAlternativeNames().stream().map(name -> name.get(1).toString()))
        .contains(
            "localhost",
            "127.0.0.1",
            "kubernetes.default.svc.cluster.local",
            "10.96.0.1",
            "my-host");
    assertThat(leaf.getNotAfter().toInstant()).isEqualTo(clock.now().plus(Duration.ofDays(365)));
  }

  @Test
  void renewsTheServingCertificateInTime() {
    Supplier<TlsIdentity> serving = Pki.ephemeral(clock, new SecureRandom()).serving(List.of());
    TlsIdentity first = serving.get();
    clock.advance(Duration.ofDays(300));
    assertThat(serving.get()).isSameAs(first);

    clock.advance(Duration.ofDays(10));
    TlsIdentity renewed = serving.get();

    assertThat(renewed).isNotSameAs(first);
    assertThat(renewed.chain().getFirst().getNotAfter())
        .isAfter(first.chain().getFirst().getNotAfter());
  }
}
