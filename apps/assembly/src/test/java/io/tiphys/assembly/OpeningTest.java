package io.tiphys.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.cli.CliException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class OpeningTest {
  private final AtomicBoolean closed = new AtomicBoolean();

  @Test
  void roomsOpenAtTheSameTime() throws Exception {
    CountDownLatch other = new CountDownLatch(1);
    Opening<AutoCloseable> waiting =
        Opening.begin(
            () -> {
              other.await();
              return this::component;
            });

    Opening<AutoCloseable> quick =
        Opening.begin(
            () -> {
              other.countDown();
              return this::component;
            });

    assertThat(quick.await()).isNotNull();
    assertThat(waiting.await()).isNotNull();
  }

  @Test
  void whatOpeningThrewIsThrownToWhoWaits() {
    CliException failure = new CliException("no room");
    Opening<AutoCloseable> opening =
        Opening.begin(
            () -> {
              throw failure;
            });

    assertThatThrownBy(opening::await).isSameAs(failure);
    assertThatNoException().isThrownBy(opening::close);
  }

  @Test
  void closingItClosesTheComponent() {
    Opening<AutoCloseable> opening = Opening.begin(() -> this::component);

    opening.close();

    assertThat(closed).isTrue();
  }

  private void component() {
    closed.set(true);
  }
}
