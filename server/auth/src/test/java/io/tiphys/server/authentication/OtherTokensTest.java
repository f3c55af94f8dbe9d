package io.tiphys.server.authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.core.v1.Secret;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.machine.Machine;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.codec.Bytes;
import io.tiphys.server.authentication.Authenticator.Finding;
import io.tiphys.server.http.User;
import io.tiphys.server.webhook.OtherServer;
import io.tiphys.server.webhook.WebhookConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens that files, Secrets and other servers know. */
class OtherTokensTest {
  private static final String TOKEN = "abcdef.0123456789abcdef";

  private final ManualClock clock = ManualClock.movedBySleepers();

  @Test
  void aFileNamesUsersByToken() {
    assertThat(
            TokenFile.read(
                "f", "t1,ann,u1,\"a,b\"\n\nt2,bob,u2\r\n\"t\"\"3\",\"c,d\",u3,\n,nobody,u4\n"))
        .isEqualTo(
            Map.of(
                "t1", new User("ann", "u1", List.of("a", "b"), Map.of()),
                "t2", new User("bob", "u2", List.of(), Map.of()),
                "t\"3", new User("c,d", "u3", List.of(""), Map.of())));
    assertThatThrownBy(() -> TokenFile.read("f", "t1,ann"))
        .hasMessage(
            "token file 'f' must have at least 3 columns (token, user name, user uid), found 2");
  }

  private Finding bootstrap(String token, Map<String, String> data) {
    Map<String, Bytes> bytes = new TreeMap<>();
    data.forEach((key, value) -> bytes.put(key, Bytes.utf8(value)));
    Secret secret =
        Secret.EMPTY
            .withMetadata(ObjectMeta.EMPTY.withName("bootstrap-token-abcdef"))
            .withType("bootstrap.kubernetes.io/token")
            .withData(bytes);
    return new BootstrapTokens(name -> name.equals("bootstrap-token-abcdef") ? secret : null, clock)
        .authenticate(token, List.of())
        .finding();
  }

  private static Map<String, String> with(String key, String value) {
    Map<String, String> data =
        new TreeMap<>(
            Map.of(
                "token-id", "abcdef",
                "token-secret", "0123456789abcdef",
                "usage-bootstrap-authentication", "true",
                "auth-extra-groups", "system:bootstrappers:workers"));
    data.put(key, value);
    return data;
  }

  @Test
  void aSecretLetsAMachineJoin() {
    assertThat(bootstrap(TOKEN, with("expiration", "2026-01-01T00:00:01Z")))
        .isEqualTo(
            new Finding.Known(
                new User(
                    "system:bootstrap:abcdef",
                    "",
                    List.of("system:bootstrappers", "system:bootstrappers:workers"),
                    Map.of())));
  }

  @ParameterizedTest
  @CsvSource({
    "expiration, 2026-01-01T00:00:00Z",
    "expiration, soon",
    "usage-bootstrap-authentication, yes",
    "token-id, abcdeg",
    "token-secret, 0123456789abcdee",
    "auth-extra-groups, system:masters"
  })
  void aSecretThatDoesNotFitLetsNobodyIn(String key, String value) {
    assertThat(bootstrap(TOKEN, with(key, value))).isInstanceOf(Finding.NoCredentials.class);
  }

  @Test
  void anotherServerIsAskedOncePerToken(@TempDir Path folder) {
    try (OtherServer other = OtherServer.open();
        TokenWebhook webhook =
            new TokenWebhook(
                WebhookConfig.read(other.kubeconfig(folder), Machine.own())
                    .open(Machine.own(), Duration.ofMillis(500), clock, new Random(1)),
                Duration.ofMinutes(2),
                clock)) {
      other.answer(
          _ ->
              new OtherServer.Answer(
                  200,
                  "{\"status\":{\"authenticated\":true,\"user\":{\"username\":\"ann\",\"uid\":\"7\","
                      + "\"groups\":[\"g\"],\"extra\":{\"k\":[\"v\"]}}}}"));
      User ann = new User("ann", "7", List.of("g"), Map.of("k", List.of("v")));

      assertThat(webhook.isQuick("t")).isFalse();
      assertThat(webhook.authenticate("t", List.of()).finding()).isEqualTo(new Finding.Known(ann));
      assertThat(webhook.isQuick("t")).isTrue();
      webhook.authenticate("t", List.of());
      assertThat(other.asked()).hasSize(1);
      assertThat(other.asked().element().body())
          .contains(
              "\"kind\":\"TokenReview\"",
              "\"token\":\"t\"",
              "\"audiences\":[\"" + TokenIssuer.ISSUER + "\"]");

      clock.advance(Duration.ofMinutes(2));
      other.answer(
          _ ->
              new OtherServer.Answer(
                  200, "{\"status\":{\"authenticated\":false,\"error\":\"unknown\"}}"));
      assertThat(webhook.authenticate("t", List.of()).finding())
          .isEqualTo(new Finding.Rejected("unknown"));
    }
  }

  @Test
  void aTokenThatIsMeantForAnotherLetsNobodyIn(@TempDir Path folder) {
    try (OtherServer other = OtherServer.open();
        TokenWebhook webhook =
            new TokenWebhook(
                WebhookConfig.read(other.kubeconfig(folder), Machine.own())
                    .open(Machine.own(), Duration.ofMillis(500), clock, new Random(1)),
                Duration.ofMinutes(2),
                clock)) {
      other.answer(
          _ ->
              new OtherServer.Answer(
                  200,
                  "{\"status\":{\"authenticated\":true,\"audiences\":[\"vault\"],"
                      + "\"user\":{\"username\":\"ann\"}}}"));

      assertThat(webhook.authenticate("t", List.of()).finding())
          .isInstanceOf(Finding.NoCredentials.class);
      assertThat(webhook.authenticate("t", List.of("vault", "x")).audiences())
          .containsExactly("vault");
      // What is remembered of one token and its audiences is no other's.
      int asked = other.asked().size();
      webhook.authenticate("t\nvault", List.of("x"));
      assertThat(other.asked()).hasSize(asked + 1);
    }
  }

  @Test
  void whatSaysNothingOfAudiencesIsMeantForTheApiServer() {
    StaticTokens tokens = new StaticTokens(Map.of("t", new User("ann", "", List.of(), Map.of())));

    assertThat(tokens.authenticate("t", List.of("vault")).finding())
        .isInstanceOf(Finding.NoCredentials.class);
    assertThat(tokens.authenticate("t", List.of("vault", TokenIssuer.ISSUER)).audiences())
        .containsExactly(TokenIssuer.ISSUER);
  }

  @Test
  void aServerThatIsBrokenIsAskedFiveTimesAndLetsNobodyIn(@TempDir Path folder) {
    try (OtherServer other = OtherServer.open();
        TokenWebhook webhook =
            new TokenWebhook(
                WebhookConfig.read(other.kubeconfig(folder), Machine.own())
                    .open(Machine.own(), Duration.ofMillis(500), clock, new Random(1)),
                Duration.ofMinutes(2),
                clock)) {
      other.answer(_ -> new OtherServer.Answer(500, ""));

      assertThat(webhook.authenticate("t", List.of()).finding())
          .isInstanceOf(Finding.Rejected.class);
      assertThat(other.asked()).hasSize(5);
    }
  }
}
