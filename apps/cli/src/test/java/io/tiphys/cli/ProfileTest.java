package io.tiphys.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileTest {

  @Test
  void livesWhereTheUserMayWrite() {
    Map<String, String> environment = Map.of("HOME", "/home/me");

    assertThat(Profile.of("a", environment, true).root()).isEqualTo(Path.of("/var/lib/tiphys/a"));
    assertThat(Profile.of("a", environment, false).root()).isEqualTo(Path.of("/home/me/.tiphys/a"));
    assertThat(Profile.of("a", Map.of("TIPHYS_HOME", "/srv"), true).root())
        .isEqualTo(Path.of("/srv/a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "a/b", "Up", "-a", "a_b"})
  void refusesNamesThatAreNoNames(String name) {
    assertThatThrownBy(() -> Profile.of(name, Map.of(), true))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("is no name");
  }

  @Test
  void onlyItsOwnerLooksIntoTheFolder(@TempDir Path home) throws IOException {
    Profile profile = new Profile("tiphys", home.resolve("clusters/tiphys"));

    profile.makeFolder();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(profile.root())))
        .isEqualTo("rwx------");
  }
}
