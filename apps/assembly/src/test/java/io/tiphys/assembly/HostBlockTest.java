package io.tiphys.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.linux.IpPrefix;
import org.junit.jupiter.api.Test;

class HostBlockTest {
  private static final String ROUTES =
      """
      Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
      eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
      ty-one\t0001600A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
      ty294221\t0300F4CA\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0
      """;

  @Test
  void everyRouteButTheDefaultTakesItsAddresses() {
    assertThat(HostBlock.routes(ROUTES))
        .containsExactly(
            new HostBlock("ty-one", IpPrefix.parse("10.96.1.0/24")),
            new HostBlock("ty294221", IpPrefix.parse("202.244.0.3/32")));
  }

  @Test
  void aTableOfNoRoutesTakesNothing() {
    assertThat(HostBlock.routes("Iface\tDestination\n")).isEmpty();
  }
}
