package io.tiphys.network.dns;

import io.tiphys.linux.IpPrefix;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What a DNS server is to be.
 *
 * @param clusterDomain the zone it knows, such as {@code cluster.local}
 * @param listen where it answers, over UDP and TCP; port 0 takes a free one, the same for both
 * @param networks the addresses of pods and services: reverse names in them are not asked outside
 * @param resolvConf names the servers that know all other names
 */
public record DnsConfig(
    String clusterDomain,
    List<InetSocketAddress> listen,
    List<IpPrefix> networks,
    Path resolvConf) {
  /** Where hosts keep the names of their servers. */
  public static final Path HOST_RESOLV_CONF = Path.of("/etc/resolv.conf");

  public DnsConfig {
    clusterDomain = clusterDomain.toLowerCase(Locale.ROOT);
    listen = List.copyOf(listen);
    networks = List.copyOf(networks);
  }
}
