package io.tiphys.server.authentication.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.Loops;
import io.tiphys.base.machine.Machine;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.server.authentication.Authenticator.Finding;
import io.tiphys.server.authentication.oidc.JwtAuthenticatorConfig.Mapping;
import io.tiphys.server.http.User;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens of another issuer, which runs here. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class JwtAuthenticatorTest {
  /** 2026-01-01T01:00:00Z: an hour after the clock's beginning. */
  private static final String EXP = "\"exp\":1767229200";

  private static final String CLAIMS = EXP + ",\"aud\":\"tiphys\",\"sub\":\"ann\"";

  private final ManualClock clock = new ManualClock();
  private final Loops loops = new Loops(clock, new Random(1));
  private final Issuer issuer =
      Issuer.open().with("r", "RSA", 2048).with("e", "EC", 256).with("f", "EC", 384);
  private final JwtAuthenticator authenticator = open(JwtAuthenticatorConfig.ALGORITHMS, "sub");

  private JwtAuthenticator open(List<String> algorithms, String username) {
    JwtAuthenticator opened =
        JwtAuthenticator.open(
            new JwtAuthenticatorConfig(
                issuer.url(),
                "",
                Issuer.authority(),
                List.of("tiphys", "other"),
                algorithms,
                new Mapping(username, "oidc:"),
                new Mapping("groups", "g:"),
                "uid",
                Map.of("hd", "example.com")),
            Machine.own().network(),
            clock,
            loops);
    while (!opened.isReady()) {
      Thread.onSpinWait();
    }
    return opened;
  }

  @AfterEach
  void close() {
    authenticator.close();
    issuer.close();
  }

  private Finding judge(String token) {
    return authenticator.authenticate(token, List.of()).finding();
  }

  private String rejected(String token) {
    return judge(token) instanceof Finding.Rejected(String reason) ? reason : "not rejected";
  }

  private static final String GOOD =
      CLAIMS + ",\"hd\":\"example.com\",\"uid\":\"7\",\"groups\":[\"a\",\"b\"]";

  @ParameterizedTest
  @CsvSource({"r, RS256", "r, RS384", "r, RS512", "r, PS256", "e, ES256", "f, ES384"})
  void everyAlgorithmIsRead(String key, String algorithm) {
    assertThat(judge(issuer.token(key, algorithm, GOOD)))
        .isEqualTo(new Finding.Known(new User("oidc:ann", "7", List.of("g:a", "g:b"), Map.of())));
  }

  @Test
  void aTokenOfAnotherIssuerIsLeftToOthers() {
    try (Issuer other = Issuer.open().with("r", "RSA", 2048)) {
      assertThat(judge(other.token("r", "RS256", GOOD))).isInstanceOf(Finding.NoCredentials.class);
    }
    assertThat(judge("a.b.c")).isInstanceOf(Finding.NoCredentials.class);
  }

  @Test
  void aTokenMustBeSignedWithAKeyOfItsIssuer() {
    String token = issuer.token("r", "RS256", GOOD);
    issuer.with("r", "RSA", 2048);
    String forged = issuer.token("r", "RS256", GOOD);

    assertThat(judge(token)).isInstanceOf(Finding.Known.class);
    assertThat(rejected(forged))
        .isEqualTo(
            "oidc: verify token: failed to verify signature: failed to verify id token signature");
  }

  @Test
  void keysThatCameLaterAreFetchedButNotForEveryToken() {
    int fetched = issuer.server().asked().size();
    issuer.with("late", "RSA", 2048);
    String token = issuer.token("late", "RS256", GOOD);

    rejected(token);
    rejected(token);
    assertThat(issuer.server().asked()).hasSize(fetched);
    clock.advance(Duration.ofSeconds(5));
    assertThat(judge(token)).isInstanceOf(Finding.Known.class);
  }

  @Test
  void aTokenThatNamesAnotherAlgorithmIsRefused() {
    try (JwtAuthenticator rs256 = open(List.of("RS256"), "sub")) {
      assertThat(rs256.authenticate(issuer.token("e", "ES256", GOOD), List.of()).finding())
          .isEqualTo(
              new Finding.Rejected(
                  "oidc: verify token: oidc: id token signed with unsupported algorithm, expected"
                      + " [\"RS256\"] got \"ES256\""));
    }
    String unsigned =
        issuer.token("r", "RS256", GOOD).replaceFirst("^[^.]*", "eyJhbGciOiJub25lIn0");
    assertThat(rejected(unsigned)).contains("unsupported algorithm").contains("got \"none\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"exp\":9223372036854775807,\"aud\":\"x\" | oidc: expected audience in",
        "\"exp\":1e300,\"nbf\":1e300,\"aud\":\"x\" | before the nbf (not before) time",
        "\"exp\":1767225599,\"aud\":\"tiphys\",\"sub\":\"ann\" | oidc: token is expired",
        "\"exp\":1767229200,\"nbf\":1767229200,\"aud\":\"tiphys\" | before the nbf (not before)"
            + " time",
        "\"exp\":1767229200,\"aud\":[\"x\"],\"sub\":\"ann\" | oidc: expected audience in"
            + " [\"tiphys\" \"other\"] got [\"x\"]",
        "\"exp\":1767229200,\"aud\":\"other\" | oidc: parse username claims \"sub\": claim not"
            + " present",
        "\"exp\":1767229200,\"aud\":\"other\",\"sub\":\"a\" | oidc: required claim hd not present"
            + " in ID token",
        "\"exp\":1767229200,\"aud\":\"other\",\"sub\":\"a\",\"hd\":\"x\",\"uid\":\"1\" | oidc:"
            + " required claim hd value does not match. Got = x, want = example.com",
        "\"exp\":1767229200,\"aud\":\"other\",\"sub\":\"a\",\"groups\":7 | oidc: parse groups claim"
      })
  void whatIsWrongWithATokenIsSaidInUpstreamsWords(String claims, String problem) {
    String withUid = claims.contains("\"uid\"") ? claims : claims + ",\"uid\":\"1\"";
    assertThat(rejected(issuer.token("r", "RS256", withUid.strip()))).contains(problem.strip());
  }

  @Test
  void anEmailMustBeVerifiedIfTheTokenSaysSo() {
    try (JwtAuthenticator mail = open(JwtAuthenticatorConfig.ALGORITHMS, "email")) {
      String claims = GOOD + ",\"email\":\"a@b\",\"email_verified\":";
      assertThat(
              mail.authenticate(issuer.token("r", "RS256", claims + "false"), List.of()).finding())
          .isEqualTo(new Finding.Rejected("oidc: email not verified"));
      assertThat(
              mail.authenticate(issuer.token("r", "RS256", claims + "true"), List.of()).finding())
          .isInstanceOf(Finding.Known.class);
    }
  }
}
