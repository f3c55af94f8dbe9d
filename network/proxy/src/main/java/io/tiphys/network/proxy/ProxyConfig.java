package io.tiphys.network.proxy;

import io.tiphys.linux.IpPrefix;
import java.net.InetAddress;

/**
 * Where a proxy works.
 *
 * @param profile the cluster's name on this host: names the table of packet rules
 * @param nodeName which endpoints are local
 * @param podCidr the addresses of all pods of the cluster; other senders are masqueraded
 * @param serviceCidr the addresses of services; those not given to any are dropped
 */
public record ProxyConfig(
    String profile, String nodeName, IpPrefix podCidr, IpPrefix serviceCidr, Gateway gateway) {
  public ProxyConfig {
    if (!podCidr.isIpv4() || !serviceCidr.isIpv4()) {
      throw new IllegalArgumentException("not IPv4: " + podCidr + ", " + serviceCidr);
    }
    podCidr = podCidr.network();
    serviceCidr = serviceCidr.network();
  }

  /** The table of packet rules that is this proxy's own. */
  public String table() {
    return "tiphys-proxy-" + profile;
  }

  /**
   * How this host is connected to its pods.
   *
   * @param address what pods know the host by
   * @param link the link that has this address
   * @param podLinks what the names of the links to pods match, such as {@code tya1b2*}
   */
  public record Gateway(InetAddress address, String link, String podLinks) {}
}
