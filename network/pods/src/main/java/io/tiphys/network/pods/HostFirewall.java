package io.tiphys.network.pods;

import io.tiphys.linux.LinuxFailure;
import io.tiphys.linux.Nftables;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The other firewalls of the host, where they drop what they do not know (Docker, ufw and many a
 * hand-written one set such a policy).
 *
 * <p>A packet passes only if every table lets it, so an accept in our own would not help. The
 * openings for pods stand in the other firewall's chains, marked by a comment.
 */
final class HostFirewall {
  private static final Pattern TABLE = Pattern.compile("^table (ip|inet) (\\S+) \\{.*");
  private static final Pattern CHAIN = Pattern.compile("^\\s+chain (\\S+) \\{.*");
  private static final Pattern DROPS =
      Pattern.compile("^\\s+type filter hook (forward|input) .*policy drop;.*");
  private static final Pattern HANDLE = Pattern.compile("# handle (\\d+)\\s*$");

  private final Nftables nftables;
  private final String links;
  private final String mark;

  /**
   * @param links what the names of the links to pods match
   * @param mark what tells our openings from other rules
   */
  HostFirewall(Nftables nftables, String links, String mark) {
    this.nftables = nftables;
    this.links = links;
    this.mark = "comment \"" + mark + "\"";
  }

  /**
   * A chain with the policy to drop.
   *
   * @param name family, table and chain, as nft wants them
   */
  record DroppingChain(String name, String hook) {}

  /** Finds them in nft's list of all chains. */
  static List<DroppingChain> read(String chains) {
    List<DroppingChain> found = new ArrayList<>();
    String table = "";
    String chain = "";
    for (String line : chains.lines().toList()) {
      Matcher tableLine = TABLE.matcher(line);
      Matcher chainLine = CHAIN.matcher(line);
      Matcher drops = DROPS.matcher(line);
      if (line.startsWith("table ")) {
        table = tableLine.matches() ? tableLine.group(1) + " " + tableLine.group(2) : "";
      } else if (chainLine.matches()) {
        chain = chainLine.group(1);
      } else if (drops.matches() && !table.isEmpty()) {
        found.add(new DroppingChain(table + " " + chain, drops.group(1)));
      }
    }
    return found;
  }

  /** A rule that a chain lacks. */
  private record Opening(String chain, String match) {}

  private List<Opening> missing() {
    List<Opening> missing = new ArrayList<>();
    for (DroppingChain chain : read(nftables.run("list chains"))) {
      String rules = nftables.run("list chain " + chain.name());
      List<String> wanted =
          chain.hook().equals("forward") ? List.of("iifname", "oifname") : List.of("iifname");
      for (String side : wanted) {
        String match = side + " \"" + links + "\"";
        if (rules.lines().noneMatch(line -> line.contains(mark) && line.contains(match))) {
          missing.add(new Opening(chain.name(), match));
        }
      }
    }
    return missing;
  }

  /** Makes the openings that are missing. */
  void open() {
    for (Opening opening : missing()) {
      nftables.run(
          "insert rule " + opening.chain + " " + opening.match + " counter accept " + mark);
    }
  }

  List<String> problems() {
    return missing().stream()
        .map(o -> "the host's firewall drops packets of pods in its chain " + o.chain)
        .distinct()
        .toList();
  }

  /** Takes all openings out again. */
  void close() {
    String table = "";
    String chain = "";
    for (String line : nftables.run("list ruleset").lines().toList()) {
      Matcher tableLine = TABLE.matcher(line);
      Matcher chainLine = CHAIN.matcher(line);
      Matcher handle = HANDLE.matcher(line);
      if (tableLine.matches()) {
        table = tableLine.group(1) + " " + tableLine.group(2);
      } else if (chainLine.matches()) {
        chain = chainLine.group(1);
      } else if (line.contains(mark) && line.contains("accept") && handle.find()) {
        delete(table + " " + chain + " handle " + handle.group(1));
      }
    }
  }

  private void delete(String rule) {
    try {
      nftables.run("delete rule " + rule);
    } catch (LinuxFailure e) {
      // The other firewall has reloaded its rules meanwhile, and ours went with them.
    }
  }
}
