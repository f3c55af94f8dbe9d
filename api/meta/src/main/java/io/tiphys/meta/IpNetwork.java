package io.tiphys.meta;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network of IP addresses: {@code 10.96.0.0/16}. Checked against Prefix of Go's net/netip and
 * pkg/api/servicecidr/servicecidr.go.
 *
 * @param address the first of its addresses, which belongs to the network itself
 * @param prefixLength how many bits all of its addresses share
 */
public record IpNetwork(IpAddress address, int prefixLength) {

  /** Null if the text is no network, or has bits beyond its prefix. */
  public static @Nullable IpNetwork parse(String text) {
    int slash = text.indexOf('/');
    IpAddress address = slash < 0 ? null : IpAddress.parse(text.substring(0, slash));
    return address == null || !IpAddress.networkProblems(text).isEmpty()
        ? null
        : new IpNetwork(address, Integer.parseInt(text.substring(slash + 1)));
  }

  /** What is wrong with a network that may be written in one way only, in upstream's words. */
  public static List<String> problems(String text) {
    List<String> problems = IpAddress.networkProblems(text);
    IpNetwork network = parse(text);
    return network == null ? problems : IpAddress.otherForm(text, network.toString());
  }

  public boolean isV6() {
    return address.isV6();
  }

  /** Whether the address is one of the network's. */
  public boolean contains(IpAddress other) {
    return other.isV6() == isV6() && sharesPrefix(other.toBytes(), prefixLength);
  }

  /** Whether some address is in both. */
  public boolean overlaps(IpNetwork other) {
    return other.isV6() == isV6()
        && sharesPrefix(other.address.toBytes(), Math.min(prefixLength, other.prefixLength));
  }

  /** Whether every address of the other is in this one. */
  public boolean contains(IpNetwork other) {
    return prefixLength <= other.prefixLength && overlaps(other);
  }

  private boolean sharesPrefix(byte[] other, int bits) {
    byte[] own = address.toBytes();
    int whole = bits / Byte.SIZE;
    int rest = bits % Byte.SIZE;
    return Arrays.equals(own, 0, whole, other, 0, whole)
        && (rest == 0 || ((own[whole] ^ other[whole]) & 0xff) >> (Byte.SIZE - rest) == 0);
  }

  /**
   * Whether a service can have the address: the network's own is nobody's, nor is the broadcast
   * address of IPv4.
   */
  public boolean gives(IpAddress other) {
    return contains(other)
        && !other.equals(address)
        && (isV6() || !other.equals(at(hosts().add(BigInteger.ONE))));
  }

  /** How many addresses {@link #gives} is true of. */
  public BigInteger hosts() {
    int bits = address.toBytes().length * Byte.SIZE - prefixLength;
    long unusable = isV6() ? 1 : 2;
    return BigInteger.TWO.pow(bits).subtract(BigInteger.valueOf(unusable)).max(BigInteger.ZERO);
  }

  /** The address so far behind the first. */
  public IpAddress at(BigInteger offset) {
    byte[] own = address.toBytes();
    byte[] sum = new BigInteger(1, own).add(offset).toByteArray();
    byte[] bytes = new byte[own.length];
    int length = Math.min(sum.length, bytes.length);
    System.arraycopy(sum, sum.length - length, bytes, bytes.length - length, length);
    return IpAddress.of(bytes);
  }

  @Override
  public String toString() {
    return address + "/" + prefixLength;
  }
}
