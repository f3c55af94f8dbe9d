package io.tiphys.server.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.Loops;
import io.tiphys.base.machine.Machine;
import io.tiphys.server.authentication.AnonymousAccess;
import io.tiphys.server.authentication.AuthenticationConfig;
import io.tiphys.server.authentication.oidc.Issuer;
import io.tiphys.server.authentication.oidc.JwtAuthenticator;
import io.tiphys.server.authentication.oidc.JwtAuthenticatorConfig;
import io.tiphys.server.authentication.oidc.JwtAuthenticatorConfig.Mapping;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers whom other parties vouch for, and those whom nobody does, at the whole server. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class OtherIdentitiesTest extends ServerFixture {
  private final Issuer issuer = Issuer.open().with("k", "EC", 256);
  private final JwtAuthenticator tokens =
      JwtAuthenticator.open(
          new JwtAuthenticatorConfig(
              issuer.url(),
              "",
              Issuer.authority(),
              List.of("tiphys"),
              JwtAuthenticatorConfig.ALGORITHMS,
              new Mapping("sub", "oidc:"),
              Mapping.NONE,
              "",
              Map.of()),
          Machine.own().network(),
          clock,
          new Loops(clock, new Random(3)));

  @Override
  AuthenticationConfig authentication() {
    return new AuthenticationConfig(
        true, new AnonymousAccess(true, List.of("/healthz")), List.of(tokens));
  }

  @AfterEach
  void closeIssuer() {
    tokens.close();
    issuer.close();
  }

  private HttpResponse<String> whoAmI(String token) throws Exception {
    return send(
        request("/apis/authentication.k8s.io/v1/selfsubjectreviews")
            .setHeader("Authorization", "Bearer " + token)
            .POST(
                BodyPublishers.ofString(
                    "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"SelfSubjectReview\"}")));
  }

  @Test
  void aTokenOfAnotherIssuerNamesItsUser() throws Exception {
    while (!tokens.isReady()) {
      Thread.onSpinWait();
    }
    String good =
        issuer.token("k", "ES256", "\"exp\":1767229200,\"aud\":\"tiphys\",\"sub\":\"ann\"");
    String late =
        issuer.token("k", "ES256", "\"exp\":1767225599,\"aud\":\"tiphys\",\"sub\":\"ann\"");

    assertThat(whoAmI(good).body()).contains("\"username\":\"oidc:ann\"", "system:authenticated");
    assertThat(whoAmI(late).statusCode()).isEqualTo(401);
  }

  @Test
  void aSecretOfKubeSystemLetsAMachineJoin() throws Exception {
    post(
        "/api/v1/namespaces/kube-system/secrets",
        "{\"metadata\":{\"name\":\"bootstrap-token-abcdef\"},"
            + "\"type\":\"bootstrap.kubernetes.io/token\",\"stringData\":{\"token-id\":\"abcdef\","
            + "\"token-secret\":\"0123456789abcdef\",\"usage-bootstrap-authentication\":\"true\"}}");

    assertThat(whoAmI("abcdef.0123456789abcdef").body())
        .contains("\"username\":\"system:bootstrap:abcdef\"", "system:bootstrappers");
    assertThat(whoAmI("abcdef.0123456789abcdee").statusCode()).isEqualTo(401);
  }

  @Test
  void whoShowsNothingIsAnonymousOnNamedPathsAlone() throws Exception {
    assertThat(send(anonymous("/healthz")).statusCode()).isEqualTo(200);
    assertThat(send(anonymous("/version")).statusCode()).isEqualTo(401);
  }

  private java.net.http.HttpRequest.Builder anonymous(String path) {
    return java.net.http.HttpRequest.newBuilder(
        java.net.URI.create("https://127.0.0.1:" + port() + path));
  }
}
