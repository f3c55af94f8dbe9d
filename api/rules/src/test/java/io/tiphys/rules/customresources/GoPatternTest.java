package io.tiphys.rules.customresources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class GoPatternTest {
  private static boolean finds(String pattern, String text) {
    return GoPattern.compile(pattern).finds(text);
  }

  @Test
  void readsPatternsAsGoDoes() {
    assertThat(finds("^[a-z]+$", "abc")).isTrue();
    assertThat(finds("^[a-z]+$", "abc\n")).isFalse();
    assertThat(finds("b", "abc")).isTrue();
    assertThat(finds("^[[:alpha:]]+$", "aB")).isTrue();
    assertThat(finds("^(?P<name>a+)$", "aa")).isTrue();
    assertThat(finds("^[]a]+$", "]a")).isTrue();
    assertThat(finds("^[a[]+$", "a[")).isTrue();
    assertThat(finds("^\\$$", "$")).isTrue();
  }

  @Test
  void refusesWhatGoRefuses() {
    assertThatThrownBy(() -> GoPattern.compile("(a)\\1"))
        .hasMessage("error parsing regexp: invalid escape sequence: `\\1`");
    assertThatThrownBy(() -> GoPattern.compile("a(?!b)"))
        .hasMessage("error parsing regexp: invalid or unsupported Perl syntax: `(?!`");
  }

  @Test
  void aPatternThatGoesBackAndForthForEverEnds() {
    assertThat(finds("^(a+)+$", "a".repeat(10_000) + "b")).isFalse();
  }
}
