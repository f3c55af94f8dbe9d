package io.tiphys.network.pods;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tiphys.base.Lifecycle;
import io.tiphys.linux.HostSupport;
import io.tiphys.linux.IpPrefix;
import io.tiphys.linux.Link;
import io.tiphys.linux.Namespaces;
import io.tiphys.linux.Namespaces.Kind;
import io.tiphys.linux.Netlink;
import io.tiphys.linux.NetworkStack;
import io.tiphys.linux.Route;
import io.tiphys.linux.Veth;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A host for a test: a network namespace with a way out, {@code up0} with 198.51.100.1, to an
 * outside world at 198.51.100.2; and namespaces for pods. The real host sees nothing of it.
 */
public final class TestHost implements Lifecycle {
  public static final String OUTSIDE = "198.51.100.2";
  private static final int PATIENCE_MILLIS = 5_000;

  private final Path folder;
  private final List<Path> pins = new ArrayList<>();
  private final Path host;
  private final Path outside;

  public TestHost(Path folder) {
    HostSupport support = HostSupport.probe();
    assumeTrue(support.runsContainers(), () -> "skipped: " + support.reasons());
    this.folder = folder;
    host = namespace("host");
    outside = namespace("outside");
    try (NetworkStack inner = stack();
        NetworkStack outer = NetworkStack.in(outside)) {
      inner.netlink().setUp(Netlink.LOOPBACK);
      inner.netlink().createVeth(new Veth("up0", "wan", outside, "", 1400, 0));
      int up = inner.netlink().link("up0").orElseThrow().index();
      inner.netlink().addAddress(up, IpPrefix.parse("198.51.100.1/24"));
      Link wan = outer.netlink().link("wan").orElseThrow();
      outer.netlink().setUp(wan.index());
      outer.netlink().addAddress(wan.index(), IpPrefix.parse(OUTSIDE + "/24"));
      InetAddress gateway = InetAddress.ofLiteral(OUTSIDE);
      inner.netlink().addRoute(new Route(IpPrefix.parse("0.0.0.0/0"), gateway, up));
    }
  }

  public Path namespace(String name) {
    Path pin = folder.resolve(name);
    Namespaces.create(Map.of(Kind.NETWORK, pin));
    pins.add(pin);
    return pin;
  }

  public Path outside() {
    return outside;
  }

  public Path host() {
    return host;
  }

  public NetworkStack stack() {
    return NetworkStack.in(host);
  }

  /** Connects from one namespace to a listener in another; returns who the listener saw. */
  public static String sourceSeen(Path from, Path to, String address) throws Exception {
    try (ServerSocket listener = Namespaces.inNetwork(to, () -> new ServerSocket(0));
        Socket socket = Namespaces.inNetwork(from, Socket::new)) {
      listener.setSoTimeout(PATIENCE_MILLIS);
      var target = new InetSocketAddress(address, listener.getLocalPort());
      // The kernel makes the socket at connect at the latest.
      Namespaces.inNetwork(
          from,
          () -> {
            socket.connect(target, PATIENCE_MILLIS);
            return true;
          });
      try (Socket accepted = listener.accept()) {
        return accepted.getInetAddress().getHostAddress();
      }
    }
  }

  @Override
  public void close() {
    pins.forEach(Namespaces::delete);
  }
}
