package io.tiphys.network.proxy;

import static io.tiphys.network.proxy.Samples.CONFIG;
import static io.tiphys.network.proxy.Samples.port;
import static io.tiphys.network.proxy.Samples.ready;
import static io.tiphys.network.proxy.Samples.service;
import static io.tiphys.network.proxy.Samples.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.api.discovery.v1.EndpointSlice;
import io.tiphys.base.machine.Machine;
import io.tiphys.linux.Namespaces;
import io.tiphys.linux.NetworkStack;
import io.tiphys.linux.Route;
import io.tiphys.network.pods.PodNetwork.Sandbox;
import io.tiphys.network.pods.PodNetworkConfig;
import io.tiphys.network.pods.RoutedNetwork;
import io.tiphys.network.pods.TestHost;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules in a real kernel: two pods on a host in a network namespace. */
class KernelTest {
  private static final String VIP = "10.96.0.7";
  private static final int PATIENCE_MILLIS = 5_000;

  @TempDir Path folder;
  private TestHost host;
  private RoutedNetwork pods;
  private HostKernel kernel;
  private final RuleSet ruleSet = new RuleSet(CONFIG);
  private ServiceRules told = ServiceRules.NONE;
  private Path a;
  private Path b;

  @BeforeEach
  void open() {
    host = new TestHost(folder);
    PodNetworkConfig config =
        new PodNetworkConfig("argo", CONFIG.podCidr(), 0, folder.resolve("book"));
    pods = RoutedNetwork.open(config, host.stack(), Machine.own().disk());
    kernel = new HostKernel(CONFIG, host.stack());
    kernel.prepare();
    kernel.apply(ruleSet.replace(told));
    a = pod("a");
    b = pod("b");
  }

  private Path pod(String name) {
    Path pin = host.namespace(name);
    pods.attach(new Sandbox(name, pin, "default", name));
    return pin;
  }

  @AfterEach
  void close() {
    if (host != null) {
      kernel.close();
      pods.delete();
      host.close();
    }
  }

  private void tell(Service service, EndpointSlice... slices) {
    ServiceRules next = ServicePlan.of(service, List.of(slices), CONFIG);
    kernel.apply(ruleSet.change(told, next));
    StaleFlows stale = new StaleFlows(told.udp(), next.udp());
    if (stale.possible()) {
      kernel.forgetUdp(stale);
    }
    told = next;
  }

  private static ServerSocket listen(Path in) {
    return Namespaces.inNetwork(
        in,
        () -> {
          ServerSocket listener = new ServerSocket(8080);
          listener.setSoTimeout(PATIENCE_MILLIS);
          return listener;
        });
  }

  private static Socket connect(Path from, String address, int port) {
    return Namespaces.inNetwork(
        from,
        () -> {
          Socket socket = new Socket();
          socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
          return socket;
        });
  }

  /** Connects; returns whom the listener saw. */
  private static String sender(Path from, String address, int port, ServerSocket listener)
      throws Exception {
    try (Socket _ = connect(from, address, port);
        Socket accepted = listener.accept()) {
      return accepted.getInetAddress().getHostAddress();
    }
  }

  @Test
  void reachesAServiceFromPodsTheHostAndItself() throws Exception {
    try (ServerSocket inB = listen(b)) {
      tell(service("web", VIP, spec -> spec), slice("web", 8080, ready("10.244.7.3")));
      assertThat(sender(a, VIP, 80, inB)).isEqualTo("10.244.7.2");
      assertThat(sender(b, VIP, 80, inB)).as("hairpin").isEqualTo("10.244.7.1");
      assertThat(sender(host.host(), VIP, 80, inB)).isEqualTo("10.244.7.1");
    }
  }

  @Test
  void reachesANodePortFromOutsideTheHostAndLoopback() throws Exception {
    try (ServerSocket inB = listen(b)) {
      Service web =
          service("web", VIP, spec -> spec.withPorts(List.of(port("http", "TCP", 80, 30080))));
      tell(web, slice("web", 8080, ready("10.244.7.3")));
      for (String address : List.of("198.51.100.1", "10.244.7.1", "127.0.0.1")) {
        assertThat(sender(host.host(), address, 30080, inB)).isEqualTo("10.244.7.1");
      }
      assertThat(sender(host.outside(), "198.51.100.1", 30080, inB)).isEqualTo("10.244.7.1");
      assertThat(sender(a, "198.51.100.1", 30080, inB)).isEqualTo("10.244.7.1");

      Service local = web.withSpec(web.spec().withExternalTrafficPolicy("Local"));
      tell(local, slice("web", 8080, ready("10.244.7.3")));
      assertThat(sender(host.outside(), "198.51.100.1", 30080, inB)).isEqualTo(TestHost.OUTSIDE);
    }
  }

  @Test
  void refusesAtOnceWhereNobodyIsReadyAndOnUnknownPorts() throws Exception {
    Service web =
        service("web", VIP, spec -> spec.withPorts(List.of(port("http", "TCP", 80, 30080))));
    tell(web);
    for (Path from : List.of(a, host.host())) {
      assertThatThrownBy(() -> connect(from, VIP, 80)).hasCauseInstanceOf(ConnectException.class);
      assertThatThrownBy(() -> connect(from, VIP, 81)).hasCauseInstanceOf(ConnectException.class);
    }
    assertThatThrownBy(() -> connect(host.outside(), "198.51.100.1", 30080))
        .hasCauseInstanceOf(ConnectException.class);
    try (ServerSocket inB = listen(b)) {
      tell(web, slice("web", 8080, ready("10.244.7.3")));
      assertThat(sender(a, VIP, 80, inB)).isEqualTo("10.244.7.2");
      tell(web);
      assertThatThrownBy(() -> connect(a, VIP, 80)).hasCauseInstanceOf(ConnectException.class);
    }
  }

  @Test
  void spreadsOverEndpointsAndRemembersSenders() throws Exception {
    EndpointSlice both = slice("web", 8080, ready("10.244.7.2"), ready("10.244.7.3"));
    try (ServerSocket inA = listen(a);
        ServerSocket inB = listen(b)) {
      Service web = service("web", VIP, spec -> spec);
      tell(web, both);
      assertThat(choices(inA, inB)).hasSize(2);
      tell(web.withSpec(affinity(web.spec())), both);
      assertThat(choices(inA, inB)).hasSize(1);
      tell(web, both);
      assertThat(choices(inA, inB)).hasSize(2);
    }
  }

  private static ServiceSpec affinity(ServiceSpec spec) {
    return spec.withSessionAffinity("ClientIP");
  }

  /** Which listeners 40 connections of the host reach: all on one is a chance of one in 2^39. */
  private Set<ServerSocket> choices(ServerSocket first, ServerSocket second) throws Exception {
    Set<ServerSocket> reached = new HashSet<>();
    first.setSoTimeout(1);
    for (int i = 0; i < 40; i++) {
      try (Socket client = connect(host.host(), VIP, 80)) {
        int port = client.getLocalPort();
        assertThat(port).isPositive();
        reached.add(accepts(first) ? first : second);
        if (reached.contains(second)) {
          drain(second);
        }
      }
    }
    return reached;
  }

  private static boolean accepts(ServerSocket listener) throws Exception {
    try (Socket _ = listener.accept()) {
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  private static void drain(ServerSocket listener) throws Exception {
    listener.setSoTimeout(1);
    boolean more = accepts(listener);
    while (more) {
      more = accepts(listener);
    }
  }

  @Test
  void carriesUdpAndLeadsOldFlowsToNewEndpoints() throws Exception {
    Service dns =
        service("dns", VIP, spec -> spec.withPorts(List.of(port("http", "UDP", 53, 30053))));
    try (DatagramSocket inA = datagrams(a, 5353);
        DatagramSocket inB = datagrams(b, 5353);
        DatagramSocket client = datagrams(host.host(), 0);
        DatagramSocket outside = datagrams(host.outside(), 0)) {
      tell(dns, slice("dns", "UDP", 5353, ready("10.244.7.3")));
      exchange(client, VIP, 53, inB);
      exchange(outside, "198.51.100.1", 30053, inB);
      // The same senders again, from the same ports: only forgetting leads them elsewhere.
      tell(dns, slice("dns", "UDP", 5353, ready("10.244.7.2")));
      exchange(client, VIP, 53, inA);
      exchange(outside, "198.51.100.1", 30053, inA);
    }
  }

  @Test
  void reachesAServerOfTheHostItself() throws Exception {
    Service dns =
        service(
            "dns",
            VIP,
            spec ->
                spec.withInternalTrafficPolicy("Local")
                    .withPorts(List.of(port("http", "UDP", 53, 0))));
    tell(dns, slice("dns", "UDP", 10053, ready("10.244.7.1")));
    try (DatagramSocket server =
            Namespaces.inNetwork(
                host.host(), () -> new DatagramSocket(10053, InetAddress.ofLiteral("10.244.7.1")));
        DatagramSocket inA = datagrams(a, 0);
        DatagramSocket inHost = datagrams(host.host(), 0)) {
      server.setSoTimeout(PATIENCE_MILLIS);
      exchange(inA, VIP, 53, server);
      exchange(inHost, VIP, 53, server);
    }
  }

  private static DatagramSocket datagrams(Path in, int port) {
    return Namespaces.inNetwork(
        in,
        () -> {
          DatagramSocket socket = new DatagramSocket(port);
          socket.setSoTimeout(PATIENCE_MILLIS);
          return socket;
        });
  }

  /** A question, seen by {@code server}, and an answer that comes from whom was asked. */
  private static void exchange(DatagramSocket client, String ip, int port, DatagramSocket server)
      throws Exception {
    byte[] question = {1, 2, 3};
    client.send(new DatagramPacket(question, 3, InetAddress.ofLiteral(ip), port));
    DatagramPacket seen = new DatagramPacket(new byte[10], 10);
    server.receive(seen);
    server.send(new DatagramPacket(question, 3, seen.getSocketAddress()));
    DatagramPacket answer = new DatagramPacket(new byte[10], 10);
    client.receive(answer);
    assertThat(answer.getAddress().getHostAddress()).isEqualTo(ip);
    assertThat(answer.getPort()).isEqualTo(port);
  }

  @Test
  void changesFollowOneAnotherAndDeleteLeavesNothing() {
    Service web =
        service(
            "web",
            VIP,
            spec ->
                spec.withExternalIPs(List.of("192.0.2.7"))
                    .withPorts(
                        List.of(
                            port("http", "TCP", 80, 30080),
                            port("dns", "UDP", 53, 30053),
                            port("sig", "SCTP", 90, 0))));
    EndpointSlice one = slice("web", 8080, ready("10.244.7.2"));
    EndpointSlice two = slice("web", 8080, ready("10.244.7.2"), ready("10.244.7.3"));
    EndpointSlice sctp = slice("web", "SCTP", 8080, ready("10.244.7.2"));
    tell(web, one);
    tell(web, two, sctp);
    tell(web.withSpec(affinity(web.spec())), two);
    tell(web.withSpec(affinity(web.spec())), one);
    tell(web.withSpec(web.spec().withExternalTrafficPolicy("Local")), two);
    assertThat(ruleSet.change(told, told)).isEmpty();
    String grown = kernel.stack().nftables().run("list table ip " + CONFIG.table());
    kernel.apply(ruleSet.replace(told));
    assertThat(sorted(kernel.stack().nftables().run("list table ip " + CONFIG.table())))
        .isEqualTo(sorted(grown));
    tell(service("web", "None", spec -> spec));
    try (NetworkStack stack = host.stack()) {
      assertThat(stack.netlink().routes()).anyMatch(KernelTest::leadsToServices);
      ServiceProxy.delete(CONFIG, stack);
      assertThat(stack.nftables().run("list tables")).doesNotContain(CONFIG.table());
      assertThat(stack.netlink().routes()).noneMatch(KernelTest::leadsToServices);
    }
  }

  private static boolean leadsToServices(Route route) {
    return route.destination().equals(CONFIG.serviceCidr());
  }

  @Test
  void takesTheLongestNames() {
    String longest = "n".repeat(63);
    Service web = service("1".repeat(63), VIP, KernelTest::affinity);
    tell(
        web.withMetadata(web.metadata().withNamespace(longest)),
        slice("web", 8080, ready("10.244.7.2"), ready("10.244.7.3")));
    assertThat(kernel.stack().nftables().run("list table ip " + CONFIG.table()))
        .contains("all/" + longest + "/" + "1".repeat(63) + "/tcp/80");
  }

  /** The lines without the kernel's numbers and in one order: two histories, one outcome. */
  private static List<String> sorted(String table) {
    return table
        .lines()
        .map(line -> line.replaceAll(" # handle \\d+", "").strip())
        .sorted()
        .toList();
  }
}
