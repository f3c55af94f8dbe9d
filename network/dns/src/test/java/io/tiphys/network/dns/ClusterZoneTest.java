package io.tiphys.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.core.v1.Service;
import io.tiphys.linux.IpPrefix;
import io.tiphys.network.dns.Answer.Item;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterZoneTest {
  private static final String WEB = "web.default.svc.cluster.local";
  private static final String CASSANDRA = "cassandra.default.svc.cluster.local";

  private final SampleCluster cluster = new SampleCluster();
  private final ClusterZone zone =
      new ClusterZone(
          "cluster.local",
          List.of(IpPrefix.parse("10.244.0.0/16"), IpPrefix.parse("10.96.0.0/16")),
          cluster.view,
          new Random(1));

  ClusterZoneTest() throws InterruptedException {}

  @AfterEach
  void close() {
    cluster.close();
  }

  private Answer ask(String name, int type) {
    return zone.answer(name, type).orElseThrow();
  }

  private List<String> addresses(String name) {
    return ask(name, Data.A).answers().stream()
        .map(item -> ((Data.Address) item.data()).ip().getHostAddress())
        .sorted()
        .toList();
  }

  private void assertNoSuchName(String name, int type) {
    Answer answer = ask(name, type);
    assertThat(answer.code()).as(name).isEqualTo(Answer.NO_SUCH_NAME);
    assertThat(answer.authority()).extracting(Item::name).containsExactly("cluster.local");
  }

  private void assertNothingOfTheType(String name, int type) {
    Answer answer = ask(name, type);
    assertThat(answer.code()).as(name).isEqualTo(Answer.OK);
    assertThat(answer.answers()).as(name).isEmpty();
    assertThat(answer.authority()).extracting(Item::ttl).containsExactly(5);
  }

  @Test
  void namesServices() {
    assertThat(addresses(WEB)).containsExactly("10.96.0.7");
    assertThat(ask(WEB, Data.A).answers().getFirst().ttl()).isEqualTo(30);
    assertNothingOfTheType(WEB, Data.AAAA);
    assertNothingOfTheType(WEB, Data.TXT);
    assertNoSuchName("nobody.default.svc.cluster.local", Data.A);
    assertNoSuchName("web.nowhere.svc.cluster.local", Data.A);
  }

  @Test
  void namesTheLevelsBetween() {
    for (String name :
        List.of(
            "svc.cluster.local",
            "default.svc.cluster.local",
            "pod.cluster.local",
            "default.pod.cluster.local",
            "_tcp." + WEB)) {
      assertNothingOfTheType(name, Data.A);
    }
    assertNoSuchName("nowhere.svc.cluster.local", Data.A);
    assertNoSuchName("_udp." + WEB, Data.A);
    assertNoSuchName("x.cluster.local", Data.A);
    assertNoSuchName("a.b._http._tcp." + WEB, Data.A);
  }

  @Test
  void namesThePetsOfAHeadlessService() {
    assertThat(addresses(CASSANDRA)).containsExactly("10.244.7.2", "10.244.7.3", "10.244.7.5");
    assertThat(addresses("cassandra-1." + CASSANDRA)).containsExactly("10.244.7.3");
    assertThat(addresses("10-244-7-5." + CASSANDRA)).containsExactly("10.244.7.5");
    assertNoSuchName("cassandra-2." + CASSANDRA, Data.A);
    assertNoSuchName("empty.default.svc.cluster.local", Data.A);
  }

  @Test
  void publishesTheNotReadyWhereTheServiceSaysSo() {
    Service cassandra = Objects.requireNonNull(cluster.view.service("default", "cassandra"));
    Service all = cassandra.withSpec(cassandra.spec().withPublishNotReadyAddresses(true));
    assertThat(Endpoints.of(all, cluster.view.slices("default", "cassandra")))
        .extracting(Endpoints.Named::label)
        .containsExactly("cassandra-0", "cassandra-1", "cassandra-2", "10-244-7-5");
  }

  @Test
  void namesPorts() {
    assertThat(ask("_http._tcp." + WEB, Data.SRV).answers())
        .containsExactly(new Item("_http._tcp." + WEB, 30, new Data.Service(0, 100, 80, WEB)));
    Answer pets = ask("_cql._tcp." + CASSANDRA, Data.SRV);
    assertThat(pets.answers())
        .extracting(Item::data)
        .containsExactly(
            new Data.Service(0, 33, 9042, "cassandra-0." + CASSANDRA),
            new Data.Service(0, 33, 9042, "cassandra-1." + CASSANDRA),
            new Data.Service(0, 33, 9042, "10-244-7-5." + CASSANDRA));
    assertThat(pets.additional())
        .extracting(Item::name)
        .contains("cassandra-0." + CASSANDRA, "10-244-7-5." + CASSANDRA);
    assertThat(ask(CASSANDRA, Data.SRV).answers()).hasSize(3);
    assertNoSuchName("_http._udp." + WEB, Data.SRV);
    assertNoSuchName("_ftp._tcp." + WEB, Data.SRV);
    assertNoSuchName("_._tcp.plain.default.svc.cluster.local", Data.SRV);
  }

  @Test
  void namesAddresses() {
    assertThat(ask("7.0.96.10.in-addr.arpa", Data.PTR).answers())
        .extracting(Item::data)
        .containsExactly(new Data.Pointer(WEB));
    assertThat(ask("2.7.244.10.in-addr.arpa", Data.PTR).answers())
        .extracting(Item::data)
        .containsExactly(new Data.Pointer("cassandra-0." + CASSANDRA));
    assertNoSuchName("77.7.244.10.in-addr.arpa", Data.PTR);
    assertThat(zone.answer("8.8.8.8.in-addr.arpa", Data.PTR)).isEmpty();
    assertThat(zone.answer("8.8.in-addr.arpa", Data.PTR)).isEmpty();
    assertThat(zone.answer("x.ip6.arpa", Data.PTR)).isEmpty();
    assertThat(ReverseName.parse("1." + "0.".repeat(30) + "f.ip6.arpa"))
        .map(java.net.InetAddress::getHostAddress)
        .contains("f000:0:0:0:0:0:0:1");
  }

  @Test
  void leadsElsewhere() {
    String search = "search.default.svc.cluster.local";
    assertThat(ask(search, Data.A).answers())
        .containsExactly(new Item(search, 30, new Data.Alias("search.example.org")));
    assertNoSuchName("x." + search, Data.A);
  }

  @Test
  void namesPodsWithoutLooking() {
    assertThat(addresses("10-244-7-200.default.pod.cluster.local")).containsExactly("10.244.7.200");
    assertThat(ask("fd00--7.default.pod.cluster.local", Data.AAAA).answers()).hasSize(1);
    assertNoSuchName("10-244-7.default.pod.cluster.local", Data.A);
    assertNoSuchName("web.default.pod.cluster.local", Data.A);
    assertNoSuchName("10-244-7-200.nowhere.pod.cluster.local", Data.A);
  }

  @Test
  void speaksForItself() {
    assertThat(ask("dns-version.cluster.local", Data.TXT).answers())
        .extracting(Item::data)
        .containsExactly(new Data.Text("1.1.0"));
    assertThat(ask("cluster.local", Data.SOA).answers()).hasSize(1);
    assertThat(ask("cluster.local", Data.NS).answers()).hasSize(1);
    assertNothingOfTheType("cluster.local", Data.A);
    assertThat(zone.answer("example.org", Data.A)).isEmpty();
    assertThat(zone.answer("xcluster.local", Data.A)).isEmpty();
  }
}
