package io.tiphys.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.linux.Namespaces.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamespacesTest {
  @TempDir Path folder;

  @BeforeEach
  void root() {
    Root.assumeRoot();
  }

  private static Path self(String kind) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/" + kind));
  }

  @Test
  void pinsNewNamespacesAndLeavesTheCallerInItsOwn() throws IOException {
    Path before = self("net");
    Path net = folder.resolve("net");
    Path uts = folder.resolve("uts");
    Path ipc = folder.resolve("ipc");
    Namespaces.create(
        Map.of(Kind.NETWORK, net, Kind.UTS, uts, Kind.IPC, ipc),
        () -> Namespaces.setHostname("argo"));

    assertThat(self("net")).isEqualTo(before);
    assertThat(Namespaces.exists(net)).isTrue();
    assertThat(Namespaces.inNetwork(net, () -> self("net"))).isNotEqualTo(before);
    assertThat(Namespaces.in(Map.of(Kind.UTS, uts), NamespacesTest::hostname)).isEqualTo("argo");
    assertThat(hostname()).isNotEqualTo("argo");

    for (Path pin : new Path[] {net, uts, ipc}) {
      Namespaces.delete(pin);
      assertThat(pin).doesNotExist();
      Namespaces.delete(pin);
    }
  }

  private static String hostname() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
  }

  @Test
  void aNewNetworkHasOnlyALoopbackThatIsDown() {
    Path net = folder.resolve("net");
    Namespaces.create(Map.of(Kind.NETWORK, net));
    try (NetworkStack stack = NetworkStack.in(net)) {
      assertThat(stack.netlink().link("eth0")).isEmpty();
      assertThat(stack.netlink().link("lo")).map(Link::up).contains(false);
    } finally {
      Namespaces.delete(net);
    }
  }

  @Test
  void leavesNothingBehindWhenItFails() throws IOException {
    Path taken = Files.createFile(folder.resolve("taken"));
    assertThatThrownBy(() -> Namespaces.create(Map.of(Kind.IPC, taken)))
        .isInstanceOf(LinuxFailure.class)
        .hasMessageContaining("taken");
    assertThat(Namespaces.exists(taken)).isFalse();
  }

  @Test
  void handsBackTheFailureOfTheWork() {
    IllegalStateException failure = new IllegalStateException("mine");
    assertThatThrownBy(
            () ->
                Namespaces.onOwnThread(
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure);
  }

  @Test
  void namesTheFileThatIsNoNamespace() throws IOException {
    Path plain = Files.createFile(folder.resolve("plain"));
    assertThatThrownBy(() -> Namespaces.inNetwork(plain, () -> 1))
        .isInstanceOf(LinuxFailure.class)
        .hasMessage("enter namespace " + plain + ": EINVAL (invalid argument)");
  }
}
