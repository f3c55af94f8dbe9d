package io.tiphys.network.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.base.machine.Machine;
import io.tiphys.linux.IpPrefix;
import io.tiphys.linux.Link;
import io.tiphys.linux.LinuxFailure;
import io.tiphys.linux.NetworkStack;
import io.tiphys.network.pods.PodNetwork.Sandbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoutedNetworkTest {
  @TempDir Path folder;
  private TestHost host;
  private PodNetworkConfig config;

  @BeforeEach
  void open() {
    host = new TestHost(folder);
    config =
        new PodNetworkConfig(
            "argo", IpPrefix.parse("10.244.7.0/24"), 0, folder.resolve("addresses"));
  }

  @AfterEach
  void close() {
    if (host != null) {
      host.close();
    }
  }

  private RoutedNetwork network() {
    return RoutedNetwork.open(config, host.stack(), Machine.own().disk());
  }

  private Sandbox sandbox(String id) {
    return new Sandbox(id, host.namespace(id), "default", "pod-" + id);
  }

  @Test
  void podsReachOneAnotherTheHostAndTheWorld() throws Exception {
    try (RoutedNetwork network = network()) {
      Sandbox first = sandbox("a");
      Sandbox second = sandbox("b");
      Attachment a = network.attach(first);
      Attachment b = network.attach(second);
      assertThat(a.ip()).isEqualTo("10.244.7.2");
      assertThat(b.ip()).isEqualTo("10.244.7.3");
      assertThat(a.gateway().getHostAddress()).isEqualTo("10.244.7.1");
      assertThat(a.mac()).isEqualTo("0a:58:0a:f4:07:02");

      Path podA = first.networkNamespace();
      Path podB = second.networkNamespace();
      assertThat(TestHost.sourceSeen(podA, podB, b.ip())).isEqualTo(a.ip());
      assertThat(TestHost.sourceSeen(podA, podA, "127.0.0.1")).isEqualTo("127.0.0.1");
      assertThat(TestHost.sourceSeen(podA, host.host(), "10.244.7.1")).isEqualTo(a.ip());
      assertThat(TestHost.sourceSeen(host.host(), podB, b.ip())).isEqualTo("10.244.7.1");
      assertThat(TestHost.sourceSeen(podB, host.outside(), TestHost.OUTSIDE))
          .isEqualTo("198.51.100.1");
      try (NetworkStack pod = NetworkStack.in(podA)) {
        assertThat(pod.netlink().link("eth0")).map(Link::mtu).contains(1400);
      }
      assertThat(network.problems()).isEmpty();
      network.delete();
    }
  }

  @Test
  void keepsAddressesOverARestart() throws Exception {
    Sandbox sandbox = sandbox("a");
    Sandbox gone = sandbox("b");
    Attachment before;
    try (RoutedNetwork network = network()) {
      before = network.attach(sandbox);
      network.attach(gone);
      assertThat(network.attach(sandbox)).isEqualTo(before);
    }
    // What a process killed in the middle of things may leave.
    Files.writeString(config.folder().resolve("c.new"), "addr");
    try (RoutedNetwork network = network()) {
      assertThat(network.attachment("a")).contains(before);
      assertThat(network.attach(sandbox)).isEqualTo(before);
      network.retain(Set.of("a"));
      assertThat(network.attachments()).containsExactly(before);
      assertThat(TestHost.sourceSeen(host.host(), sandbox.networkNamespace(), before.ip()))
          .isEqualTo("10.244.7.1");
      network.delete();
    }
  }

  @Test
  void deleteLeavesNothingBehind() {
    try (RoutedNetwork network = network()) {
      network.attach(sandbox("a"));
      network.delete();
    }
    assertThat(config.folder()).doesNotExist();
    try (NetworkStack stack = host.stack()) {
      assertThat(stack.netlink().links())
          .extracting(Link::name)
          .containsExactlyInAnyOrder("lo", "up0");
      assertThat(stack.nftables().run("list ruleset")).isEmpty();
    }
  }

  @Test
  void detachTakesTheSameSandboxTwice() {
    try (RoutedNetwork network = network()) {
      network.attach(sandbox("a"));
      network.detach("a");
      network.detach("a");
      assertThat(network.attachment("a")).isEmpty();
      network.delete();
    }
  }

  @Test
  void aFailedAttachLeavesNothingBehind() {
    try (RoutedNetwork network = network()) {
      Sandbox nowhere = new Sandbox("a", folder.resolve("nowhere"), "default", "a");
      assertThatThrownBy(() -> network.attach(nowhere))
          .isInstanceOf(LinuxFailure.class)
          .hasMessage("open " + folder.resolve("nowhere") + ": ENOENT (no such file or directory)");
      assertThat(network.attachments()).isEmpty();
      assertThat(config.folder()).isEmptyDirectory();
      network.delete();
    }
  }

  @Test
  void opensADroppingFirewallOfTheHost() throws Exception {
    try (NetworkStack stack = host.stack();
        RoutedNetwork network = network()) {
      String docker =
          """
          table ip filter {
            chain FORWARD { type filter hook forward priority 0; policy drop; }
            chain INPUT { type filter hook input priority 0; policy drop; }
          }
          table inet mine {
            chain forward { type filter hook forward priority 10; policy drop; }
            chain output { type filter hook output priority 10; policy accept; }
          }
          """;
      stack.nftables().run(docker);
      String before = firewalls(stack);
      assertThat(network.problems())
          .containsExactly(
              "the host's firewall drops packets of pods in its chain ip filter FORWARD",
              "the host's firewall drops packets of pods in its chain ip filter INPUT",
              "the host's firewall drops packets of pods in its chain inet mine forward");
      network.repair();
      assertThat(network.problems()).isEmpty();
      Sandbox first = sandbox("a");
      Sandbox second = sandbox("b");
      network.attach(first);
      String address = network.attach(second).ip();
      assertThat(TestHost.sourceSeen(first.networkNamespace(), second.networkNamespace(), address))
          .isEqualTo("10.244.7.2");
      network.delete();
      assertThat(firewalls(stack)).isEqualTo(before);
    }
  }

  @Test
  void profilesLiveSideBySide() throws Exception {
    PodNetworkConfig other =
        new PodNetworkConfig(
            "iolcus", IpPrefix.parse("10.245.0.0/24"), 0, folder.resolve("others"));
    try (RoutedNetwork argo = network();
        RoutedNetwork iolcus = RoutedNetwork.open(other, host.stack(), Machine.own().disk())) {
      Sandbox first = sandbox("a");
      Sandbox second = new Sandbox("b", host.namespace("b"), "default", "b");
      String here = argo.attach(first).ip();
      String there = iolcus.attach(second).ip();
      // As between hosts: the other cluster sees its own gateway, not the pod.
      assertThat(TestHost.sourceSeen(first.networkNamespace(), second.networkNamespace(), there))
          .isNotEqualTo(here);
      argo.delete();
      assertThat(TestHost.sourceSeen(host.host(), second.networkNamespace(), there))
          .isEqualTo("10.245.0.1");
      assertThat(iolcus.problems()).isEmpty();
      iolcus.delete();
    }
  }

  private static String firewalls(NetworkStack stack) {
    return stack.nftables().run("list table ip filter")
        + stack.nftables().run("list table inet mine");
  }

  @Test
  void saysWhatIsWrongAndRepairsIt() throws Exception {
    try (RoutedNetwork network = network();
        NetworkStack stack = host.stack()) {
      Sandbox sandbox = sandbox("a");
      String address = network.attach(sandbox).ip();
      stack.netlink().deleteLink(config.gatewayLink());
      stack.setSysctl("ipv4/ip_forward", "0");
      stack.nftables().run("flush ruleset");
      List<String> problems = network.problems();
      assertThat(problems).hasSize(3);
      assertThat(problems.get(0)).isEqualTo("the link ty-argo of the pod network is gone");

      network.repair();

      assertThat(network.problems()).isEmpty();
      assertThat(TestHost.sourceSeen(host.host(), sandbox.networkNamespace(), address))
          .isEqualTo("10.244.7.1");
      network.delete();
    }
  }
}
