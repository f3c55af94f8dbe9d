package io.tiphys.meta;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Quantities against the arithmetic of BigDecimal. */
class QuantityProperty {
  private static final BigDecimal KIBI = BigDecimal.valueOf(1024);
  private static final Map<String, BigDecimal> SUFFIXES =
      Map.of(
          "", BigDecimal.ONE,
          "n", new BigDecimal("1e-9"),
          "m", new BigDecimal("1e-3"),
          "k", new BigDecimal("1e3"),
          "G", new BigDecimal("1e9"),
          "Ki", KIBI,
          "Mi", KIBI.pow(2),
          "Gi", KIBI.pow(3),
          "e6", new BigDecimal("1e6"));

  record Text(BigDecimal number, String suffix) {
    @Override
    public String toString() {
      return number.toPlainString() + suffix;
    }

    BigDecimal amount() {
      BigDecimal exact = number.multiply(SUFFIXES.get(suffix));
      return exact.scale() > 9 ? exact.setScale(9, RoundingMode.UP) : exact;
    }
  }

  @Provide
  Arbitrary<Text> texts() {
    Arbitrary<BigDecimal> numbers =
        Arbitraries.bigDecimals()
            .between(new BigDecimal("-99999999"), new BigDecimal("99999999"))
            .ofScale(4);
    return Combinators.combine(numbers, Arbitraries.of(SUFFIXES.keySet())).as(Text::new);
  }

  @Property
  void readsTheExactAmount(@ForAll("texts") Text text) {
    assertThat(Quantity.parse(text.toString()).amount()).isEqualByComparingTo(text.amount());
  }

  @Property
  void readsBackWhatItPrints(@ForAll("texts") Text text) {
    Quantity canonical = Quantity.parse(text.toString()).add(Quantity.ZERO);
    Quantity again = Quantity.parse(canonical.toString());
    assertThat(again).isEqualTo(canonical);
    assertThat(again.add(Quantity.ZERO)).hasToString(canonical.toString());
  }

  @Property
  void computesExactly(@ForAll("texts") Text left, @ForAll("texts") Text right) {
    Quantity a = Quantity.parse(left.toString());
    Quantity b = Quantity.parse(right.toString());
    assertThat(a.add(b).amount()).isEqualByComparingTo(left.amount().add(right.amount()));
    assertThat(a.subtract(b).add(b)).isEqualTo(a);
    assertThat(Integer.signum(a.compareTo(b))).isEqualTo(left.amount().compareTo(right.amount()));
  }
}
