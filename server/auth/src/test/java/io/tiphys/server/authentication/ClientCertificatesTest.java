package io.tiphys.server.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.testing.ManualClock;
import io.tiphys.server.authentication.Authenticator.Finding;
import io.tiphys.server.http.User;
import io.tiphys.server.tls.Pki;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientCertificatesTest {
  private final ManualClock clock = new ManualClock();
  private final Pki pki = Pki.ephemeral(clock, new SecureRandom());
  private final ClientCertificates certificates =
      new ClientCertificates(List.of(pki.authority()), clock);

  @Test
  void namesAreTheUserAndOrganizationsTheGroups() {
    var credential = pki.issueClient("system:node:a,b+c", List.of("system:nodes", "x"));

    Finding finding =
        certificates.authenticate(
            Requests.from(List.of(credential.certificate(), pki.authority())));

    User user = ((Finding.Known) finding).user();
    assertThat(user.name()).isEqualTo("system:node:a,b+c");
    assertThat(user.groups()).containsExactly("system:nodes", "x");
    assertThat(user.extra())
        .hasEntrySatisfying(
            "authentication.kubernetes.io/credential-id",
            ids -> assertThat(ids.getFirst()).startsWith("X509SHA256="));
  }

  @Test
  void nobodyElsesAuthorityCounts() {
    var foreign = Pki.ephemeral(clock, new SecureRandom()).issueClient("me", List.of());

    assertThat(certificates.authenticate(Requests.from(List.of(foreign.certificate()))))
        .isInstanceOf(Finding.Rejected.class);
  }

  @Test
  void aServersCertificateIsNoClients() {
    var self = pki.authority();

    assertThat(certificates.authenticate(Requests.from(List.of(self))))
        .isInstanceOf(Finding.Rejected.class);
  }

  @Test
  void anExpiredOneIsRejectedThoughRemembered() {
    var request = Requests.from(List.of(pki.issueClient("me", List.of()).certificate()));
    assertThat(certificates.authenticate(request)).isInstanceOf(Finding.Known.class);

    clock.advance(Duration.ofDays(366));

    assertThat(certificates.authenticate(request))
        .isEqualTo(new Finding.Rejected("x509: certificate has expired or is not yet valid"));
  }

  @Test
  void withoutOneThereIsNothingToSay() {
    assertThat(certificates.authenticate(Requests.from(List.of())))
        .isInstanceOf(Finding.NoCredentials.class);
  }
}
