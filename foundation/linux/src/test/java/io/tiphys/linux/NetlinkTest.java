package io.tiphys.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetlinkTest {
  private static final String MAC = "0a:58:0a:f4:00:02";

  @TempDir Path folder;
  private TestNamespace host;
  private TestNamespace pod;

  @BeforeEach
  void open() {
    Root.assumeRoot();
    host = TestNamespace.create(folder.resolve("host"));
    pod = TestNamespace.create(folder.resolve("pod"));
  }

  @AfterEach
  void close() {
    if (host != null) {
      pod.close();
      host.close();
    }
  }

  @Test
  void joinsAPodToABridge() {
    Netlink out = host.stack().netlink();
    Netlink in = pod.stack().netlink();
    int bridge = out.createBridge("br0", "0a:58:0a:f4:00:01", 1450);
    out.addAddress(bridge, IpPrefix.parse("10.244.0.1/24"));
    out.createVeth(new Veth("veth1", "eth0", pod.pin(), MAC, 1450, bridge));
    Link outer = out.link("veth1").orElseThrow();
    assertThat(outer.master()).isEqualTo(bridge);
    assertThat(outer.up()).isTrue();
    assertThat(outer.kind()).isEqualTo("veth");

    Link inner = in.link("eth0").orElseThrow();
    assertThat(inner.mac()).isEqualTo(MAC);
    assertThat(inner.mtu()).isEqualTo(1450);
    in.setUp(inner.index());
    in.addAddress(inner.index(), IpPrefix.parse("10.244.0.2/24"));
    in.addAddress(inner.index(), IpPrefix.parse("fd00::2/64"));
    Route route =
        new Route(IpPrefix.parse("0.0.0.0/0"), InetAddress.ofLiteral("10.244.0.1"), inner.index());
    in.addRoute(route);
    assertThat(in.addresses(inner.index()))
        .contains(IpPrefix.parse("10.244.0.2/24"), IpPrefix.parse("fd00::2/64"));
    assertThat(in.routes())
        .containsExactlyInAnyOrder(
            route,
            new Route(
                IpPrefix.parse("10.244.0.0/24"),
                null,
                inner.index(),
                InetAddress.ofLiteral("10.244.0.2")));
    in.addNeighbour(inner.index(), InetAddress.ofLiteral("10.244.0.1"), "0a:58:0a:f4:00:01");

    in.deleteRoute(route);
    in.deleteAddress(inner.index(), IpPrefix.parse("10.244.0.2/24"));
    assertThat(in.routes()).isEmpty();
    assertThat(out.deleteLink("veth1")).isTrue();
    assertThat(out.deleteLink("veth1")).isFalse();
    assertThat(in.link("eth0")).isEmpty();
  }

  @Test
  void repeatsTheKernelsReason() {
    Netlink out = host.stack().netlink();
    out.createBridge("br0", "", 1500);
    assertThatThrownBy(() -> out.createBridge("br0", "", 1500))
        .isInstanceOf(LinuxFailure.class)
        .hasMessageStartingWith("make bridge br0: EEXIST (file exists)");
    Route unreachable =
        new Route(IpPrefix.parse("10.0.0.0/8"), InetAddress.ofLiteral("192.0.2.1"), 1);
    assertThatThrownBy(() -> out.addRoute(unreachable))
        .isInstanceOf(LinuxFailure.class)
        .hasMessageContaining(": Nexthop has invalid gateway");
  }

  @Test
  void setsWhatTheNamespaceKnowsAlone() {
    host.stack().setSysctl("ipv4/ip_forward", "1");
    pod.stack().setSysctl("ipv4/ip_forward", "0");
    assertThat(host.stack().sysctl("ipv4/ip_forward")).contains("1");
    assertThat(pod.stack().sysctl("ipv4/ip_forward")).contains("0");
    assertThat(host.stack().sysctl("ipv4/no_such_thing")).isEmpty();
  }
}
