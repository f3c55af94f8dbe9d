package io.tiphys.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.DiscoveryV1;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.client.fake.FakeSource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class DnsServiceTest {
  private final FakeSource source = new FakeSource(new ManualClock());

  private void publish(String clusterIp, int port) {
    source.clearActions();
    var server = new InetSocketAddress(InetAddress.ofLiteral("10.244.7.1"), port);
    DnsService.publish(source, clusterIp, "node1", server);
  }

  @Test
  void writesOnlyWhatIsNotAsItMustBe() {
    publish("10.96.0.10", 10053);
    assertThat(source.actions())
        .extracting(FakeSource.Action::verb)
        .containsExactly("create", "create");
    assertThat(source.get(CoreV1.SERVICES, "kube-system", "kube-dns").spec().clusterIP())
        .isEqualTo("10.96.0.10");

    publish("10.96.0.10", 10053);
    assertThat(source.actions()).isEmpty();

    publish("10.96.0.10", 20053);
    assertThat(source.actions()).extracting(FakeSource.Action::verb).containsExactly("update");
    assertThat(
            source
                .get(DiscoveryV1.ENDPOINTSLICES, "kube-system", "kube-dns-node1")
                .ports()
                .getFirst()
                .port())
        .isEqualTo(20053);

    publish("10.97.0.10", 20053);
    assertThat(source.actions())
        .extracting(FakeSource.Action::verb)
        .containsExactly("delete", "create");
  }
}
