package io.tiphys.server.authentication.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.server.authentication.AnonymousAccess;
import io.tiphys.server.authentication.oidc.JwtAuthenticatorConfig.Mapping;
import io.tiphys.server.configuration.ConfigurationException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that say whose tokens are believed. */
class AuthenticationFileTest {
  private static final String HEAD =
      "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n";
  private static final Set<String> OWN = Set.of("https://own");

  @Test
  void severalIssuersAndConditionsOfTheAnonymousAreRead() {
    AuthenticationFile.Content content =
        AuthenticationFile.read(
            HEAD
                + """
                jwt:
                - issuer:
                    url: https://a
                    discoveryURL: https://b/.well-known/openid-configuration
                    audiences: [x, z]
                    audienceMatchPolicy: MatchAny
                  claimValidationRules:
                  - claim: hd
                    requiredValue: example.com
                  claimMappings:
                    username: {claim: sub, prefix: "a:"}
                    groups: {claim: groups, prefix: ""}
                    uid: {claim: oid}
                - issuer: {url: https://c, audiences: [z]}
                  claimMappings: {username: {claim: email, prefix: ""}}
                anonymous:
                  enabled: true
                  conditions: [{path: /livez}]
                """,
            OWN);

    assertThat(content.issuers()).hasSize(2);
    assertThat(content.issuers().getFirst())
        .isEqualTo(
            new JwtAuthenticatorConfig(
                "https://a",
                "https://b/.well-known/openid-configuration",
                "",
                List.of("x", "z"),
                JwtAuthenticatorConfig.ALGORITHMS,
                new Mapping("sub", "a:"),
                new Mapping("groups", ""),
                "oid",
                Map.of("hd", "example.com")));
    assertThat(content.anonymous()).isEqualTo(new AnonymousAccess(true, List.of("/livez")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{url: http://a, audiences: [x]} | {username: {claim: sub, prefix: a}} | jwt[0].issuer.url:"
            + " Invalid value: \"http://a\": URL scheme must be https",
        "{url: https://own, audiences: [x]} | {username: {claim: sub, prefix: a}} | URL must not"
            + " overlap with disallowed issuers: [https://own]",
        "{url: https://a, audiences: []} | {username: {claim: sub, prefix: a}} |"
            + " jwt[0].issuer.audiences: Required value: at least one jwt[0].issuer.audiences is"
            + " required",
        "{url: https://a, audiences: [x, z]} | {username: {claim: sub, prefix: a}} |"
            + " audienceMatchPolicy must be MatchAny for multiple audiences",
        "{url: https://a, audiences: [x]} | {username: {claim: sub}} |"
            + " jwt[0].claimMappings.username.prefix: Required value: prefix is required when claim"
            + " is set",
        "{url: https://a, audiences: [x]} | {username: {expression: claims.sub}} |"
            + " jwt[0].claimMappings.username.expression: Forbidden: expressions in CEL are not"
            + " supported",
        "{url: https://a, audiences: [x], nonsense: 1} | {username: {claim: sub, prefix: a}} |"
            + " strict decoding error: unknown field \"jwt[0].issuer.nonsense\""
      })
  void aWrongFileIsRefused(String issuer, String mappings, String problem) {
    String text =
        HEAD + "jwt: [{issuer: " + issuer.strip() + ", claimMappings: " + mappings.strip() + "}]";
    assertThatThrownBy(() -> AuthenticationFile.read(text, OWN))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(problem.strip());
  }
}
