package io.tiphys.linux;

import static io.tiphys.linux.NetlinkMessage.ACK;
import static io.tiphys.linux.NetlinkMessage.CREATE;
import static io.tiphys.linux.NetlinkMessage.DUMP;
import static io.tiphys.linux.NetlinkMessage.EXCLUSIVE;
import static io.tiphys.linux.NetlinkMessage.REPLACE;

import io.tiphys.base.Lifecycle;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The links, addresses, routes and neighbours of one network namespace: that of the thread which
 * opened this, see {@link Namespaces#inNetwork}. Afterwards any thread may use it, one call at a
 * time. Failures carry the kernel's own words where it gives any.
 */
public final class Netlink implements Lifecycle {
  /** The index of the loopback in every network namespace. */
  public static final int LOOPBACK = 1;

  private static final int NEW_LINK = 16;
  private static final int DELETE_LINK = 17;
  private static final int GET_LINK = 18;
  private static final int NEW_ADDRESS = 20;
  private static final int DELETE_ADDRESS = 21;
  private static final int GET_ADDRESS = 22;
  private static final int NEW_ROUTE = 24;
  private static final int DELETE_ROUTE = 25;
  private static final int GET_ROUTE = 26;
  private static final int NEW_NEIGHBOUR = 28;

  private static final int IFLA_ADDRESS = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_MASTER = 10;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_NET_NS_FD = 28;
  private static final int IFLA_INFO_KIND = 1;
  private static final int IFLA_INFO_DATA = 2;
  private static final int VETH_INFO_PEER = 1;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int RTA_DST = 1;
  private static final int RTA_OIF = 4;
  private static final int RTA_GATEWAY = 5;
  private static final int RTA_PREFSRC = 7;
  private static final int NDA_DST = 1;
  private static final int NDA_LLADDR = 2;

  private static final int UP = 1;
  private static final int AF_UNSPEC = 0;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int TABLE_MAIN = 254;
  private static final int PROTOCOL_BOOT = 3;
  private static final int SCOPE_UNIVERSE = 0;
  private static final int SCOPE_LINK = 253;
  private static final int TYPE_UNICAST = 1;
  private static final int NUD_PERMANENT = 0x80;
  private static final int IFA_F_NODAD = 2;

  private final NetlinkSocket socket = new NetlinkSocket(NetlinkSocket.ROUTE);

  /** The kernel takes some 20 ms to delete a link; others need not wait for that. */
  private final NetlinkSocket deletions = new NetlinkSocket(NetlinkSocket.ROUTE);

  private Netlink() {}

  /** Opens a socket into the calling thread's network namespace. */
  public static Netlink open() {
    return new Netlink();
  }

  // --- links

  public List<Link> links() {
    var request = new NetlinkMessage(GET_LINK, DUMP).link(AF_UNSPEC, 0, 0, 0);
    return socket.ask(request, "list links").stream().map(Netlink::readLink).toList();
  }

  public Optional<Link> link(String name) {
    var request =
        new NetlinkMessage(GET_LINK, ACK).link(AF_UNSPEC, 0, 0, 0).attribute(IFLA_IFNAME, name);
    try {
      return socket.ask(request, "find link " + name).stream().map(Netlink::readLink).findFirst();
    } catch (LinuxFailure e) {
      if (e.errno() == Errno.ENODEV) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Link readLink(ByteBuffer body) {
    var seen =
        new Object() {
          String name = "";
          String kind = "";
          String mac = "";
          int mtu;
          int master;
        };
    body.position(16);
    NetlinkMessage.eachAttribute(
        body,
        (type, value) -> {
          switch (type) {
            case IFLA_IFNAME -> seen.name = NetlinkMessage.text(value);
            case IFLA_MTU -> seen.mtu = value.getInt(0);
            case IFLA_MASTER -> seen.master = value.getInt(0);
            case IFLA_ADDRESS ->
                seen.mac = HexFormat.ofDelimiter(":").formatHex(NetlinkMessage.rest(value));
            case IFLA_LINKINFO ->
                NetlinkMessage.eachAttribute(
                    value,
                    (inner, text) -> {
                      if (inner == IFLA_INFO_KIND) {
                        seen.kind = NetlinkMessage.text(text);
                      }
                    });
            default -> {}
          }
        });
    boolean up = (body.getInt(8) & UP) != 0;
    return new Link(body.getInt(4), seen.name, seen.kind, seen.master, seen.mtu, seen.mac, up);
  }

  /** Makes a bridge, up; returns its index. */
  public int createBridge(String name, String mac, int mtu) {
    var request =
        new NetlinkMessage(NEW_LINK, ACK | CREATE | EXCLUSIVE)
            .link(AF_UNSPEC, 0, UP, UP)
            .attribute(IFLA_IFNAME, name)
            .attribute(IFLA_MTU, mtu);
    if (!mac.isEmpty()) {
      request.attribute(IFLA_ADDRESS, mac(mac));
    }
    request.nested(IFLA_LINKINFO, info -> info.attribute(IFLA_INFO_KIND, "bridge"));
    socket.ask(request, "make bridge " + name);
    return link(name).orElseThrow().index();
  }

  /** Makes a pair of interfaces in one step. */
  public void createVeth(Veth veth) {
    int namespace = Libc.open(veth.peerNamespace(), Libc.O_RDONLY);
    try {
      var request =
          new NetlinkMessage(NEW_LINK, ACK | CREATE | EXCLUSIVE)
              .link(AF_UNSPEC, 0, UP, UP)
              .attribute(IFLA_IFNAME, veth.name())
              .attribute(IFLA_MTU, veth.mtu());
      if (veth.master() != 0) {
        request.attribute(IFLA_MASTER, veth.master());
      }
      request.nested(
          IFLA_LINKINFO,
          info ->
              info.attribute(IFLA_INFO_KIND, "veth")
                  .nested(
                      IFLA_INFO_DATA,
                      data -> data.nested(VETH_INFO_PEER, p -> writePeer(p, veth, namespace))));
      socket.ask(request, "make interfaces " + veth.name() + " and " + veth.peer());
    } finally {
      Libc.close(namespace);
    }
  }

  private static void writePeer(NetlinkMessage out, Veth veth, int namespace) {
    // Not up yet: an end without the other refuses.
    out.link(AF_UNSPEC, 0, 0, 0)
        .attribute(IFLA_IFNAME, veth.peer())
        .attribute(IFLA_MTU, veth.mtu())
        .attribute(IFLA_NET_NS_FD, namespace);
    if (!veth.peerMac().isEmpty()) {
      out.attribute(IFLA_ADDRESS, mac(veth.peerMac()));
    }
  }

  public void setUp(int link) {
    var request = new NetlinkMessage(NEW_LINK, ACK).link(AF_UNSPEC, link, UP, UP);
    socket.ask(request, "set link " + link + " up");
  }

  /**
   * Deletes a link, and its peer if it is one of a pair.
   *
   * @return false if there is no link of that name
   */
  public boolean deleteLink(String name) {
    var request =
        new NetlinkMessage(DELETE_LINK, ACK).link(AF_UNSPEC, 0, 0, 0).attribute(IFLA_IFNAME, name);
    try {
      deletions.ask(request, "delete link " + name);
      return true;
    } catch (LinuxFailure e) {
      if (e.errno() == Errno.ENODEV) {
        return false;
      }
      throw e;
    }
  }

  private static byte[] mac(String text) {
    return HexFormat.ofDelimiter(":").parseHex(text);
  }

  // --- addresses

  /** Gives a link an address; one that it has already is fine. */
  public void addAddress(int link, IpPrefix address) {
    socket.ask(
        addressRequest(NEW_ADDRESS, ACK | CREATE | REPLACE, link, address),
        "add address " + address + " to link " + link);
  }

  public void deleteAddress(int link, IpPrefix address) {
    socket.ask(
        addressRequest(DELETE_ADDRESS, ACK, link, address),
        "delete address " + address + " of link " + link);
  }

  private static NetlinkMessage addressRequest(int type, int flags, int link, IpPrefix address) {
    byte[] bytes = address.address().getAddress();
    // Duplicate address detection would keep an IPv6 address unusable for a second.
    int addressFlags = address.isIpv4() ? 0 : IFA_F_NODAD;
    return new NetlinkMessage(type, flags)
        .bytes(family(address), address.length(), addressFlags, SCOPE_UNIVERSE)
        .int32(link)
        .attribute(IFA_LOCAL, bytes)
        .attribute(IFA_ADDRESS, bytes);
  }

  public List<IpPrefix> addresses(int link) {
    var request = new NetlinkMessage(GET_ADDRESS, DUMP).bytes(0, 0, 0, 0).int32(link);
    List<IpPrefix> found = new ArrayList<>();
    for (ByteBuffer body : socket.ask(request, "list addresses")) {
      if (body.getInt(4) == link) {
        int length = Byte.toUnsignedInt(body.get(1));
        body.position(8);
        // A local address is the link's own; the other one is a peer's where there is one.
        byte[][] seen = new byte[IFA_LOCAL + 1][];
        NetlinkMessage.eachAttribute(
            body,
            (type, value) -> {
              if (type == IFA_LOCAL || type == IFA_ADDRESS) {
                seen[type] = NetlinkMessage.rest(value);
              }
            });
        byte[] own = seen[IFA_LOCAL] != null ? seen[IFA_LOCAL] : seen[IFA_ADDRESS];
        found.add(new IpPrefix(address(own), length));
      }
    }
    return List.copyOf(found);
  }

  private static int family(IpPrefix prefix) {
    return prefix.isIpv4() ? AF_INET : AF_INET6;
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes", e);
    }
  }

  // --- routes and neighbours

  /** Adds a route, in place of one to the same destination. */
  public void addRoute(Route route) {
    socket.ask(routeRequest(NEW_ROUTE, ACK | CREATE | REPLACE, route), "add " + route);
  }

  public void deleteRoute(Route route) {
    socket.ask(routeRequest(DELETE_ROUTE, ACK, route), "delete " + route);
  }

  private static NetlinkMessage routeRequest(int type, int flags, Route route) {
    IpPrefix to = route.destination();
    int scope = route.gateway() == null ? SCOPE_LINK : SCOPE_UNIVERSE;
    var request =
        new NetlinkMessage(type, flags)
            .bytes(family(to), to.length(), 0, 0)
            .bytes(TABLE_MAIN, PROTOCOL_BOOT, scope, TYPE_UNICAST)
            .int32(0);
    if (to.length() > 0) {
      request.attribute(RTA_DST, to.network().address().getAddress());
    }
    if (route.gateway() != null) {
      request.attribute(RTA_GATEWAY, route.gateway().getAddress());
    }
    if (route.source() != null) {
      request.attribute(RTA_PREFSRC, route.source().getAddress());
    }
    return request.attribute(RTA_OIF, route.link());
  }

  /** The IPv4 routes of the main table that leave by one interface. */
  public List<Route> routes() {
    var request = new NetlinkMessage(GET_ROUTE, DUMP).bytes(AF_INET, 0, 0, 0, 0, 0, 0, 0).int32(0);
    List<Route> found = new ArrayList<>();
    for (ByteBuffer body : socket.ask(request, "list routes")) {
      if (Byte.toUnsignedInt(body.get(4)) == TABLE_MAIN && body.get(7) == TYPE_UNICAST) {
        found.add(readRoute(body));
      }
    }
    return List.copyOf(found);
  }

  private static Route readRoute(ByteBuffer body) {
    var seen =
        new Object() {
          InetAddress destination = address(new byte[4]);
          @Nullable InetAddress gateway;
          @Nullable InetAddress source;
          int link;
        };
    body.position(12);
    NetlinkMessage.eachAttribute(
        body,
        (type, value) -> {
          switch (type) {
            case RTA_DST -> seen.destination = address(NetlinkMessage.rest(value));
            case RTA_GATEWAY -> seen.gateway = address(NetlinkMessage.rest(value));
            case RTA_PREFSRC -> seen.source = address(NetlinkMessage.rest(value));
            case RTA_OIF -> seen.link = value.getInt(0);
            default -> {}
          }
        });
    IpPrefix to = new IpPrefix(seen.destination, Byte.toUnsignedInt(body.get(1)));
    return new Route(to, seen.gateway, seen.link, seen.source);
  }

  /** Fixes which hardware address an address of the link has. */
  public void addNeighbour(int link, InetAddress address, String mac) {
    var request =
        new NetlinkMessage(NEW_NEIGHBOUR, ACK | CREATE | REPLACE)
            .bytes(address.getAddress().length == 4 ? AF_INET : AF_INET6, 0, 0, 0)
            .int32(link)
            .bytes(NUD_PERMANENT, 0, 0, 0)
            .attribute(NDA_DST, address.getAddress())
            .attribute(NDA_LLADDR, mac(mac));
    socket.ask(request, "add neighbour " + address.getHostAddress() + " to link " + link);
  }

  @Override
  public void close() {
    deletions.close();
    socket.close();
  }
}
