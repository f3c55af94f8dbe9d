package io.tiphys.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProcessesTest {
  @Test
  void tellsOfEveryEnd() throws Exception {
    try (ExitWatcher watcher = ExitWatcher.open()) {
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
