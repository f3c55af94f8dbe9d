package io.tiphys.node.cri;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AuthConfigTest {
  @Test
  void neverShowsSecrets() {
    AuthConfig auth = new AuthConfig("ada", "s1", "s2", "registry:5000", "s3", "s4");
    assertThat(auth.toString()).contains("ada", "registry:5000").doesNotContainPattern("s[1-4]");
  }
}
