package io.tiphys.network.pods;

import io.tiphys.linux.LinuxFailure;
import io.tiphys.linux.Nftables;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The packet rules of a pod network: a table of its own, and where another firewall of the host
 * drops what it does not know (Docker and ufw set such policies), a word with that one.
 *
 * <p>A packet passes only if every table lets it, so an accept in our own table would not help: the
 * openings stand in the other firewall's chains, marked by a comment.
 */
final class PacketRules {
  private static final Pattern HANDLE = Pattern.compile("# handle (\\d+)\\s*$");

  private final PodNetworkConfig config;
  private final Nftables nftables;
  private final String table;
  private final String mark;

  PacketRules(PodNetworkConfig config, Nftables nftables) {
    this.config = config;
    this.nftables = nftables;
    this.table = "tiphys-pods-" + config.profile();
    this.mark = "comment \"" + table + "\"";
  }

  /** Puts the rules into force, in place of those of a former life. */
  void apply() {
    nftables.run(script());
    for (Opening opening : missingOpenings()) {
      nftables.run("insert rule ip filter " + opening.rule() + " counter accept " + mark);
    }
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

  /** A rule that another firewall needs, as {@code CHAIN MATCH}. */
  private record Opening(String chain, String match) {
    String rule() {
      return chain + " " + match;
    }
  }

  private List<Opening> missingOpenings() {
    List<Opening> missing = new ArrayList<>();
    String links = "\"" + config.podLinks() + "\"";
    for (Opening wanted :
        List.of(
            new Opening("FORWARD", "iifname " + links),
            new Opening("FORWARD", "oifname " + links),
            new Opening("INPUT", "iifname " + links))) {
      String chain = chain(wanted.chain());
      boolean there = chain.lines().anyMatch(l -> l.contains(mark) && l.contains(wanted.match()));
      if (chain.contains("policy drop") && !there) {
        missing.add(wanted);
      }
    }
    return missing;
  }

  /** The chain in nft's words with handles; empty if there is none. */
  private String chain(String name) {
    try {
      return nftables.run("list chain ip filter " + name);
    } catch (LinuxFailure e) {
      return "";
    }
  }

  List<String> problems() {
    List<String> problems = new ArrayList<>();
    try {
      nftables.run("list table ip " + table);
    } catch (LinuxFailure e) {
      problems.add("the packet rules of the pod network are gone: " + e.getMessage());
    }
    for (Opening opening : missingOpenings()) {
      problems.add("the host's firewall drops packets of pods in its chain " + opening.chain());
    }
    return problems;
  }

  /** Removes the table and the openings. */
  void delete() {
    nftables.run("add table ip " + table + "\ndelete table ip " + table);
    for (String chain : List.of("FORWARD", "INPUT")) {
      chain(chain)
          .lines()
          .filter(line -> line.contains(mark))
          .map(HANDLE::matcher)
          .filter(Matcher::find)
          .forEach(m -> nftables.run("delete rule ip filter " + chain + " handle " + m.group(1)));
    }
  }
}
