package io.tiphys.rules.warnings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks are found where encoding/pem finds them, whatever lies between. */
class PemPairTest {
  private static final String NOTHING = "tls: failed to find any PEM data in certificate input";

  private static String block(String type) {
    return "-----BEGIN " + type + "-----\nYQ==\n-----END " + type + "-----\n";
  }

  @Test
  void whatIsNoBlockIsPassedOver() {
    String broken = "text\n-----BEGIN X-----\n-----BEGIN Y\n-----END X-----\n";
    String certificate = broken + block("CERTIFICATE");
    assertThat(PemPair.problem(certificate, broken + block("RSA PRIVATE KEY"))).isEmpty();
    assertThat(PemPair.problem(certificate.replace("\n", "\r\n"), block("PRIVATE KEY"))).isEmpty();
  }

  @Test
  void aBlockBeginsAndEndsWithItsLine() {
    for (String text :
        List.of(
            "x" + block("CERTIFICATE"),
            block("CERTIFICATE").replace("\n-----END", "-----END"),
            block("CERTIFICATE").stripTrailing() + "x",
            block("CERTIFICATE").replace("END C", "END D"))) {
      assertThat(PemPair.problem(text, "")).isEqualTo(NOTHING);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-----BEGIN ", "-----BEGIN A-----\n", "\n-----END ", "-----", "\n-----END A-----"})
  void endlessBeginningsAndEndsAreNoBlocks(String piece) {
    String endless = piece.repeat(300_000);
    assertThat(PemPair.problem(endless, "")).isEqualTo(NOTHING);
  }
}
