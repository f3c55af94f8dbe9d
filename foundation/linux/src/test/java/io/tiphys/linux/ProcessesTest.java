package io.tiphys.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.base.Loops;
import io.tiphys.base.SystemClock;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ProcessesTest {
  private final Loops loops = new Loops(new SystemClock(), new Random(1));

  @Test
  void tellsOfEveryEnd() throws Exception {
    try (ExitWatcher watcher = ExitWatcher.open(loops)) {
      CountDownLatch ended = new CountDownLatch(3);
      Process first = new ProcessBuilder("cat").start();
      Process second = new ProcessBuilder("cat").start();
      watcher.watch((int) first.pid(), ended::countDown);
      watcher.watch((int) second.pid(), ended::countDown);
      second.getOutputStream().close();
      assertThat(Signals.send((int) first.pid(), Signals.SIGTERM)).isTrue();
      assertThat(first.waitFor()).isEqualTo(128 + Signals.SIGTERM);
      second.waitFor();
      assertThat(Signals.exists((int) first.pid())).isFalse();
      assertThat(Signals.send((int) first.pid(), Signals.SIGTERM)).isFalse();
      watcher.watch((int) first.pid(), ended::countDown);
      assertThat(ended.await(1, TimeUnit.MINUTES)).isTrue();
    }
  }

  @Test
  void anEndThatCouldNotBeToldIsToldLater() throws Exception {
    AtomicBoolean exhausted = new AtomicBoolean(true);
    CountDownLatch refused = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    try (ExitWatcher watcher =
        ExitWatcher.open(
            loops,
            told -> {
              if (exhausted.get()) {
                refused.countDown();
                throw new OutOfMemoryError("unable to create a thread");
              }
              return Thread.ofVirtual().unstarted(told);
            })) {
      Process process = new ProcessBuilder("cat").start();
      watcher.watch((int) process.pid(), ended::countDown);
      process.getOutputStream().close();
      assertThat(refused.await(1, TimeUnit.MINUTES)).isTrue();
      exhausted.set(false);
      assertThat(ended.await(1, TimeUnit.MINUTES)).isTrue();
    }
  }

  @Test
  void readsTheCapabilities() {
    Capabilities some = Capabilities.of(List.of("Name: x", "CapEff:\t0000000000201001"));
    assertThat(some.has(Capabilities.Capability.CAP_SYS_ADMIN)).isTrue();
    assertThat(some.has(Capabilities.Capability.CAP_NET_ADMIN)).isTrue();
    assertThat(some.missing(Capabilities.FOR_CONTAINERS))
        .containsExactly(Capabilities.Capability.CAP_MKNOD);
    assertThat(Capabilities.of(List.of()).missing(Capabilities.FOR_CONTAINERS)).hasSize(4);
  }

  @Test
  void namesTheSocketThatDoesNotAnswer() {
    Path nowhere = Path.of("/nowhere/attach");
    assertThatThrownBy(() -> SeqPacketSocket.connect(nowhere, 1))
        .isInstanceOf(LinuxFailure.class)
        .hasMessageContaining("/nowhere");
  }
}
