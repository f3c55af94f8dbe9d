package io.tiphys.node.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.base.Loops;
import io.tiphys.base.SystemClock;
import io.tiphys.node.cri.CriException;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class BackgroundTasksTest {
  private final BackgroundTasks errands =
      new BackgroundTasks(new Loops(new SystemClock(), new SplittableRandom(1)));

  @Test
  void theOutcomeComesBackAndSoDoesAFailure() throws InterruptedException {
    assertThat(errands.attend(() -> "done")).contains("done");
    assertThatThrownBy(
            () ->
                errands.attend(
                    () -> {
                      throw CriException.notFound("gone");
                    }))
        .isInstanceOf(CriException.class)
        .hasMessage("gone");
  }

  @Test
  void whatIsCalledOffIsNotWaitedForNorBegunAgain() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                begun.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              errands.callOff();
            });
    assertThat(
            errands.attend(
                () -> {
                  begun.countDown();
                  try {
                    never.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return "too late";
                }))
        .isEmpty();
    assertThat(errands.attend(() -> "another")).isEmpty();
  }
}
