package io.tiphys.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.base.machine.Machine;
import io.tiphys.cli.CliException;
import io.tiphys.cli.ServerFlags;
import io.tiphys.server.authentication.oidc.JwtAuthenticatorConfig;
import io.tiphys.server.authentication.oidc.JwtAuthenticatorConfig.Mapping;
import io.tiphys.server.http.User;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What flags say of who is let in. */
class AuthenticationFlagsTest {
  @TempDir private Path folder;

  private static AuthenticationFlags flags(String... words) {
    return new AuthenticationFlags(ServerFlags.of(words), Machine.own());
  }

  @Test
  void anIssuerOfFlagsHasUpstreamsDefaults() {
    assertThat(
            flags(
                    "--oidc-issuer-url=https://a",
                    "--oidc-client-id=c",
                    "--oidc-required-claim=hd=example.com,k=v")
                .issuers()
                .issuers())
        .containsExactly(
            new JwtAuthenticatorConfig(
                "https://a",
                "",
                "",
                List.of("c"),
                List.of("RS256"),
                new Mapping("sub", "https://a#"),
                Mapping.NONE,
                "",
                Map.of("hd", "example.com", "k", "v")));
  }

  @Test
  void tokensOfAFileArriveWithTheirUsers() throws Exception {
    Path file = Files.writeString(folder.resolve("tokens"), "t,ann,u,\"a,b\"");

    assertThat(flags("--token-auth-file=" + file).tokens())
        .isEqualTo(Map.of("t", new User("ann", "u", List.of("a", "b"), Map.of())));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--oidc-issuer-url=https://a | must be specified together",
        "--oidc-issuer-url=http://a --oidc-client-id=c | URL scheme must be https",
        "--oidc-issuer-url=https://a --oidc-client-id=c --oidc-signing-algs=HS256 | unsupported"
            + " signing alg: \"HS256\"",
        "--oidc-issuer-url=https://a --oidc-client-id=c --oidc-required-claim=x | must be a"
            + " key=value pair",
        "--authentication-config=/none | cannot read /none"
      })
  void aWrongFlagIsRefused(String words, String problem) {
    assertThatThrownBy(() -> flags(words.strip().split(" ")).issuers())
        .isInstanceOf(CliException.class)
        .hasMessageContaining(problem.strip());
  }
}
