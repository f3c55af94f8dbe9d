package io.tiphys.rules.pods;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The domains of Windows users. */
class WindowsNamesTest {

  /** A text that counts how often it is looked at. */
  private static final class Counted implements CharSequence {
    private final String text;
    private long steps;

    Counted(String text) {
      this.text = text;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      steps++;
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a-", "a.", "-", "."})
  void domainsAreReadInProportionToTheirLength(String part) {
    Counted text = new Counted(part.repeat(1_000_000 / part.length()) + "!");
    assertThat(WindowsValidation.isDnsName(text)).isFalse();
    assertThat(text.steps).isLessThan(8L * text.length());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "A-1.b", "example.COM"})
  void acceptsDomains(String name) {
    assertThat(WindowsValidation.isDnsName(name)).isTrue();
    assertThat(WindowsValidation.isDnsName("a".repeat(63))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", "a-", "a..b", ".a", "a.", "a_b", "a.-b"})
  void refusesOthers(String name) {
    assertThat(WindowsValidation.isDnsName(name)).isFalse();
    assertThat(WindowsValidation.isDnsName("a".repeat(64))).isFalse();
  }
}
