package io.tiphys.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.Clock;
import io.tiphys.base.Loops;
import io.tiphys.base.machine.Machine;
import io.tiphys.client.Informers;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DnsServerTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final String WEB = "web.default.svc.cluster.local";

  @TempDir Path folder;
  private final SampleCluster cluster = new SampleCluster();
  private final Clock clock = cluster.clock;
  private final Loops loops = new Loops(clock, new Random(9));
  private final AtomicInteger outsideAsked = new AtomicInteger();

  DnsServerTest() throws InterruptedException {}

  @AfterEach
  void close() {
    cluster.close();
  }

  private DnsServer server(Path resolvConf) {
    DnsConfig config =
        new DnsConfig(
            "cluster.local", List.of(new InetSocketAddress(LOOPBACK, 0)), List.of(), resolvConf);
    return DnsServer.open(config, cluster.view, Machine.own(), clock, new Random(1), loops);
  }

  private DnsServer server() {
    return server(folder.resolve("none"));
  }

  private static byte[] query(String name, int type, int payload) {
    byte[] question = MessageWriter.question(name, type);
    ByteBuffer out = ByteBuffer.allocate(12 + question.length + (payload > 0 ? 11 : 0));
    out.putShort((short) 4711).putShort((short) 0x0100).putShort((short) 1);
    out.putInt(0).putShort((short) (payload > 0 ? 1 : 0)).put(question);
    if (payload > 0) {
      out.put((byte) 0).putShort((short) Data.OPT).putShort((short) payload);
      out.putInt(0).putShort((short) 0);
    }
    return out.array();
  }

  /** An informer that was never started has seen nothing yet. */
  @Test
  void whatMayOnlyBeUnknownIsAFailureAndNotMissing() throws Exception {
    DnsConfig config =
        new DnsConfig(
            "cluster.local",
            List.of(new InetSocketAddress(LOOPBACK, 0)),
            List.of(),
            folder.resolve("none"));
    try (Informers unstarted = new Informers(cluster.source, clock, new Random(1), loops);
        DnsServer server =
            DnsServer.open(config, unstarted, Machine.own(), clock, new Random(1), loops)) {
      assertThat(code(udp(server, query(WEB, Data.A, 0)))).isEqualTo(Answer.SERVER_FAILURE);
      unstarted.start();
      unstarted.awaitSync();
      assertThat(code(udp(server, query(WEB, Data.A, 0)))).isEqualTo(Answer.OK);
      assertThat(code(udp(server, query("no." + WEB, Data.A, 0)))).isEqualTo(Answer.NO_SUCH_NAME);
    }
  }

  private static byte[] udp(DnsServer server, byte[] query) throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, LOOPBACK)) {
      socket.setSoTimeout(30_000);
      socket.send(new DatagramPacket(query, query.length, server.addresses().getFirst()));
      DatagramPacket answer = new DatagramPacket(new byte[65535], 65535);
      socket.receive(answer);
      return Arrays.copyOf(answer.getData(), answer.getLength());
    }
  }

  private static byte[] tcp(DnsServer server, byte[] query) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(server.addresses().getFirst());
      socket.setSoTimeout(30_000);
      socket
          .getOutputStream()
          .write(
              ByteBuffer.allocate(2 + query.length)
                  .putShort((short) query.length)
                  .put(query)
                  .array());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      return in.readNBytes(in.readUnsignedShort());
    }
  }

  private static List<String> addresses(byte[] message) {
    return Records.addresses(message).stream().map(item -> text(item.data())).sorted().toList();
  }

  private static String text(Data data) {
    return switch (data) {
      case Data.Address(var ip) -> ip.getHostAddress();
      case Data.Alias(var target) -> target;
      default -> data.toString();
    };
  }

  private static int code(byte[] message) {
    return message[3] & 0xf;
  }

  @Test
  void answersOverBothTransportsInTheAskersLetters() throws IOException {
    try (DnsServer server = server()) {
      byte[] query = query("WEB.Default.svc.CLUSTER.local", Data.A, 1232);
      for (byte[] answer : List.of(udp(server, query), tcp(server, query))) {
        assertThat(Query.word(answer, 0)).isEqualTo(4711);
        assertThat(Query.word(answer, 2)).isEqualTo(0x8580);
        assertThat(Arrays.copyOfRange(answer, 12, 30)).isEqualTo(Arrays.copyOfRange(query, 12, 30));
        assertThat(addresses(answer)).containsExactly("10.96.0.7");
      }
    }
  }

  @Test
  void cutsLongAnswersToTheAskersMeasure() throws IOException {
    try (DnsServer server = server()) {
      String wide = "wide.default.svc.cluster.local";
      byte[] small = udp(server, query(wide, Data.A, 0));
      assertThat(small.length).isLessThanOrEqualTo(512);
      assertThat(small[2] & 2).as("truncated").isEqualTo(2);
      byte[] large = udp(server, query(wide, Data.A, 4096));
      assertThat(large.length).isBetween(513, 1232);
      assertThat(large[2] & 2).isZero();
      assertThat(addresses(tcp(server, query(wide, Data.A, 0)))).hasSize(60);
    }
  }

  @Test
  void refusesWhatItDoesNotDo() throws IOException {
    try (DnsServer server = server()) {
      assertThat(code(tcp(server, query("cluster.local", Data.AXFR, 0)))).isEqualTo(5);
      byte[] update = query(WEB, Data.A, 0);
      update[2] |= 0x28;
      assertThat(code(udp(server, update))).isEqualTo(4);
      byte[] two = query(WEB, Data.A, 0);
      two[5] = 2;
      assertThat(code(udp(server, two))).isEqualTo(1);
      byte[] cut = Arrays.copyOf(query(WEB, Data.A, 0), 20);
      assertThat(code(udp(server, cut))).isEqualTo(1);
      // Neither garbage nor answers are answered; the next question is.
      try (DatagramSocket socket = new DatagramSocket(0, LOOPBACK)) {
        byte[] answer = query(WEB, Data.A, 0);
        answer[2] |= (byte) 0x80;
        for (byte[] silent : List.of(new byte[3], answer)) {
          socket.send(new DatagramPacket(silent, silent.length, server.addresses().getFirst()));
        }
      }
      assertThat(code(udp(server, query(WEB, Data.A, 0)))).isZero();
    }
  }

  @Test
  void asksOutsideOnceAndFollowsAliases() throws IOException {
    try (DatagramSocket upstream = new DatagramSocket(0, LOOPBACK)) {
      Thread.ofVirtual().start(() -> answerAll(upstream));
      var here = new InetSocketAddress(LOOPBACK, upstream.getLocalPort());
      Forwarder forwarder =
          new Forwarder(Machine.own().network(), () -> List.of(here), clock, new Random(1));
      ClusterZone zone = new ClusterZone("cluster.local", List.of(), cluster.view, new Random(1));
      Resolver resolver = new Resolver(cluster.view, zone, forwarder);
      for (int i = 0; i < 3; i++) {
        assertThat(addresses(resolve(resolver, "www.Example.org", Data.A)))
            .containsExactly("192.0.2.1");
      }
      assertThat(outsideAsked).hasValue(1);
      assertThat(addresses(resolve(resolver, "search.default.svc.cluster.local", Data.A)))
          .containsExactly("192.0.2.1", "search.example.org");
      assertThat(addresses(resolve(resolver, "again.default.svc.cluster.local", Data.A)))
          .containsExactly("10.96.0.7", WEB);
    }
  }

  private static byte[] resolve(Resolver resolver, String name, int type) {
    byte[] query = query(name, type, 0);
    return switch (resolver.resolve(query, query.length, true)) {
      case Resolver.Step.Send(var message) -> message;
      case Resolver.Step.Wait(var work) -> work.get();
    };
  }

  /** A server that knows one address for every name. */
  private void answerAll(DatagramSocket socket) {
    DatagramPacket in = new DatagramPacket(new byte[512], 512);
    while (!socket.isClosed()) {
      try {
        socket.receive(in);
        outsideAsked.incrementAndGet();
        Query query = Query.read(in.getData(), in.getLength());
        Data data = new Data.Address(InetAddress.ofLiteral("192.0.2.1"));
        Answer answer = Answer.of(List.of(new Answer.Item(query.name(), 600, data)), List.of());
        byte[] out = MessageWriter.forUdp(query, answer);
        socket.send(new DatagramPacket(out, out.length, in.getSocketAddress()));
      } catch (IOException | Query.Unusable e) {
        return;
      }
    }
  }

  @Test
  void saysThatNobodyAnswers() throws IOException {
    try (DnsServer server = server()) {
      assertThat(code(udp(server, query("www.example.org", Data.A, 0)))).isEqualTo(2);
    }
  }

  @Test
  void readsTheHostsServers() throws IOException {
    Path file = folder.resolve("resolv.conf");
    Files.writeString(
        file,
        """
        # a comment
        search example.org
        nameserver 192.0.2.53
        nameserver\tnonsense
        nameserver 2001:db8::53
        options ndots:2
        """);
    assertThat(new ResolvConf(Machine.own().disk(), file).get())
        .extracting(server -> server.getAddress().getHostAddress())
        .containsExactly("192.0.2.53", "2001:db8:0:0:0:0:0:53");
    assertThat(new ResolvConf(Machine.own().disk(), folder.resolve("gone")).get()).isEmpty();
  }
}
