package io.tiphys.network.proxy;

import io.tiphys.network.proxy.ServiceRules.Element;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Scripts that bring the kernel's table from one state to another, in one transaction each. Pure.
 */
final class RuleSet {
  private final ProxyConfig config;
  private final String table;

  RuleSet(ProxyConfig config) {
    this.config = config;
    this.table = "ip " + config.table();
  }

  /** Makes the table what {@code rules} ask for, whatever it was before. */
  String replace(ServiceRules rules) {
    StringBuilder out = new StringBuilder(4096);
    out.append("add table ").append(table).append('\n');
    out.append("delete table ").append(table).append('\n');
    out.append("table ").append(table).append(" {\n");
    for (Lookup lookup : Lookup.values()) {
      out.append("  ").append(lookup.declaration()).append('\n');
    }
    out.append(frame()).append("}\n");
    return out.append(change(ServiceRules.NONE, rules)).toString();
  }

  /** Removes the table. */
  String delete() {
    return "add table " + table + "\ndelete table " + table + "\n";
  }

  /**
   * The chains that do not depend on services. To pods of this node the sender becomes the gateway,
   * which stays when an address of the host that masquerading would have chosen goes.
   */
  private String frame() {
    return """
      chain masquerade-later {
        meta mark set meta mark or 0x4000
      }
      chain services {
        ip daddr . meta l4proto . th dport vmap @service-ips
        ip daddr != %1$s fib daddr type local meta l4proto . th dport vmap @node-ports
      }
      chain refuse {
        reject
      }
      chain dead-ends {
        ip daddr . meta l4proto . th dport vmap @dead-ips
        ip daddr != %1$s fib daddr type local meta l4proto . th dport vmap @dead-node-ports
      }
      chain cluster-addresses {
        ip daddr @cluster-ips reject comment "no such port"
        ip daddr %1$s drop comment "no such service"
      }
      chain firewall {
        ip daddr . meta l4proto . th dport vmap @firewall-ips
      }
      chain prerouting-filter {
        type filter hook prerouting priority dstnat - 10; policy accept;
        ct state new jump firewall
      }
      chain output-filter-early {
        type filter hook output priority -110; policy accept;
        ct state new jump firewall
        ct state new jump dead-ends
      }
      chain input-filter {
        type filter hook input priority -110; policy accept;
        ct state new jump dead-ends
      }
      chain forward-filter {
        type filter hook forward priority -110; policy accept;
        ct state new jump dead-ends
        ct state new jump cluster-addresses
      }
      chain output-filter {
        type filter hook output priority filter; policy accept;
        ct state new jump cluster-addresses
      }
      chain prerouting {
        type nat hook prerouting priority dstnat; policy accept;
        jump services
      }
      chain output {
        type nat hook output priority -100; policy accept;
        jump services
      }
      chain postrouting {
        type nat hook postrouting priority srcnat - 1; policy accept;
        ct status dnat ip saddr . ip daddr @hairpins snat ip to %2$s fully-random
        meta mark & 0x4000 == 0 return
        meta mark set meta mark xor 0x4000
        oifname "%3$s" snat ip to %2$s fully-random
        masquerade fully-random
      }
    """
        .formatted(
            config.serviceCidr(),
            config.gateway().address().getHostAddress(),
            config.gateway().podLinks());
  }

  /** Brings the table from {@code before} to {@code after}; empty if they are the same. */
  String change(ServiceRules before, ServiceRules after) {
    StringBuilder out = new StringBuilder();
    for (String memory : after.affinities()) {
      if (!before.affinities().contains(memory)) {
        String seconds = memory.substring(memory.lastIndexOf('/') + 1);
        command(out, "add set", memory)
            .append(" { type ipv4_addr; flags dynamic,timeout; timeout ")
            .append(seconds)
            .append("s; }\n");
      }
    }
    writeChains(out, before.chains(), after.chains());
    writeElements(out, "delete element", before.elements(), after.elements());
    writeElements(out, "add element", after.elements(), before.elements());
    Set<String> kept = after.chains().keySet();
    List<String> gone = before.chains().keySet().stream().filter(c -> !kept.contains(c)).toList();
    gone.forEach(chain -> command(out, "flush chain", chain).append('\n'));
    gone.forEach(chain -> command(out, "delete chain", chain).append('\n'));
    for (String memory : before.affinities()) {
      if (!after.affinities().contains(memory)) {
        command(out, "delete set", memory).append('\n');
      }
    }
    return out.toString();
  }

  private StringBuilder command(StringBuilder out, String verb, String object) {
    return out.append(verb).append(' ').append(table).append(' ').append(object);
  }

  /** First all chains, then their rules: they lead from one to another. */
  private void writeChains(
      StringBuilder out, Map<String, List<String>> before, Map<String, List<String>> after) {
    for (String chain : after.keySet()) {
      if (!before.containsKey(chain)) {
        command(out, "add chain", chain).append('\n');
      }
    }
    after.forEach(
        (chain, rules) -> {
          List<String> old = before.get(chain);
          if (rules.equals(old)) {
            return;
          }
          if (old != null) {
            command(out, "flush chain", chain).append('\n');
          }
          for (String rule : rules) {
            command(out, "add rule", chain).append(' ').append(rule).append('\n');
          }
        });
  }

  /** Writes those of {@code elements} that are not, or not the same, in {@code others}. */
  private void writeElements(
      StringBuilder out, String verb, Map<Element, String> elements, Map<Element, String> others) {
    Map<Lookup, StringJoiner> lists = new EnumMap<>(Lookup.class);
    boolean withVerdict = verb.startsWith("add");
    elements.forEach(
        (element, verdict) -> {
          if (!verdict.equals(others.get(element))) {
            lists
                .computeIfAbsent(element.lookup(), l -> new StringJoiner(", ", " { ", " }\n"))
                .add(
                    withVerdict && !verdict.isEmpty()
                        ? element.key() + " : " + verdict
                        : element.key());
          }
        });
    lists.forEach((lookup, list) -> command(out, verb, lookup.label()).append(list));
  }
}
