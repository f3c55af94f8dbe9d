package io.tiphys.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tiphys.meta.Quantity.Format;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0Mi, 0",
    "-0, 0",
    "., 0",
    "-, 0",
    "1, 1",
    "0.5, 500m",
    ".5, 500m",
    "100m, 100m",
    "1000m, 1",
    "1500m, 1500m",
    "2.5P, 2500T",
    "40.1T, 40100G",
    "1024Mi, 1Gi",
    "512Ki, 512Ki",
    "1025Mi, 1025Mi",
    "0.5Mi, 512Ki",
    "1.5Gi, 1536Mi",
    "0.05Gi, 53687091200m",
    "0.5Ki, 512",
    "3Ei, 3Ei",
    "9Ei, 9223372036854775807",
    "1000k, 1M",
    "1000000, 1M",
    "1e3, 1e3",
    "1E-3, 1E-3",
    "0.5e-9, 1e-9",
    "12E, 12E",
    "5000E, 5000E",
    "3.001n, 4n",
    "-3.001n, -4n",
    ".000000000001Ki, 2n",
    "0.1m, 100u",
    "+2, +2",
    "1.500, 1.500",
    "1.G, 1.G",
    "007, 007",
    "' 1Gi ', 1Gi",
  })
  void prints(String text, String printed) {
    assertThat(Quantity.parse(text)).hasToString(printed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1.1.M", "1+1.0M", "0.1mi", "0.1am", "aoeu", ".5i", "1i", "-3.01i", "1 Gi"})
  void refusesOtherForms(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Quantity.parse(text));
  }

  @Test
  void saysWhatIsWrongAsUpstream() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Quantity.parse("5 apples"))
        .withMessage(
            "quantities must match the regular expression"
                + " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Quantity.parse("5Mm"))
        .withMessage("unable to parse quantity's suffix");
  }

  @Test
  void boundsWhatItReads() {
    assertThatIllegalArgumentException().isThrownBy(() -> Quantity.parse("1e1000000000"));
    assertThatIllegalArgumentException().isThrownBy(() -> Quantity.parse("1".repeat(5_000)));
  }

  @Test
  void isEqualByValueWhateverItsText() {
    assertThat(Quantity.parse("1000m"))
        .isEqualTo(Quantity.parse("1"))
        .hasSameHashCodeAs(Quantity.parse("1"));
  }

  @Test
  void roundsAwayFromZero() {
    assertThat(Quantity.parse("1001u").milliValue()).isEqualTo(2);
    assertThat(Quantity.parse("0.1").value()).isEqualTo(1);
    assertThat(Quantity.parse("-0.1").value()).isEqualTo(-1);
    assertThat(Quantity.parse("1Gi").value()).isEqualTo(1L << 30);
    assertThat(Quantity.parse("100E").value()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void forgetsItsTextWhenComputedWith() {
    assertThat(Quantity.parse("1.500").add(Quantity.ZERO)).hasToString("1500m");
    assertThat(Quantity.parse("1Gi").subtract(Quantity.parse("1Mi"))).hasToString("1023Mi");
    assertThat(Quantity.parse("1Gi").multiply(-2)).hasToString("-2Gi");
  }

  @Test
  void aZeroTakesTheFormatOfWhatIsAdded() {
    Quantity sum = Quantity.ZERO.add(Quantity.parse("2Ki"));
    assertThat(sum).hasToString("2Ki");
    assertThat(sum.format()).isEqualTo(Format.BINARY_SI);
  }

  @Test
  void isMadeFromNumbers() {
    assertThat(Quantity.of(1500)).hasToString("1500");
    assertThat(Quantity.ofBinary(2048)).hasToString("2Ki");
    assertThat(Quantity.ofMilli(250)).hasToString("250m");
    assertThat(Quantity.of(new BigDecimal("1.0000000001"), Format.DECIMAL_SI))
        .hasToString("1000000001n");
  }
}
