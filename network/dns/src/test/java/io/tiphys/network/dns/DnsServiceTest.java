package io.tiphys.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.DiscoveryV1;
import io.tiphys.base.Loops;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.client.testing.RecordedSource;
import io.tiphys.server.apiserver.testing.TestApiServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DnsServiceTest {
  private final ManualClock clock = new ManualClock();
  private final TestApiServer server = TestApiServer.open(clock, new Loops(clock, new Random(1)));
  private final RecordedSource source =
      new RecordedSource(server.source(TestApiServer.ADMIN, "dns"));

  @AfterEach
  void close() {
    server.close();
  }

  private void publish(String clusterIp, int port) {
    source.forgetWrites();
    var server = new InetSocketAddress(InetAddress.ofLiteral("10.244.7.1"), port);
    DnsService.publish(source, clusterIp, "node1", server);
  }

  @Test
  void writesOnlyWhatIsNotAsItMustBe() {
    publish("10.96.0.10", 10053);
    assertThat(source.writes())
        .extracting(RecordedSource.Write::verb)
        .containsExactly("create", "create");
    assertThat(source.get(CoreV1.SERVICES, "kube-system", "kube-dns").spec().clusterIP())
        .isEqualTo("10.96.0.10");

    publish("10.96.0.10", 10053);
    assertThat(source.writes()).isEmpty();

    publish("10.96.0.10", 20053);
    assertThat(source.writes()).extracting(RecordedSource.Write::verb).containsExactly("update");
    assertThat(
            source
                .get(DiscoveryV1.ENDPOINTSLICES, "kube-system", "kube-dns-node1")
                .ports()
                .getFirst()
                .port())
        .isEqualTo(20053);

    publish("10.96.0.11", 20053);
    assertThat(source.writes())
        .extracting(RecordedSource.Write::verb)
        .containsExactly("delete", "create");
  }
}
