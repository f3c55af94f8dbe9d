package io.tiphys.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class IntOrStringTest {
  @Test
  void readsNumbersAsNumbers() {
    assertThat(IntOrString.parse("80")).isEqualTo(IntOrString.of(80));
    assertThat(IntOrString.parse("http")).isEqualTo(IntOrString.of("http"));
    assertThat(IntOrString.of("80").intValue()).isEqualTo(80);
    assertThat(IntOrString.of("http").intValue()).isZero();
  }

  @Test
  void scalesPercentages() {
    assertThat(IntOrString.of("25%").scaledValue(10, true)).isEqualTo(3);
    assertThat(IntOrString.of("25%").scaledValue(10, false)).isEqualTo(2);
    assertThat(IntOrString.of(4).scaledValue(10, true)).isEqualTo(4);
  }

  @Test
  void refusesOtherTexts() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IntOrString.of("25").scaledValue(10, true))
        .withMessage("invalid value for IntOrString: invalid type: string is not a percentage");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IntOrString.of("x%").scaledValue(10, true))
        .withMessage(
            "invalid value for IntOrString: invalid value \"x%\": strconv.Atoi: parsing \"x\":"
                + " invalid syntax");
  }
}
