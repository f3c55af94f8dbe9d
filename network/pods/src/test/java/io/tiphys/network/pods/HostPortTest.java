package io.tiphys.network.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.base.machine.Machine;
import io.tiphys.linux.IpPrefix;
import io.tiphys.linux.Namespaces;
import io.tiphys.network.pods.PodNetwork.Sandbox;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ports of the node in a real kernel. */
class HostPortTest {
  private static final int PATIENCE_MILLIS = 5_000;
  private static final String NODE = "198.51.100.1";
  private static final int PORT = 8080;

  @TempDir Path folder;
  private TestHost host;
  private RoutedNetwork network;

  @BeforeEach
  void open() {
    host = new TestHost(folder);
    network = network();
  }

  private RoutedNetwork network() {
    IpPrefix pods = IpPrefix.parse("10.244.7.0/24");
    return RoutedNetwork.open(
        new PodNetworkConfig("argo", pods, 0, folder.resolve("addresses")),
        host.stack(),
        Machine.own().disk());
  }

  @AfterEach
  void close() {
    if (host != null) {
      network.delete();
      host.close();
    }
  }

  private Sandbox pod(String id, HostPort... ports) {
    Sandbox sandbox = new Sandbox(id, host.namespace(id), "default", id, List.of(ports));
    network.attach(sandbox);
    return sandbox;
  }

  private static HostPort tcp(String hostIp, int hostPort) {
    return new HostPort("tcp", hostIp, hostPort, PORT);
  }

  private static ServerSocket listen(Sandbox pod) {
    return Namespaces.inNetwork(
        pod.networkNamespace(),
        () -> {
          ServerSocket listener = new ServerSocket(PORT);
          listener.setSoTimeout(PATIENCE_MILLIS);
          return listener;
        });
  }

  /** Connects, from an address of the own if one is given, and says something both ways. */
  private static void assertReaches(
      Path from, String own, String address, int port, ServerSocket listener) throws Exception {
    try (Socket client =
            Namespaces.inNetwork(
                from,
                () -> {
                  Socket socket = new Socket();
                  if (!own.isEmpty()) {
                    socket.bind(new InetSocketAddress(own, 0));
                  }
                  socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
                  return socket;
                });
        Socket served = listener.accept()) {
      client.setSoTimeout(PATIENCE_MILLIS);
      served.getOutputStream().write('x');
      assertThat(client.getInputStream().read()).isEqualTo('x');
    }
  }

  private static void assertRefused(Path from, String address, int port) {
    assertThatThrownBy(
            () ->
                Namespaces.inNetwork(
                    from,
                    () -> {
                      try (Socket socket = new Socket()) {
                        socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
                      }
                      return true;
                    }))
        .hasRootCauseInstanceOf(IOException.class);
  }

  @Test
  void isReachedFromOutsideTheNodeAndPods() throws Exception {
    Sandbox server = pod("server", tcp("", 7000));
    Sandbox client = pod("client");
    try (ServerSocket listener = listen(server)) {
      assertReaches(host.outside(), "", NODE, 7000, listener);
      assertReaches(host.host(), "", NODE, 7000, listener);
      assertReaches(host.host(), "", "127.0.0.1", 7000, listener);
      assertReaches(host.host(), NODE, "127.0.0.1", 7000, listener);
      assertReaches(host.host(), "127.0.0.1", NODE, 7000, listener);
      assertReaches(host.host(), "", "10.244.7.1", 7000, listener);
      assertReaches(client.networkNamespace(), "", NODE, 7000, listener);
      assertReaches(server.networkNamespace(), "", NODE, 7000, listener);
      assertRefused(client.networkNamespace(), "127.0.0.1", 7000);
    }
  }

  @Test
  void atOneAddressIsOpenThereAlone() throws Exception {
    Sandbox loopback = pod("loopback", tcp("127.0.0.1", 7000));
    Sandbox node = pod("node", tcp(NODE, 7000));
    Sandbox client = pod("client");
    try (ServerSocket one = listen(loopback);
        ServerSocket two = listen(node)) {
      assertReaches(host.host(), NODE, "127.0.0.1", 7000, one);
      assertReaches(host.host(), "", "127.0.0.1", 7000, one);
      assertReaches(host.host(), "", NODE, 7000, two);
      assertReaches(host.outside(), "", NODE, 7000, two);
      assertReaches(client.networkNamespace(), "", NODE, 7000, two);
      assertRefused(host.host(), "10.244.7.1", 7000);
    }
  }

  @Test
  void survivesARestartAndGoesWithItsPod() throws Exception {
    Sandbox server = pod("server", tcp("", 7000));
    network.close();
    network = network();
    try (ServerSocket listener = listen(server)) {
      assertReaches(host.host(), "", NODE, 7000, listener);
      network.detach("server");
      assertRefused(host.host(), NODE, 7000);
    }
  }

  @Test
  void ofUdpFollowsFromPodToPod() throws Exception {
    HostPort port = new HostPort("udp", "", 7053, PORT);
    Sandbox first = pod("first", port);
    try (DatagramSocket client = socket(host.outside(), 0)) {
      try (DatagramSocket server = socket(first.networkNamespace(), PORT)) {
        assertAnswers(client, NODE, server);
      }
      network.detach("first");
      Sandbox second = pod("second", port);
      try (DatagramSocket server = socket(second.networkNamespace(), PORT);
          DatagramSocket node = socket(host.host(), 0)) {
        assertAnswers(client, NODE, server);
        assertAnswers(node, "127.0.0.1", server);
      }
    }
  }

  private static DatagramSocket socket(Path in, int port) {
    return Namespaces.inNetwork(
        in,
        () -> {
          DatagramSocket socket = new DatagramSocket(port);
          socket.setSoTimeout(PATIENCE_MILLIS);
          return socket;
        });
  }

  private static void assertAnswers(DatagramSocket client, String node, DatagramSocket server)
      throws IOException {
    byte[] question = "q".getBytes(StandardCharsets.UTF_8);
    InetAddress address = InetAddress.ofLiteral(node);
    client.send(new DatagramPacket(question, question.length, address, 7053));
    DatagramPacket received = new DatagramPacket(new byte[9], 9);
    server.receive(received);
    server.send(received);
    client.receive(received);
    assertThat(received.getAddress()).isEqualTo(address);
    assertThat(received.getPort()).isEqualTo(7053);
  }

  @ParameterizedTest
  @CsvSource({"icmp,'',1", "tcp,'',0", "tcp,'',70000", "tcp,'1.2.3.4; flush ruleset',1"})
  void whatIsNoPortOfTheNodeIsRefused(String protocol, String hostIp, int port) {
    assertThatThrownBy(() -> new HostPort(protocol, hostIp, port, PORT))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
