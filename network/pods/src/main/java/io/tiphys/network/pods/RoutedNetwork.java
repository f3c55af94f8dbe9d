package io.tiphys.network.pods;

import io.tiphys.base.machine.Disk;
import io.tiphys.linux.Errno;
import io.tiphys.linux.IpPrefix;
import io.tiphys.linux.Link;
import io.tiphys.linux.LinuxFailure;
import io.tiphys.linux.Namespaces;
import io.tiphys.linux.Netlink;
import io.tiphys.linux.NetworkStack;
import io.tiphys.linux.Route;
import io.tiphys.linux.Veth;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Pods at the ends of cables to this host, by netlink alone.
 *
 * <p>A pod has its address as a network of one and sends everything to the gateway; the host has a
 * route to each pod. So packets between pods of one node are routed like all others, and answers to
 * a service's address pass the connection tracking that rewrote the question. The usual way, one
 * subnet on a bridge, needs the br_netfilter module with its host-wide setting for that, and
 * behaves differently with and without. Who is behind which link is fixed in the neighbour tables
 * of both sides: nobody asks, and nobody can answer for another.
 */
public final class RoutedNetwork implements PodNetwork {
  private static final System.Logger LOG = System.getLogger(RoutedNetwork.class.getName());

  private static final String POD_LINK = "eth0";
  private static final IpPrefix EVERYWHERE = IpPrefix.parse("0.0.0.0/0");

  /** Ethernet's, where the host has no way out to take it from. */
  private static final int USUAL_MTU = 1500;

  private final PodNetworkConfig config;
  private final NetworkStack stack;
  private final AddressAllocations addresses;
  private final PacketRules rules;
  private final HostFirewall firewall;
  private final int mtu;

  private RoutedNetwork(PodNetworkConfig config, NetworkStack stack, Disk disk) {
    this.config = config;
    this.stack = stack;
    this.addresses = AddressAllocations.open(config, disk);
    this.rules = new PacketRules(config, stack.nftables());
    this.firewall = new HostFirewall(stack.nftables(), config.podLinks(), config.table());
    this.mtu = config.mtu() > 0 ? config.mtu() : mtuOfTheWayOut(stack.netlink());
  }

  /**
   * Makes the gateway and the packet rules, or takes over those of a former life.
   *
   * @param stack the host's network; closed with this object
   * @throws LinuxFailure if the kernel refuses or nftables is missing
   */
  public static RoutedNetwork open(PodNetworkConfig config, NetworkStack stack, Disk disk) {
    try {
      RoutedNetwork network = new RoutedNetwork(config, stack, disk);
      network.repair();
      network.deleteStrayLinks();
      return network;
    } catch (RuntimeException e) {
      stack.close();
      throw e;
    }
  }

  @Override
  public void repair() {
    makeGateway();
    rules.apply(attachments());
    firewall.open();
    stack.setSysctl("ipv4/ip_forward", "1");
    for (Attachment attachment : attachments()) {
      stack.netlink().link(attachment.link()).ifPresent(link -> lead(attachment, link));
    }
  }

  /** The host's way to a pod. */
  private void lead(Attachment attachment, Link link) {
    Netlink netlink = stack.netlink();
    netlink.addNeighbour(link.index(), attachment.address().address(), attachment.mac());
    netlink.addRoute(new Route(attachment.address(), null, link.index(), attachment.gateway()));
    // For node ports at 127.0.0.1, whose packets have a loopback address until they leave; the
    // packet rules keep pods from using it.
    stack.setSysctl("ipv4/conf/" + link.name() + "/route_localnet", "1");
  }

  private static int mtuOfTheWayOut(Netlink netlink) {
    List<Link> links = netlink.links();
    return netlink.routes().stream()
        .filter(route -> route.destination().length() == 0)
        .flatMap(route -> links.stream().filter(link -> link.index() == route.link()))
        .mapToInt(Link::mtu)
        .findFirst()
        .orElse(USUAL_MTU);
  }

  /** A bridge without ports: every kernel that runs containers has it, unlike a dummy link. */
  private void makeGateway() {
    Netlink netlink = stack.netlink();
    IpPrefix gateway = new IpPrefix(config.gateway(), 32);
    Optional<Link> existing = netlink.link(config.gatewayLink());
    int index;
    if (existing.isPresent()) {
      index = existing.get().index();
      netlink.setUp(index);
      netlink.addresses(index).stream()
          .filter(address -> address.isIpv4() && !address.equals(gateway))
          .forEach(address -> netlink.deleteAddress(index, address));
    } else {
      index = netlink.createBridge(config.gatewayLink(), LinkNames.mac(config.gateway()), mtu);
    }
    netlink.addAddress(index, gateway);
  }

  /** A process killed between two steps may have left a link whose sandbox it never recorded. */
  private void deleteStrayLinks() {
    List<String> known = addresses.all().stream().map(Attachment::link).toList();
    String prefix = LinkNames.podPrefix(config.profile());
    for (Link link : stack.netlink().links()) {
      if (link.name().startsWith(prefix) && !known.contains(link.name())) {
        stack.netlink().deleteLink(link.name());
      }
    }
  }

  @Override
  public Attachment attach(Sandbox sandbox) {
    Optional<Attachment> before = addresses.find(sandbox.id());
    Attachment attachment = addresses.give(sandbox);
    if (before.equals(Optional.of(attachment))
        && stack.netlink().link(attachment.link()).isPresent()) {
      return attachment;
    }
    try {
      plugIn(attachment, sandbox);
      return attachment;
    } catch (RuntimeException e) {
      detach(sandbox.id());
      throw e;
    }
  }

  private void plugIn(Attachment attachment, Sandbox sandbox) {
    Netlink host = stack.netlink();
    Path namespace = sandbox.networkNamespace();
    Veth veth = new Veth(attachment.link(), POD_LINK, namespace, attachment.mac(), mtu, 0);
    try {
      host.createVeth(veth);
    } catch (LinuxFailure e) {
      if (e.errno() != Errno.EEXIST || !host.deleteLink(veth.name())) {
        throw e;
      }
      host.createVeth(veth);
    }
    Link outer = host.link(veth.name()).orElseThrow();
    lead(attachment, outer);
    try (Netlink pod = Namespaces.inNetwork(namespace, Netlink::open)) {
      pod.setUp(Netlink.LOOPBACK);
      int link = pod.link(POD_LINK).orElseThrow().index();
      pod.addAddress(link, attachment.address());
      pod.setUp(link);
      pod.addNeighbour(link, attachment.gateway(), outer.mac());
      pod.addRoute(new Route(new IpPrefix(attachment.gateway(), 32), null, link));
      pod.addRoute(new Route(EVERYWHERE, attachment.gateway(), link));
    }
    openHostPorts(attachment);
    // A link whose other end has just come up drops packets until the kernel gets round to it;
    // asking about the link makes it do so now.
    host.link(outer.name());
  }

  /** After a pod with ports of the node came or went. */
  private synchronized void openHostPorts(Attachment changed) {
    if (changed.hostPorts().isEmpty()) {
      return;
    }
    rules.apply(attachments());
    Set<Integer> ports =
        changed.hostPorts().stream()
            .filter(port -> port.protocol().equals("udp"))
            .map(HostPort::hostPort)
            .collect(Collectors.toSet());
    if (!ports.isEmpty()) {
      boolean here = addresses.find(changed.sandboxId()).isPresent();
      // UDP has no end of connection: a sender that goes on would be led where it was before.
      stack
          .conntrack()
          .forgetUdp(
              flow -> {
                String answerer = flow.answerer().getAddress().getHostAddress();
                return ports.contains(flow.target().getPort())
                    && answerer.equals(changed.ip()) != here;
              });
    }
  }

  @Override
  public Optional<Attachment> attachment(String sandboxId) {
    return addresses.find(sandboxId);
  }

  @Override
  public List<Attachment> attachments() {
    return addresses.all();
  }

  @Override
  public void detach(String sandboxId) {
    addresses
        .find(sandboxId)
        .ifPresent(
            attachment -> {
              stack.netlink().deleteLink(attachment.link());
              // Last, so that the address is free only when nobody answers to it any more.
              addresses.takeBack(sandboxId);
              openHostPorts(attachment);
            });
  }

  @Override
  public void retain(Set<String> sandboxIds) {
    for (Attachment attachment : attachments()) {
      if (!sandboxIds.contains(attachment.sandboxId())) {
        LOG.log(
            System.Logger.Level.INFO,
            "address {0} of sandbox {1} is free again",
            attachment.ip(),
            attachment.sandboxId());
        detach(attachment.sandboxId());
      }
    }
  }

  @Override
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    Optional<Link> link = stack.netlink().link(config.gatewayLink());
    if (link.isEmpty()) {
      problems.add("the link " + config.gatewayLink() + " of the pod network is gone");
    } else if (!link.get().up()) {
      problems.add("the link " + config.gatewayLink() + " of the pod network is down");
    }
    if (!stack.sysctl("ipv4/ip_forward").equals(Optional.of("1"))) {
      problems.add("IP forwarding is off: sysctl net.ipv4.ip_forward must be 1");
    }
    problems.addAll(rules.problems());
    problems.addAll(firewall.problems());
    return problems;
  }

  @Override
  public void close() {
    stack.close();
  }

  @Override
  public void delete() {
    attachments().forEach(attachment -> detach(attachment.sandboxId()));
    deleteStrayLinks();
    stack.netlink().deleteLink(config.gatewayLink());
    rules.delete();
    firewall.close();
    addresses.delete();
    close();
  }
}
