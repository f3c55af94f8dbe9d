package io.tiphys.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.core.v1.Secret;
import io.tiphys.codec.Bytes;
import io.tiphys.node.cri.AuthConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PullSecretsTest {
  private static Secret secret(String key, String text) {
    return Secret.builder().data(Map.of(key, Bytes.utf8(text))).build();
  }

  private static Secret modern(String registry) {
    return secret(
        ".dockerconfigjson", "{\"auths\":{\"%s\":{\"auth\":\"eDp5\"}}}".formatted(registry));
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:5000,              127.0.0.1:5000/web:v1,        true",
    "http://127.0.0.1:5000,       127.0.0.1:5000/web:v1,        true",
    "https://127.0.0.1:5000/v2/,  127.0.0.1:5000/web:v1,        true",
    "127.0.0.1:5000,              127.0.0.1:5001/web:v1,        false",
    "127.0.0.1:5000/team,         127.0.0.1:5000/team/web:v1,   true",
    "127.0.0.1:5000/team,         127.0.0.1:5000/other/web:v1,  false",
    "https://index.docker.io/v1/, web:v1,                       true",
    "docker.io,                   library/web,                  true",
    "https://index.docker.io/v1/, docker.io/library/web,        true",
    "https://index.docker.io/v1/, example.com/web,              false",
    "*.example.com,               a.example.com/web,            true",
    "*.example.com,               a.b.example.com/web,          false",
    "example.com,                 notexample.com/web,           false",
    "localhost,                   localhost/web,                true",
  })
  void aRegistryIsForItsImages(String registry, String image, boolean found) {
    assertThat(PullSecrets.credentials(modern(registry), image)).hasSize(found ? 1 : 0);
  }

  @Test
  void theMoreParticularComesFirst() {
    Secret secret =
        secret(
            ".dockerconfigjson",
            """
            {"auths": {
              "r.io": {"username": "u", "password": "p"},
              "r.io/team": {"auth": "eDp5"}
            }}
            """);
    assertThat(PullSecrets.credentials(secret, "r.io/team/web"))
        .containsExactly(new AuthConfig("", "", "eDp5", "", "", ""), AuthConfig.basic("u", "p"));
  }

  @Test
  void theOldFormIsReadAndNonsenseIsNot() {
    assertThat(
            PullSecrets.credentials(
                secret(".dockercfg", "{\"r.io\":{\"auth\":\"eDp5\"}}"), "r.io/web"))
        .hasSize(1);
    assertThat(PullSecrets.credentials(secret(".dockerconfigjson", "{nonsense"), "r.io/web"))
        .isEmpty();
    assertThat(PullSecrets.credentials(Secret.EMPTY, "r.io/web")).isEmpty();
  }
}
