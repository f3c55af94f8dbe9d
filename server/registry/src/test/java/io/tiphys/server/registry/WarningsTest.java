package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The bounds of upstream's filters/warning.go. */
class WarningsTest {
  @Test
  void eachIsToldOnceAndInOrder() {
    Warnings warnings = new Warnings();
    warnings.addAll(List.of("b", "a", "", "b"));
    assertThat(warnings.messages()).containsExactly("b", "a");
  }

  @Test
  void allAreToldWholeAsLongAsTheyFit() {
    Warnings warnings = new Warnings();
    String first = "a".repeat(4000);
    warnings.addAll(List.of(first, "b".repeat(96)));
    assertThat(warnings.messages()).containsExactly(first, "b".repeat(96));
  }

  @Test
  void beyondTheBoundEachIsCutAndNoMoreThanFitAreTold() {
    Warnings warnings = new Warnings();
    warnings.add("ä".repeat(4000));
    for (int i = 0; i < 100; i++) {
      warnings.add("%03d".formatted(i) + "b".repeat(300));
    }
    List<String> told = warnings.messages();
    assertThat(told).hasSize(16).allSatisfy(each -> assertThat(each).hasSize(256));
    assertThat(told.getFirst()).isEqualTo("ä".repeat(256));
    assertThat(told.get(1)).startsWith("000b");
  }

  @Test
  void whatCannotStandInAHeaderIsLeftOut() {
    Warnings warnings = new Warnings();
    warnings.addAll(List.of("two\nlines", "one"));
    assertThat(warnings.messages()).containsExactly("one");
  }

  @Test
  void writersWithinTheProcessHearNothing() {
    Warnings warnings = Warnings.unheard();
    warnings.add("a");
    assertThat(warnings.heard()).isFalse();
    assertThat(warnings.messages()).isEmpty();
  }
}
