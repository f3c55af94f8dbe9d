package io.tiphys.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class IpPrefixTest {
  @Test
  void countsInsideANetwork() {
    IpPrefix pods = IpPrefix.parse("10.244.3.77/22");
    assertThat(pods.network()).hasToString("10.244.0.0/22");
    assertThat(pods.size()).isEqualTo(1024);
    assertThat(pods.at(258)).isEqualTo(InetAddress.ofLiteral("10.244.1.2"));
    assertThat(pods.contains(InetAddress.ofLiteral("10.244.3.255"))).isTrue();
    assertThat(pods.contains(InetAddress.ofLiteral("10.244.4.0"))).isFalse();
    assertThat(pods.contains(InetAddress.ofLiteral("fd00::1"))).isFalse();
    assertThat(IpPrefix.parse("255.0.0.1/8").at(1)).isEqualTo(InetAddress.ofLiteral("255.0.0.1"));
    assertThat(IpPrefix.parse("0.0.0.0/0").contains(InetAddress.ofLiteral("8.8.8.8"))).isTrue();
  }

  @Test
  void comparesNetworks() {
    IpPrefix wide = IpPrefix.parse("10.0.0.0/8");
    IpPrefix narrow = IpPrefix.parse("10.96.0.0/16");
    assertThat(wide.overlaps(narrow)).isTrue();
    assertThat(narrow.overlaps(wide)).isTrue();
    assertThat(narrow.overlaps(IpPrefix.parse("10.97.0.0/16"))).isFalse();
    assertThat(IpPrefix.parse("fd00::/64").overlaps(IpPrefix.parse("fd00::5"))).isTrue();
  }

  @Test
  void refusesNonsense() {
    assertThatThrownBy(() -> IpPrefix.parse("10.0.0.0/33"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> IpPrefix.parse("argo/8")).isInstanceOf(IllegalArgumentException.class);
  }
}
