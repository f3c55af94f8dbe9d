package io.tiphys.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.server.door.TlsIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PkiTest {
  private final HandClock clock = new HandClock();

  @Test
  void keepsTheAuthorityAndTheAccountKey(@TempDir Path folder) throws Exception {
    Pki first = Pki.open(folder, clock, new SecureRandom());
    Pki second = Pki.open(folder, clock, new SecureRandom());

    assertThat(second.authority()).isEqualTo(first.authority());
    assertThat(second.serviceAccountKey().getPublic())
        .isEqualTo(first.serviceAccountKey().getPublic());
    second.issueClient("x", List.of()).certificate().verify(first.authority().getPublicKey());
    assertThat(Files.getPosixFilePermissions(folder.resolve("ca.key"))).hasSize(2);
    assertThat(Files.getPosixFilePermissions(folder.resolve("sa.key"))).hasSize(2);
  }

  @Test
  void namesTheFileThatIsMissing(@TempDir Path folder) throws Exception {
    Pki.open(folder, clock, new SecureRandom());
    Files.delete(folder.resolve("ca.key"));

    assertThatThrownBy(() -> Pki.open(folder, clock, new SecureRandom()))
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
