package io.tiphys.network.pods;

import io.tiphys.linux.IpPrefix;
import java.net.InetAddress;
import java.nio.file.Path;

/**
 * What a pod network is to be.
 *
 * @param profile the cluster's name on this host: names the links and the packet rules
 * @param podCidr the node's addresses for pods, IPv4, /29 or larger; its first is the gateway
 * @param mtu the largest packet; 0 takes that of the host's way out
 * @param folder where the given addresses are recorded
 */
public record PodNetworkConfig(String profile, IpPrefix podCidr, int mtu, Path folder) {
  /** The node's share of Kubernetes' usual 10.244.0.0/16. */
  public static final IpPrefix DEFAULT_POD_CIDR = IpPrefix.parse("10.244.0.0/24");

  /** Two addresses for pods are the least that makes sense. */
  private static final int LONGEST_PREFIX = 29;

  public PodNetworkConfig {
    if (!podCidr.isIpv4() || podCidr.length() > LONGEST_PREFIX) {
      throw new IllegalArgumentException("not an IPv4 network for pods: " + podCidr);
    }
    podCidr = podCidr.network();
  }

  /** The gateway of the pods, an address of the host. */
  public InetAddress gateway() {
    return podCidr.at(1);
  }

  /** The name of the link that has the gateway's address. */
  public String gatewayLink() {
    return LinkNames.gateway(profile);
  }

  /** What the names of the links to pods match in packet rules, such as {@code tya1b2*}. */
  public String podLinks() {
    return LinkNames.podPrefix(profile) + "*";
  }

  /** Whether a link of the host is this network's. */
  public boolean owns(String link) {
    return link.equals(gatewayLink()) || link.startsWith(LinkNames.podPrefix(profile));
  }

  /** The table of packet rules that is this network's own. */
  public String table() {
    return "tiphys-pods-" + profile;
  }
}
