package io.tiphys.node.agent.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class ExpansionTest {
  private static final Map<String, String> KNOWN = Map.of("A", "1", "EMPTY", "");

  @Test
  void whatIsNotKnownStaysAsItIs() {
    assertThat(Expansion.of("$(A)-$(B)-$$(A)-$x", KNOWN)).isEqualTo("1-$(B)-$(A)-$x");
  }

  @Test
  void aSubPathNeedsAValueForEveryName() throws ConfigProblem {
    assertThat(Expansion.complete("x/$(A)", KNOWN)).isEqualTo("x/1");
    assertThatThrownBy(() -> Expansion.complete("$(C)/$(B)/$(EMPTY)/$(B)", KNOWN))
        .isInstanceOf(ConfigProblem.class)
        .hasMessage("missing value for B, C, EMPTY");
  }
}
