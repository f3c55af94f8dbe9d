package io.tiphys.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HostAddressTest {
  private static final String HEAD =
      "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n";

  @Test
  void whatWasBoundIsToldUnlessOthersCannotReachIt() {
    assertThat(HostAddress.advertised("192.0.2.7")).contains("192.0.2.7");
  }

  @Test
  void elseAnAddressThatThisMachineHasAndOthersCanReach() throws Exception {
    for (String bind : new String[] {"127.0.0.1", "0.0.0.0"}) {
      Optional<String> told = HostAddress.advertised(bind);
      if (told.isPresent()) {
        InetAddress address = InetAddress.getByName(told.get());
        assertThat(address.isLoopbackAddress()).isFalse();
        assertThat(NetworkInterface.getByInetAddress(address)).isNotNull();
      }
    }
  }

  @Test
  void theDefaultRouteNamesItsLink() {
    String local = "docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n";
    String out = "eth1\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n";
    assertThat(HostAddress.defaultLink(HEAD + local + out)).contains("eth1");
    assertThat(HostAddress.defaultLink(HEAD + local)).isEmpty();
  }
}
