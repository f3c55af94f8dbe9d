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
  void aDotIsAnythingButTheEndOfALine() {
    assertThat(finds("^.*$", "a\rb\u2028c")).isTrue();
    assertThat(finds("^.*$", "a\nb")).isFalse();
  }

  @Test
  void repeatsInRepeatsStayBelowAThousand() {
    for (String pattern :
        new String[] {
          "a{1001}", "((){1000}){1000}", "((a{30}){30}){30}", "(a{2}[}{3}]b{99}){99}"
        }) {
      assertThatThrownBy(() -> GoPattern.compile(pattern))
          .hasMessageStartingWith("error parsing regexp: invalid repeat count: `{");
    }
    assertThat(finds("^(a{10}){100}$", "a".repeat(1000))).isTrue();
    assertThat(finds("^(\\{99}[{9}]{10}){10}$", "{99}{{{{{{{{{{".repeat(10))).isTrue();
    assertThat(finds("^a{,5}$", "a{,5}")).isTrue();
  }

  @Test
  void aPatternThatGoesBackAndForthForEverEnds() {
    assertThat(finds("^(a+)+$", "a".repeat(100_000) + "b")).isFalse();
  }
}
