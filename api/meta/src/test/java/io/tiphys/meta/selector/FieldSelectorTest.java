package io.tiphys.meta.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldSelectorTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | ''",
        "a=1 | a=1",
        "b==2,a=1 | a=1,b=2",
        "a!=1 | a!=1",
        "a= | a=",
        "a=\\,\\=\\\\ | a=\\,\\=\\\\",
        ",a=1, | a=1",
      })
  void printsWhatItReads(String text, String printed) {
    assertThat(FieldSelector.parse(text)).hasToString(printed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a | invalid selector: 'a'; can't understand 'a'",
        "a=1,b | invalid selector: 'a=1,b'; can't understand 'b'",
        "a=b=c | invalid field selector: unescaped character in value: 61",
        "a=\\x | invalid field selector: invalid escape sequence: \\x",
        "a=\\ | invalid field selector: invalid escape sequence: \\",
      })
  void saysWhatIsWrongAsUpstream(String text, String message) {
    assertThatExceptionOfType(SelectorException.class)
        .isThrownBy(() -> FieldSelector.parse(text))
        .withMessage(message);
  }

  @Test
  void matches() {
    Map<String, String> fields = Map.of("spec.nodeName", "n1", "status.phase", "Running");
    assertThat(matches("spec.nodeName=n1,status.phase!=Failed", fields)).isTrue();
    assertThat(matches("spec.nodeName=n2", fields)).isFalse();
    assertThat(matches("spec.other=", fields)).isTrue();
    assertThat(FieldSelector.parse("a=1,b!=2").exactMatch("a")).contains("1");
    assertThat(FieldSelector.parse("a=1,b!=2").exactMatch("b")).isEmpty();
  }

  private static boolean matches(String text, Map<String, String> fields) {
    return FieldSelector.parse(text).matches(field -> fields.getOrDefault(field, ""));
  }

  @Property
  void readsBackAnyValue(@ForAll String value) {
    FieldSelector selector = FieldSelector.equal("f", value);
    assertThat(FieldSelector.parse(selector.toString())).isEqualTo(selector);
  }
}
