package io.tiphys.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloserTest {
  @Test
  void closesInReverseOrderEvenWhenOneFails() {
    List<String> closed = new ArrayList<>();
    Closer closer = new Closer();
    closer.add(() -> closed.add("first"));
    closer.add(
        () -> {
          throw new IllegalArgumentException("second fails");
        });
    closer.add(() -> closed.add("third"));

    assertThatThrownBy(closer::close).hasMessage("second fails");
    assertThat(closed).containsExactly("third", "first");
    closer.close();
    assertThat(closed).hasSize(2);
  }
}
