package io.tiphys.server.registry;

import io.tiphys.base.Invariant;
import io.tiphys.meta.IpNetwork;
import java.math.BigInteger;

/**
 * What a server gives services, as its flags say.
 *
 * @param addresses what the cluster's first ServiceCIDR has; others come from further ones
 * @param firstPort the lowest node port
 * @param lastPort the highest node port
 */
public record ServiceRanges(IpNetwork addresses, int firstPort, int lastPort) {

  /** Upstream's --service-node-port-range. */
  private static final int FIRST_PORT = 30_000;

  private static final int LAST_PORT = 32_767;

  /**
   * @param cidr such as {@code 10.96.0.0/16}
   */
  public static ServiceRanges of(String cidr) {
    IpNetwork network = IpNetwork.parse(cidr);
    if (network == null || network.isV6()) {
      throw new IllegalArgumentException("a service range is an IPv4 network: " + cidr);
    }
    int prefix = network.prefixLength();
    Invariant.check(prefix >= 8 && prefix <= 30, "a service range has 8 to 30 bits: " + cidr);
    return new ServiceRanges(network, FIRST_PORT, LAST_PORT);
  }

  /** The address at an offset; 1 is the first that can be given. */
  public String address(int offset) {
    return addresses.at(BigInteger.valueOf(offset)).toString();
  }
}
