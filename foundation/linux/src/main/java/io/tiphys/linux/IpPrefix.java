package io.tiphys.linux;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An address and how many of its leading bits name its network, such as {@code 10.244.0.1/24}; IPv4
 * or IPv6.
 */
public record IpPrefix(InetAddress address, int length) {
  public IpPrefix {
    if (length < 0 || length > address.getAddress().length * 8) {
      throw new IllegalArgumentException("no such prefix: " + address + "/" + length);
    }
  }

  /** Reads {@code address/length}; an address alone is a network of one. */
  public static IpPrefix parse(String text) {
    int slash = text.indexOf('/');
    InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
    int length =
        slash < 0 ? address.getAddress().length * 8 : Integer.parseInt(text.substring(slash + 1));
    return new IpPrefix(address, length);
  }

  public boolean isIpv4() {
    return bits() == 32;
  }

  private int bits() {
    return address.getAddress().length * 8;
  }

  /** The network: the address with its other bits zero. */
  public IpPrefix network() {
    BigInteger hostBits = BigInteger.ONE.shiftLeft(bits() - length).subtract(BigInteger.ONE);
    return new IpPrefix(toAddress(toNumber(address).andNot(hostBits), bits()), length);
  }

  /** How many addresses the network has. */
  public BigInteger size() {
    return BigInteger.ONE.shiftLeft(bits() - length);
  }

  /** The address that is {@code offset} after the network's first. */
  public InetAddress at(long offset) {
    return toAddress(toNumber(network().address).add(BigInteger.valueOf(offset)), bits());
  }

  public boolean contains(InetAddress other) {
    return other.getAddress().length * 8 == bits()
        && new IpPrefix(other, length).network().address.equals(network().address);
  }

  /** Whether the two networks share an address. */
  public boolean overlaps(IpPrefix other) {
    return length <= other.length ? contains(other.address) : other.contains(address);
  }

  private static BigInteger toNumber(InetAddress address) {
    return new BigInteger(1, address.getAddress());
  }

  private static InetAddress toAddress(BigInteger number, int bits) {
    byte[] bytes = new byte[bits / 8];
    byte[] digits = number.toByteArray();
    int length = Math.min(digits.length, bytes.length);
    System.arraycopy(digits, digits.length - length, bytes, bytes.length - length, length);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes", e);
    }
  }

  @Override
  public String toString() {
    return address.getHostAddress() + "/" + length;
  }
}
