package io.tiphys.network.pods;

import io.tiphys.linux.LinuxFailure;
import io.tiphys.linux.Nftables;
import java.util.List;

/** The packet rules of a pod network: a table of its own. */
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
  void apply() {
    nftables.run(script());
  }

  /** The table's whole content, replaced in one transaction. */
  String script() {
    return """
    add table ip %1$s
    delete table ip %1$s
    table ip %1$s {
      chain postrouting {
        type nat hook postrouting priority srcnat; policy accept;
        ip saddr %2$s ip daddr != %2$s oifname != "%3$s" masquerade fully-random
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
        .formatted(table, config.podCidr(), config.podLinks());
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
