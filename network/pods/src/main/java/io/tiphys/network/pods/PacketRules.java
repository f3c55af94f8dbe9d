package io.tiphys.network.pods;

import io.tiphys.linux.LinuxFailure;
import io.tiphys.linux.Nftables;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The packet rules of a pod network: a table of its own.
 *
 * <p>Ports of the node are rewritten where packets come in and where the node's own processes send.
 * Of those the node's loopback address is one: such a packet goes on with the gateway as its
 * sender, since a pod can answer no loopback address; so does one that a pod sends to itself.
 */
final class PacketRules {
  private final PodNetworkConfig config;
  private final Nftables nftables;
  private final String table;

  PacketRules(PodNetworkConfig config, Nftables nftables) {
    this.config = config;
    this.nftables = nftables;
    this.table = config.table();
  }

  /** Puts the rules into force, in place of those of a former life. */
  void apply(List<Attachment> attachments) {
    nftables.run(script(attachments));
  }

  /** The table's whole content, replaced in one transaction. */
  String script(List<Attachment> attachments) {
    List<Attachment> open = attachments.stream().filter(a -> !a.hostPorts().isEmpty()).toList();
    return """
    add table ip %1$s
    delete table ip %1$s
    table ip %1$s {
      chain postrouting {
        type nat hook postrouting priority srcnat; policy accept;
        ip saddr %2$s ip daddr != %2$s oifname != "%3$s" masquerade fully-random
        ct status dnat oifname "%3$s" ip saddr 127.0.0.0/8 snat ip to %4$s fully-random
        ct status dnat oifname "%3$s" ct original ip daddr 127.0.0.0/8 snat ip to %4$s fully-random
    %5$s  }
      chain host-ports {
    %6$s  }
      chain prerouting {
        type nat hook prerouting priority dstnat + 1; policy accept;
        fib daddr type local jump host-ports
      }
      chain output-of-node {
        type nat hook output priority -99; policy accept;
        fib daddr type local jump host-ports
      }
      chain loopback-guard {
        type filter hook prerouting priority raw; policy accept;
        iifname "%3$s" ip daddr 127.0.0.0/8 drop comment "for the host's own processes alone"
      }
      chain output {
        type filter hook output priority filter; policy accept;
        oifname "%3$s" icmp type redirect drop comment "pods must go by the gateway"
      }
    }
    """
        .formatted(
            table,
            config.podCidr(),
            config.podLinks(),
            config.gateway().getHostAddress(),
            lines(open.stream().map(this::hairpin)),
            lines(
                open.stream()
                    .flatMap(PacketRules::rewrites)
                    .sorted(Comparator.comparing(rule -> !rule.startsWith("ip daddr")))));
  }

  private static String lines(Stream<String> rules) {
    return rules.map(rule -> "    " + rule + "\n").collect(Collectors.joining());
  }

  private String hairpin(Attachment pod) {
    return "ct status dnat ip saddr %1$s ip daddr %1$s snat ip to %2$s fully-random"
        .formatted(pod.ip(), config.gateway().getHostAddress());
  }

  /** Ports at one address come first: those at all addresses would hide them. */
  private static Stream<String> rewrites(Attachment pod) {
    return pod.hostPorts().stream()
        .filter(HostPort::isIpv4)
        .map(
            port ->
                "%s%s dport %d dnat ip to %s:%d"
                    .formatted(
                        port.isEverywhere() ? "" : "ip daddr " + port.hostIp() + " ",
                        port.protocol(),
                        port.hostPort(),
                        pod.ip(),
                        port.podPort()));
  }

  List<String> problems() {
    try {
      nftables.run("list table ip " + table);
      return List.of();
    } catch (LinuxFailure e) {
      return List.of("the packet rules of the pod network are gone: " + e.getMessage());
    }
  }

  void delete() {
    nftables.run("add table ip " + table + "\ndelete table ip " + table);
  }
}
