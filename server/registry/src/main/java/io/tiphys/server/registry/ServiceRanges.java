package io.tiphys.server.registry;

import io.tiphys.base.Invariant;

/**
 * What services may be given.
 *
 * @param network the first address, as a number
 * @param prefixLength of the network
 * @param firstPort the lowest node port
 * @param lastPort the highest node port
 */
public record ServiceRanges(int network, int prefixLength, int firstPort, int lastPort) {

  /** Upstream's --service-node-port-range. */
  private static final int FIRST_PORT = 30_000;

  private static final int LAST_PORT = 32_767;

  /**
   * @param cidr such as {@code 10.96.0.0/16}
   */
  public static ServiceRanges of(String cidr) {
    int slash = cidr.indexOf('/');
    Invariant.check(slash > 0, "a service range is a network in CIDR notation: " + cidr);
    int prefix = Integer.parseInt(cidr.substring(slash + 1));
    Invariant.check(prefix >= 8 && prefix <= 30, "a service range has 8 to 30 bits: " + cidr);
    int mask = -1 << (32 - prefix);
    return new ServiceRanges(parse(cidr.substring(0, slash)) & mask, prefix, FIRST_PORT, LAST_PORT);
  }

  /** How many addresses can be given: all but the network's own and the broadcast address. */
  int size() {
    return (int) Math.min(1L << (32 - prefixLength), 1 << 16) - 2;
  }

  /** The address at an offset; 1 is the first that can be given. */
  public String address(int offset) {
    int address = network + offset;
    return ((address >>> 24) & 0xff)
        + "."
        + ((address >>> 16) & 0xff)
        + "."
        + ((address >>> 8) & 0xff)
        + "."
        + (address & 0xff);
  }

  boolean contains(String address) {
    int offset;
    try {
      offset = parse(address) - network;
    } catch (NumberFormatException e) {
      return false;
    }
    return offset >= 1 && offset <= size();
  }

  String cidr() {
    return address(0) + "/" + prefixLength;
  }

  private static int parse(String address) {
    String[] parts = address.split("\\.", -1);
    if (parts.length != 4) {
      throw new NumberFormatException("not an IPv4 address: " + address);
    }
    int value = 0;
    for (String part : parts) {
      int octet = Integer.parseInt(part);
      if (octet < 0 || octet > 255) {
        throw new NumberFormatException("not an IPv4 address: " + address);
      }
      value = value << 8 | octet;
    }
    return value;
  }
}
